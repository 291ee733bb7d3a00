import re

from kcoder.languages.javascript import JAVASCRIPT
from kcoder.plugin import load

PROGRAM = "function f(x) {\n  return x > 1 ? x : 1;\n}\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not JAVASCRIPT.executable()
    score = load("scorers", JAVASCRIPT.scorer)().score(PROGRAM, "javascript")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in JAVASCRIPT.generated_paths)

    assert generated("x/a.min.js")
    assert not generated("x/admin.js")
