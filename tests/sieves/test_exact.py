import random

from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.sieves.exact import Exact


def dropped(rows):
    table = frame(Document, [{"id": id_, "prompt": prompt, "text": text} for id_, prompt, text in rows])
    return Exact().drop(table.lazy(), Host()).rows()


def test_the_smallest_id_stays_and_is_the_evidence():
    rows = [("c", "p", "x"), ("a", "p", "x"), ("b", "p", "x"), ("d", "p", "y")]
    assert dropped(rows) == [("b", "exact duplicate", "a"), ("c", "exact duplicate", "a")]


def test_the_order_of_rows_does_not_matter():
    rows = [(str(n), None, str(n % 7)) for n in range(50)]
    expected = dropped(rows)
    assert len(expected) == 43
    random.Random(0).shuffle(rows)
    assert dropped(rows) == expected


def test_prompt_and_text_are_compared_each_for_itself():
    assert dropped([("a", "ab", "c"), ("b", "a", "bc"), ("c", "x", "c")]) == []


def test_no_prompt_is_an_empty_prompt():
    assert dropped([("a", None, "x"), ("b", "", "x")]) == [("b", "exact duplicate", "a")]


def test_a_space_more_makes_another_row():
    assert dropped([("a", None, "x"), ("b", None, "x ")]) == []
