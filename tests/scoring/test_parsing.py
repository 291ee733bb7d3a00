import polars as pl

from kcoder.scoring.parsing import parsed


def rows(*told):
    schema = {"language": pl.String, "prompt": pl.String, "text": pl.String}
    return pl.DataFrame(told, schema=schema, orient="row")


def test_a_row_that_names_no_language_is_tried_in_those_that_can_tell():
    found = parsed(rows((None, "q", "def f(): pass"), (None, "q", "x = 1"), (None, "q", "Add one to it.")))
    assert found.parse == {"python": 2}
    assert found.define == {"python": 1}
    assert found.other == 1
    assert found.programs.rows() == [("python", "def f(): pass"), ("python", "x = 1"), (None, None)]


def test_a_row_is_tried_only_in_the_language_it_names():
    found = parsed(rows(("python", None, "x = "), ("swift", None, "x = 1")))
    assert found.parse == {"python": 0}
    assert found.other == 0
    assert found.programs.rows() == [(None, None), ("swift", "x = 1")]


def test_a_text_that_goes_on_with_its_prompt_is_a_program_behind_it():
    found = parsed(rows((None, "def f(x):\n", "    return x\n")))
    assert found.programs["text"].to_list() == ["def f(x):\n    return x\n"]


def test_only_the_language_that_was_asked_is_tried():
    found = parsed(rows((None, None, "x = 1"), ("java", None, "int x;")), "java")
    assert found.parse == {}
    assert found.other == 1
    assert found.programs.rows() == [(None, None), ("java", "int x;")]
