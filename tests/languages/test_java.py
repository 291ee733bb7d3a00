import re

from kcoder.languages.java import JAVA
from kcoder.plugin import load

PROGRAM = "class A {\n    int f(int x) {\n        return x > 1 ? x : 1;\n    }\n}\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not JAVA.executable()
    score = load("scorers", JAVA.scorer)().score(PROGRAM, "java")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in JAVA.generated_paths)

    assert generated("target/generated/A.java")
    assert not generated("src/A.java")
