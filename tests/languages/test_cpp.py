import re

from kcoder.languages.cpp import CPP
from kcoder.plugin import load

PROGRAM = "int f(int x) {\n    return x > 1 ? x : 1;\n}\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not CPP.executable()
    score = load("scorers", CPP.scorer)().score(PROGRAM, "cpp")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in CPP.generated_paths)

    assert generated("build/moc_a.cpp")
    assert not generated("src/a.cpp")


def test_the_content_decides_where_others_use_the_ending():
    shown = CPP.content[".h"]
    assert re.search(shown, "class A;\n")
    assert not re.search(shown, "struct a { int b; };\n")
