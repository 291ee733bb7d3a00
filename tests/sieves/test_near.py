import random

import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.sieves.near import Near


def words(begin, end):
    return " ".join(f"w{k}" for k in range(begin, end))


def sift(rows, **options):
    table = frame(Document, [{"id": id_, "text": text, **dict(more)} for id_, text, *more in rows])
    return Near(**options).drop(table.lazy(), Host())


def fallen(rows, **options):
    return [(row["id"], row["cluster"]) for row in sift(rows, **options).dropped.to_dicts()]


def test_a_near_duplicate_falls_and_names_the_row_that_stays():
    # 96 shingles of five words each; where one word of a hundred changes, 91 of 101 are shared
    changed = words(0, 50) + " changed " + words(51, 100)
    found = sift([("b.py", changed), ("a.py", words(0, 100)), ("c.py", words(200, 300))])
    assert found.dropped.rows(named=True) == [
        {"id": "b.py", "reason": "near duplicate", "evidence": "a.py, Jaccard 0.90", "cluster": "a.py"}
    ]


def test_the_facts_say_how_candidates_were_found():
    facts = sift([("a", words(0, 30)), ("b", words(0, 30)), ("c", "()")], seed=3).facts
    assert facts == {
        "compared": "prompt and text",
        "shingle": "5 words",
        "permutations": 128,
        "bands": 21,
        "values_in_a_band": 6,
        "seed": 3,
        "chance_at_threshold": 0.9278,
        "candidates": 2,
        "pairs_compared": 1,
        "without_words": 1,
    }


def test_the_threshold_is_reached_at_equality():
    # of single words, seven of ten
    rows = [("a", words(0, 8)), ("b", words(0, 7) + " x y")]
    assert fallen(rows, shingle=1, threshold=0.7) == [("b", "a")]
    assert fallen(rows, shingle=1, threshold=0.71) == []


#: a and b share eight words of twelve, b and c too, a and c six of fourteen
CHAIN = [("a", words(0, 10)), ("b", words(2, 12)), ("c", words(4, 14))]


def test_in_a_chain_no_row_falls_for_one_it_is_not_like():
    assert fallen(CHAIN, shingle=1, threshold=0.6) == [("b", "a")]


def test_which_copy_stays_is_a_rule():
    rows = [("a", words(0, 40), ("stars", 1)), ("b", words(0, 41), ("stars", 9)), ("c", words(0, 42), ("stars", None))]
    assert fallen(rows) == [("b", "a"), ("c", "a")]
    assert fallen(rows, keep="longest") == [("a", "c"), ("b", "c")]
    assert fallen(rows, keep="most_stars") == [("a", "b"), ("c", "b")]
    with pytest.raises(UsageError, match="most_stars"):
        fallen([("a", "x")], keep="most_stars")


def test_prompt_and_text_are_compared_as_one():
    long, short = words(0, 40), words(50, 53)
    assert fallen([("a", short, ("prompt", long)), ("b", short, ("prompt", long))]) == [("b", "a")]
    assert fallen([("a", short, ("prompt", long)), ("b", short, ("prompt", words(90, 130)))]) == []


def test_short_rows_are_one_shingle_and_rows_without_words_are_like_no_other():
    rows = [("a", "return x"), ("b", "return(x)"), ("c", "return y"), ("d", ""), ("e", ""), ("f", "{}"), ("g", "{}")]
    assert fallen(rows) == [("b", "a")]


def planted(seed):
    """Rows of 20 to 60 words with altered copies of some."""
    draw = random.Random(seed)
    texts = [[f"w{draw.randrange(500)}" for _ in range(draw.randrange(20, 60))] for _ in range(60)]
    for text in texts[:40]:
        copy = list(text)
        for _ in range(draw.randrange(3)):
            copy[draw.randrange(len(copy))] = "changed"
        texts.append(copy)
    return [(f"{n:03}", " ".join(text)) for n, text in enumerate(texts)]


def true_similarity(one, other):
    sets = [{tuple(w[k : k + 5]) for k in range(len(w) - 4)} for w in (one.split(), other.split())]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize("seed", range(5))
def test_what_falls_is_truly_similar_and_little_is_missed(seed):
    rows = planted(seed)
    text = dict(rows)
    found = fallen(rows)
    assert all(true_similarity(text[id_], text[cluster]) >= 0.7 for id_, cluster in found)
    kept = sorted(text.keys() - {id_ for id_, _ in found})
    missed = [(a, b) for a in kept for b in kept if a < b and true_similarity(text[a], text[b]) >= 0.7]
    assert len(missed) <= 1 < 20 < len(found)


def test_the_order_of_rows_does_not_matter():
    rows = planted(0)
    expected = sift(rows).dropped
    random.Random(1).shuffle(rows)
    assert sift(rows).dropped.equals(expected)


def test_no_row_has_no_duplicate():
    assert sift([]).dropped.schema == dict.fromkeys(("id", "reason", "evidence", "cluster"), pl.String)
