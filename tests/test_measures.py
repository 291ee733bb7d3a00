import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.measures import check_known, known, measure
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
