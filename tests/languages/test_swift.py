import re

from kcoder.languages.swift import SWIFT
from kcoder.plugin import load

PROGRAM = "func f(_ x: Int) -> Int {\n    return x > 1 ? x : 1\n}\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not SWIFT.executable()
    score = load("scorers", SWIFT.scorer)().score(PROGRAM, "swift")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in SWIFT.generated_paths)

    assert generated("a/B.pb.swift")
    assert not generated("a/B.swift")
