import re

from kcoder.languages.rust import RUST
from kcoder.plugin import load

PROGRAM = "fn f(x: i32) -> i32 {\n    if x > 1 { x } else { 1 }\n}\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not RUST.executable()
    score = load("scorers", RUST.scorer)().score(PROGRAM, "rust")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_the_content_decides_where_others_use_the_ending():
    shown = RUST.content[".rs"]
    assert re.search(shown, "use std::io;\n")
    assert not re.search(shown, "<?xml version='1.0'?>\n")
