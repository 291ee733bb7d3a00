import pytest

from kcoder.metrics.exact_match import ExactMatch, plain
from kcoder.records import Fill, Score, frame, schema


def scored(*pairs):
    rows = [{"id": str(n), "language": "lua", "expected": one, "text": two} for n, (one, two) in enumerate(pairs)]
    return ExactMatch().score(frame(Fill, rows).lazy())


def test_by_hand():
    [told] = scored(("a = 1", "a = 1"), ("a = 1", "a = 2"), ("b", "b"), ("", "c")).to_dicts()
    assert (told["k"], told["n"], told["value"], told["interval"]) == (2, 4, 0.5, "wilson")
    assert (told["low"], told["high"]) == (pytest.approx(0.1500, abs=1e-4), pytest.approx(0.8500, abs=1e-4))


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("a = 1", "a = 1  \n\n", True),
        ("a\nb", "a \t\r\nb", True),
        ("a", "  a", False),
        ("a b", "a  b", False),
        ("a\n\nb", "a\nb", False),
    ],
)
def test_white_space_at_the_ends_of_lines_is_left_out_and_no_other(one, two, same):
    assert (plain(one) == plain(two)) is same
    assert scored((one, two))["k"].to_list() == [int(same)]


def test_each_language_is_scored_apart():
    rows = [{"id": n, "language": n, "expected": "a", "text": n} for n in ("b", "a")]
    told = ExactMatch().score(frame(Fill, rows).lazy())
    assert told.schema == schema(Score)
    assert told.select("language", "k", "n").rows() == [("a", 1, 1), ("b", 0, 1)]
