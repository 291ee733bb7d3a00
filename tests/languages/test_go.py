import re

from kcoder.languages.go import GO
from kcoder.plugin import load

PROGRAM = "func f(x int) int {\n\tif x > 1 {\n\t\treturn x\n\t}\n\treturn 1\n}\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not GO.executable()
    score = load("scorers", GO.scorer)().score(PROGRAM, "go")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in GO.generated_paths)

    assert generated("api/a.pb.go")
    assert not generated("api/a.go")
