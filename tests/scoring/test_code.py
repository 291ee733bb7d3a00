import polars as pl

from kcoder.host import Host
from kcoder.scoring.code import code


def programs(*told):
    return pl.DataFrame(told, schema={"language": pl.String, "text": pl.String}, orient="row")


def test_prose_that_parses_is_a_program_and_no_real_code():
    found = code(programs(("python", "def f(x):\n    return x + 1\n"), ("python", "Hello"), (None, None)), Host())
    [python] = found.figures
    assert (python["language"], python["scorer"], python["programs"], python["real"]) == ("python", "radon", 2, 1)
    assert (python["values"]["halstead_length"]["mean"], python["values"]["halstead_length"]["n"]) == (3, 1)
    assert found.values["real"].to_list() == [True, False, False]


def test_what_no_scorer_can_read_is_counted():
    [python] = code(programs(("python", "x" + "[0]" * 5000), ("python", "x = 1")), Host()).figures
    assert (python["programs"], python["unreadable"], python["real"]) == (2, 1, 1)


def test_languages_stand_apart_the_commonest_first():
    found = code(programs(("python", "x = 1"), *[("java", "int f() { return 1; }")] * 2), Host())
    assert [(each["language"], each["scorer"], each["real"]) for each in found.figures] == [
        ("java", "lizard", 2),
        ("python", "radon", 1),
    ]


def test_complexity_is_told_per_function_too():
    two = "def f(x):\n    return 1 if x else 2\n\ndef g(): pass\n"
    [python] = code(programs(("python", two), ("python", "def h(): pass"), ("python", "x = 1")), Host()).figures
    assert python["values"]["cyclomatic"]["mean"] == (1.5 + 1 + 1) / 3
    assert (python["per_function"]["n"], python["per_function"]["mean"]) == (3, 4 / 3)


def test_a_language_without_a_scorer_has_no_values():
    [klingon] = code(programs(("klingon", "x")), Host()).figures
    assert (klingon["scorer"], klingon["programs"], klingon["values"]) == (None, 1, {})
