import polars as pl

from kcoder.host import Host
from kcoder.scoring.code import code


def programs(*told):
    return pl.DataFrame(told, schema={"language": pl.String, "text": pl.String}, orient="row")


def test_prose_that_parses_is_a_program_and_no_real_code():
    found = code(programs(("python", "def f(x):\n    return x + 1\n"), ("python", "Hello"), (None, None)), Host())
    [python] = found.figures
    assert (python["language"], python["scorers"], python["programs"], python["real"]) == (
        *("python", ["radon", "token"]),
        *(2, 1),
    )
    length = python["values"]["radon.halstead_length"]
    assert (length["mean"], length["n"]) == (3, 1)
    assert found.values["real"].to_list() == [True, False, False]


PRINTER = "def show(path):\n    with open(path) as file:\n        for line in file:\n            print(line.strip())\n"


def test_a_function_that_opens_strips_and_prints_is_nothing_to_radon_and_something_to_token():
    [python] = code(programs(*[("python", PRINTER)] * 3), Host()).figures
    for told in (python["values"], python["per_function"]):
        for name in ("vocabulary", "length", "calculated_length", "difficulty", "volume"):
            assert told[f"radon.halstead_{name}"]["mean"] == 0
            assert told[f"token.halstead_{name}"]["mean"] > 0
    assert not any(name.startswith("halstead") for name in python["values"])


def test_a_language_that_radon_does_not_read_has_halstead_by_token():
    [java] = code(programs(("java", "int f(int x) { return x; }")), Host()).figures
    assert java["scorers"] == ["lizard", "token"]
    assert java["values"]["token.halstead_length"]["mean"] > 0
    assert java["per_function"]["cyclomatic"]["n"] == 1
    assert java["per_function"].keys() == {"cyclomatic"}


def test_the_published_definitions_still_find_what_radon_counts():
    values = code(programs(("python", "def f(x):\n    return x + 1\n")), Host()).values
    assert values["halstead_length"].to_list() == values["radon.halstead_length"].to_list() == [3.0]


def test_cyclomatic_complexity_is_told_as_mean_greatest_sum_and_of_the_whole_program():
    text = "def f(x):\n    return 1 if x else 2\n\ndef g(): pass\n\nif g(): f(1)\nif f(0): g()\n"
    [python] = code(programs(("python", text)), Host()).figures
    assert {name: told["mean"] for name, told in python["values"].items() if name.startswith("cyclomatic")} == {
        "cyclomatic": 1.5,
        "cyclomatic_max": 2,
        "cyclomatic_sum": 3,
        "cyclomatic_program": 4,
    }


def test_what_no_scorer_can_read_is_counted():
    [python] = code(programs(("python", "x" + "[0]" * 5000), ("python", "x = 1")), Host()).figures
    assert (python["programs"], python["unreadable"], python["real"]) == (2, 1, 1)


def test_languages_stand_apart_the_commonest_first():
    found = code(programs(("python", "x = 1"), *[("java", "int f() { return 1; }")] * 2), Host())
    assert [(each["language"], each["scorers"][0], each["real"]) for each in found.figures] == [
        ("java", "lizard", 2),
        ("python", "radon", 1),
    ]


def test_complexity_is_told_per_function_too():
    two = "def f(x):\n    return 1 if x else 2\n\ndef g(): pass\n"
    [python] = code(programs(("python", two), ("python", "def h(): pass"), ("python", "x = 1")), Host()).figures
    assert python["values"]["cyclomatic"]["mean"] == (1.5 + 1 + 1) / 3
    every = python["per_function"]["cyclomatic"]
    assert (every["n"], every["groups"], every["mean"], every["median"], every["max"]) == (3, 2, 4 / 3, 1, 2)


def test_a_language_without_a_scorer_has_no_values():
    [klingon] = code(programs(("klingon", "x")), Host()).figures
    assert (klingon["scorers"], klingon["programs"], klingon["values"]) == ([], 1, {})
