import pytest

from kcoder.errors import KcoderError
from kcoder.training.packing import cut, pack
from kcoder.training.tally import Tally

END = 0


def counted(documents, length=6):
    """A tally of documents (language, question, answer) and the rows they make; the padding is the end token."""
    tally, pieces = Tally(), []
    for language, question, answer in documents:
        if not answer:
            tally.empty(language)
            continue
        found, was_cut = cut(question, answer, END, length, "completion")
        trained = sum(int((piece.labels >= 0).sum()) for piece in found)
        tally.add(language, "plain", found, cut=was_cut, trained=trained)
        pieces += found
    return tally, pack(pieces, length, END)


DOCUMENTS = [
    ("lua", [5], [6, 7]),
    ("lua", [], [8, 9]),
    ("lua", [5], []),
    ("python", [5], [6, 7, 8, 9, 6, 7]),
    ("python", [5] * 6, [9]),
    (None, [5], [6]),
]


def test_every_document_is_packed_empty_or_without_a_trained_token():
    tally, packed = counted(DOCUMENTS)
    facts = tally.facts(packed, END, 6)
    assert facts["documents"] == 6 == facts["packed"] + facts["empty"] + facts["untrained"]
    assert (facts["packed"], facts["empty"], facts["untrained"], facts["truncated"]) == (4, 1, 1, 2)
    assert tally.whole == 3


def test_tokens_are_counted_for_each_language():
    tally, packed = counted(DOCUMENTS)
    facts = tally.facts(packed, END, 6)
    counted_only = ("documents", "truncated", "tokens", "trained")
    assert {name: {n: told[n] for n in counted_only} for name, told in facts["languages"].items()} == {
        "lua": {"documents": 3, "truncated": 0, "tokens": 7, "trained": 5},
        "python": {"documents": 2, "truncated": 2, "tokens": 6, "trained": 5},
        "unknown": {"documents": 1, "truncated": 0, "tokens": 3, "trained": 2},
    }
    for name in ("tokens", "trained"):
        assert sum(told[name] for told in facts["languages"].values()) == facts[name]
    assert facts["per_document"] == {"mean": 4.0, "median": 3.5, "p95": 5.7}


def test_padding_and_tokens_per_document_are_told_for_each_language():
    documents = [("lua", [], [8, 9, 8]), ("python", [], [6, 7, 6, 7]), ("lua", [], [8, 9]), ("python", [5] * 9, [])]
    tally, packed = counted([*documents, ("java", [5], [])], length=8)
    # rows: python's 5 and lua's 3 fill one, lua's 4 leave 4 empty
    facts = tally.facts(packed, END, 5)
    assert facts["padding"] == 4 / 16
    assert {name: told.get("padding") for name, told in facts["languages"].items()} == {
        "java": None,
        "lua": pytest.approx(4 / 11, abs=1e-6),
        "python": 0,
    }
    assert facts["languages"]["lua"]["per_document"] == {"mean": 3.5, "median": 3.5, "p95": 3.95}
    assert facts["languages"]["python"]["per_document"]["mean"] == 5
    assert "per_document" not in facts["languages"]["java"]


def test_the_end_of_a_row_is_shared_by_the_languages_in_it():
    tally, packed = counted([("lua", [], [8]), ("python", [], [6, 7, 6])], length=8)
    facts = tally.facts(packed, END, 2)
    assert (
        [facts["languages"][name]["padding"] for name in ("lua", "python")] == [2 / 8, 2 / 8] == [facts["padding"]] * 2
    )


def test_the_padding_is_no_token_of_a_document_even_where_it_is_the_end_token():
    tally, packed = counted([("lua", [], [8, 9, 8])])
    facts = tally.facts(packed, END, 1)
    assert (facts["tokens"], facts["different_tokens"]) == (4, 3)
    assert facts["padding"] == pytest.approx(2 / 6, abs=1e-6)


def test_lost_documents_and_lost_tokens_are_refused():
    tally, packed = counted(DOCUMENTS)
    with pytest.raises(KcoderError, match="7 documents came, and 6 were packed or left out"):
        tally.facts(packed, END, 7)
    _, other = counted(DOCUMENTS[:2])
    with pytest.raises(KcoderError, match="16 tokens went into rows that hold 7"):
        tally.facts(other, END, 6)
