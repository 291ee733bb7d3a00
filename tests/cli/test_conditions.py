import pytest

from kcoder.cli.conditions import Condition
from kcoder.errors import UsageError

FIGURES = {"near_duplicates": (46, 2000), "question_ttr": (0.9, None), "question_mtld": (None, None), "empty": (0, 0)}


def found(told):
    return Condition.read(told).found("set", FIGURES)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("near_duplicates > 1%", "set: near_duplicates is 2.3 % (46 of 2,000), which is > 1 %"),
        ("near_duplicates>=46", "set: near_duplicates is 46, which is >= 46"),
        ("near_duplicates > 3 %", None),
        ("question_ttr < 0.95", "set: question_ttr is 0.9, which is < 0.95"),
        ("question_ttr == 0.5", None),
        ("near_duplicates != 46", None),
        ("near_duplicates <= -1", None),
    ],
)
def test_a_condition_says_what_was_found_where_it_holds(condition, said):
    assert found(condition) == said


@pytest.mark.parametrize("condition", ["question_mtld < 50", "empty > 1%"])
def test_what_nobody_knows_does_not_pass_in_silence(condition):
    assert "cannot be told" in found(condition)


@pytest.mark.parametrize("told", ["near_duplicates", "near_duplicates > many", "> 1%", "a => 1", ""])
def test_what_is_no_condition_is_refused_before_any_work(told):
    with pytest.raises(UsageError, match="is no condition"):
        Condition.read(told)


def test_a_figure_there_is_none_of_is_refused_with_the_near_miss():
    with pytest.raises(UsageError) as refused:
        found("near_duplicate > 1%")
    assert refused.value.hint == "did you mean near_duplicates?"


def test_a_share_of_what_is_no_count_is_refused():
    with pytest.raises(UsageError, match="question_ttr is no count"):
        found("question_ttr > 5%")
