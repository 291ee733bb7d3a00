import random

import numpy as np
import polars as pl
import pytest

from kcoder.embedder import Embedder
from kcoder.embedders.hashing import Hashing
from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.sieves.semantic import Semantic


class Angle(Embedder):
    """The vector of "18" points 18 degrees up."""

    def embed(self, texts, host):
        angle = np.radians([float(text) for text in texts])
        return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)

    def title(self):
        return "angles"


def sift(rows, **options):
    table = frame(
        Document, [{"id": id_, "prompt": prompt, "text": text, **dict(more)} for id_, prompt, text, *more in rows]
    )
    return Semantic(**{"embedder": Angle(), **options}).drop(table.lazy(), Host())


#: cos 18° is 0.951, cos 36° is 0.809
CHAIN = [("a", "0", "x"), ("b", "18", "xxx"), ("c", "36", "xx")]


def test_greedy_keeps_what_is_unlike_all_that_stays():
    assert sift(CHAIN).dropped.rows() == [("b", "semantic duplicate", "a, cosine 0.951", "a")]


def test_components_keep_one_of_a_chain_and_say_where_only_others_connect():
    assert sift(CHAIN, method="components").dropped.rows() == [
        ("b", "semantic duplicate", "a, cosine 0.951", "a"),
        ("c", "semantic duplicate", "a, cosine 0.809, through others", "a"),
    ]


def test_the_order_decides_who_stays():
    assert sift(CHAIN, order="longest").dropped.select("id", "cluster").rows() == [("a", "b"), ("c", "b")]
    starred = [(*CHAIN[0], ("stars", 1)), (*CHAIN[1], ("stars", 0)), (*CHAIN[2], ("stars", 2))]
    assert sift(starred, order="most_stars").dropped.select("id", "cluster").rows() == [("b", "c")]


def test_of_twins_exactly_one_is_left():
    twins = [("b", "7", "x"), ("a", "7", "y"), ("c", "7", "z")]
    for method in ("greedy", "components"):
        assert sift(twins, method=method).dropped.select("id", "cluster").rows() == [("b", "a"), ("c", "a")]


def test_the_question_is_compared_and_the_code_where_there_is_none():
    rows = [("a", "10", "80"), ("b", "", "10"), ("c", None, "80")]
    found = sift(rows)
    assert found.dropped.select("id", "cluster").rows() == [("b", "a")]
    assert found.facts["without_question"] == 2
    assert sift(rows, of="code").dropped.select("id", "cluster").rows() == [("c", "a")]


def test_question_and_code_can_be_compared_together():
    rows = [("a", "sort it", "x = 1"), ("b", "sort it", "x = 1"), ("c", "sort it", "other words")]
    assert sift(rows, of="both", embedder=Hashing()).dropped["id"].to_list() == ["b"]
    assert sift(rows, of="question", embedder=Hashing()).dropped["id"].to_list() == ["b", "c"]


def test_the_facts_name_the_embedder_and_the_search():
    assert sift(CHAIN).facts == {
        "embedder": "angles",
        "of": "question",
        "cosine": "> 0.95",
        "method": "greedy",
        "without_question": 0,
        "search": "exact",
    }


def test_above_the_stated_size_the_search_is_partitioned_and_its_recall_is_told():
    rows = [(f"{n:03}", str(n // 2 * 40), "x") for n in range(18)]
    facts = sift(rows, exact_up_to=17, probes=1).facts
    assert (facts["search"], facts["cells"], facts["probes"]) == ("partitioned", 4, 1)
    assert facts["recall"] == 1
    assert facts["recall_on"] == "9 rows of a sample of 18 that have to fall"


def test_the_order_of_rows_does_not_matter():
    rows = [(f"{n:03}", str(n * 7 % 90), "x") for n in range(60)]
    expected = sift(rows).dropped
    assert 40 < expected.height < 60
    random.Random(0).shuffle(rows)
    assert sift(rows).dropped.equals(expected)


def test_the_threshold_is_no_duplicate():
    class Exactly(Angle):
        def embed(self, texts, host):
            return np.array([[1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]], np.float32)

    rows = [("a", "x", "x"), ("b", "y", "y")]
    assert sift(rows, embedder=Exactly(), threshold=0.5).dropped.height == 0
    assert sift(rows, embedder=Exactly(), threshold=0.4999).dropped.height == 1


@pytest.mark.parametrize("method", ["greedy", "components"])
def test_no_row_has_no_duplicate(method):
    found = sift([], method=method, embedder=Hashing())
    assert found.dropped.schema == dict.fromkeys(("id", "reason", "evidence", "cluster"), pl.String)
    assert found.dropped.height == 0
