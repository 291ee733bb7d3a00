import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.measures import check_known, known, measure, numbers
from kcoder.records import Document, frame

ROWS = frame(
    Document,
    [
        {"id": "a", "text": "def f(x):\n    return x\n", "language": "python", "stars": 3},
        {"id": "b", "text": "    return x\n", "prompt": "def f(x):\n", "language": "python"},
        {"id": "c", "text": "if (", "language": "python"},
        {"id": "d", "text": "if (", "language": "java"},
    ],
)


def test_measures_come_in_the_order_asked_for_whatever_their_kind():
    found = measure(ROWS, ["stars", "characters", "parses", "question_words"], Host())
    assert found.columns == ["stars", "characters", "parses", "question_words"]
    assert found["parses"].to_list() == [True, True, False, None]
    assert found["stars"].to_list() == [3, None, None, None]
    assert found["question_words"].to_list() == [0, 2, 0, 0]


def test_an_unknown_measure_is_named_with_the_nearest_one():
    with pytest.raises(UsageError, match="no measure of rows is called 'cyclomatc'") as caught:
        measure(ROWS, ["cyclomatc"], Host())
    assert caught.value.hint == "did you mean cyclomatic?"
    with pytest.raises(UsageError, match=r"no scorer gives 'radn\.cyclomatic'"):
        check_known("radn.cyclomatic")


def test_every_measure_says_what_it_counts():
    assert len(known()) > 20
    assert all(known().values())


def test_complexity_is_that_of_the_scorer_named_or_of_the_language():
    found = measure(ROWS, ["cyclomatic", "radon.cyclomatic", "token.halstead_length"], Host())
    assert found.columns == ["cyclomatic", "radon.cyclomatic", "token.halstead_length"]
    assert found["cyclomatic"][0] == found["radon.cyclomatic"][0] == 1
    assert found["cyclomatic"][2] is None


def test_every_value_of_every_scorer_can_be_asked_for():
    from kcoder.plugin import load, names

    for scorer in names("scorers"):
        for value in load("scorers", scorer).values:
            check_known(value)
            check_known(f"{scorer}.{value}")
    two = "def f(x):\n    if x:\n        return 1\n    return 2\n\n\ndef g(x):\n    return x\n"
    rows = frame(Document, [{"id": "a", "text": two, "language": "python"}])
    found = measure(rows, ["cyclomatic_max", "cyclomatic_sum", "radon.statements"], Host())
    assert found.rows() == [(2, 3, 2)]


def test_a_value_that_the_scorer_of_a_row_does_not_give_is_not_known():
    rows = frame(Document, [{"id": "a", "text": "class A { int f() { return 1; } }", "language": "java"}])
    assert measure(rows, ["statements", "cyclomatic"], Host()).rows() == [(None, 1)]
    with pytest.raises(UsageError, match=r"no scorer gives 'lizard\.statements'") as caught:
        check_known("lizard.statements")
    assert "cyclomatic_max" in caught.value.hint


def test_how_many_different_words_a_question_uses_is_a_measure():
    prompts = ["a a b b", "one two three four " * 30, None]
    rows = frame(Document, [{"id": str(n), "text": "x", "prompt": prompt} for n, prompt in enumerate(prompts)])
    found = measure(rows, ["question_mtld", "question_mtld_unfloored", "question_ttr"], Host())
    assert found["question_ttr"].to_list() == [0.5, 4 / 120, None]
    assert found["question_mtld"].is_null().to_list() == [True, False, True]
    assert found["question_mtld"][1] == found["question_mtld_unfloored"][1]
    assert found["question_mtld_unfloored"].is_null().to_list() == [False, False, True]


def test_measures_as_numbers_are_one_where_something_is_found_or_true():
    found = pl.DataFrame({"secrets": ["AWS key", None], "parses": [True, None], "lines": [3, None]})
    assert numbers(found).rows() == [(1.0, 1.0, 3.0), (0.0, None, None)]
