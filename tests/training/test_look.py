import pytest

from kcoder.records import Packed, frame
from kcoder.training.look import DOCUMENTS, HEAD, TAIL, counts, glimpse, sequences
from kcoder.training.packing import cut, pack
from kcoder.training.tokenizer import encode, encode_after, padding

FACTS = {
    "sequence_length": 48,
    "template": "alpaca",
    "vocabulary": 300,
    "train": {
        "documents": 7,
        "packed": 5,
        "empty": 1,
        "untrained": 1,
        "truncated": 2,
        "rows": 3,
        "tokens": 140,
        "trained": 90,
        "padding": 0.0278,
        "per_document": {"mean": 28.0, "median": 27.0, "p95": 40.2},
        "different_tokens": 55,
        "rendered": {"alpaca": 3, "alpaca with input": 2},
        "languages": {
            "java": {"documents": 1, "tokens": 0, "trained": 0, "truncated": 0},
            "lua": {
                "documents": 6,
                "tokens": 140,
                "trained": 90,
                "truncated": 2,
                "padding": 0.0278,
                "per_document": {"mean": 28.0, "median": 27.0, "p95": 40.2},
            },
        },
    },
    "valid": {
        "documents": 1,
        "packed": 1,
        "empty": 0,
        "untrained": 0,
        "truncated": 0,
        "rows": 1,
        "tokens": 20,
        "trained": 10,
        "padding": 0.5,
        "per_document": {"mean": 20.0, "median": 20.0, "p95": 20.0},
        "different_tokens": 12,
        "rendered": {"plain": 1},
        "languages": {
            "lua": {
                "documents": 1,
                "tokens": 20,
                "trained": 10,
                "truncated": 0,
                "padding": 0.5,
                "per_document": {"mean": 20.0, "median": 20.0, "p95": 20.0},
            },
        },
    },
}


def packed(tokenizer, documents, length):
    """Rows of documents (question, answer)."""
    pieces = []
    for question, answer in documents:
        asked, told = encode(tokenizer, [question])[0], encode_after(tokenizer, [answer])[0]
        pieces += cut(asked, told, tokenizer.eos_token_id, length, "completion")[0]
    return pack(pieces, length, padding(tokenizer))


@pytest.fixture
def shown(tmp_path):
    """What is shown of packed documents."""

    def lines(tokenizer, documents, length=64, number=1, width=100):
        rows = packed(tokenizer, documents, length)
        told = [{name: getattr(rows, name)[row].tolist() for name in Packed.columns} for row in range(len(rows.ids))]
        frame(Packed, told).write_parquet(tmp_path / "rows.parquet")
        return list(sequences(tmp_path / "rows.parquet", tokenizer, number, width))

    return lines


def test_each_line_says_whether_it_is_trained_and_the_end_can_be_seen(plain, shown):
    assert shown(plain, [("def add(x):\n", "    return x\n"), ("", "a = 1")], length=32) == [
        "row 1 of 1   2 documents, 19 tokens, 12 of them trained",
        "── document 1, 13 tokens, 7 trained",
        "· def add(x):⏎",
        "+     return x⏎",
        "+ ⟦<|endoftext|>⟧",
        "── document 2, 6 tokens, 5 trained",
        "· a",
        "+  = 1⟦<|endoftext|>⟧",
        "── padding, 13 tokens, never trained",
        "",
    ]


def test_a_text_that_spells_a_mark_is_told_from_the_mark(plain, shown):
    text = "".join(shown(plain, [("q", "<|endoftext|>")]))
    assert "+ <|endoftext|>⟦<|endoftext|>⟧" in text


def test_a_part_of_a_longer_document_is_called_one(plain, shown):
    lines = shown(plain, [("", "abcdefghijklmnopqrstuvwxyz")], length=16)
    assert "── document 1, 16 tokens, 15 trained: part of a longer one, which has no end" in lines


def test_long_documents_and_full_rows_are_shown_in_part(plain, shown):
    lines = shown(plain, [("", "a\n" * 40), *[("", "b")] * 6], length=128)
    assert f"  … {42 - HEAD - TAIL} more lines" in lines
    assert sum(line.startswith("── document") for line in lines) == DOCUMENTS
    assert "── and 3 more documents, 6 tokens" in lines


def test_rows_are_taken_from_all_of_the_table(plain, shown):
    documents = [("", "abcdefg" * (n % 3 + 1)) for n in range(30)]
    lines = shown(plain, documents, length=40, number=3)
    rows = [line.split("   ")[0] for line in lines if line.startswith("row ")]
    assert len(rows) == 3
    assert rows[0].startswith("row 1 of ") and rows[-1] == "row {1} of {1}".format(*rows[-1].split(" of "))
    assert len([line for line in shown(plain, documents[:1], length=40, number=3) if line.startswith("row ")]) == 1


def test_no_line_is_wider_than_the_screen_and_nothing_steers_it(plain, shown):
    lines = shown(plain, [("", "x" * 200 + "\x1b[2J日本\t")], length=512, width=40)
    assert max(map(len, lines[2:])) <= 40
    assert all(line.isprintable() for line in lines)
    assert any("\\x1b[2J日本⇥" in line for line in lines)


def test_a_beginning_is_shown_without_the_space_that_a_tokenizer_puts_there(llama, shown):
    lines = shown(llama, [("def add(x):\n", "    return x\n")])
    assert "· def add(x):⏎" in lines
    assert "+     return x⏎" in lines


def test_a_glimpse_is_one_line(plain):
    rows = packed(plain, [("def add(x):\n", "    return x\n")], 64)
    assert glimpse(rows, plain, 40).startswith("def add(x):⏎    return x⏎⟦<|endoftext|>")
    assert len(glimpse(rows, plain, 20)) == 20


def test_counts_are_told_in_words():
    told = list(counts(FACTS, "completion"))
    assert told[0] == "what the model sees: rows of 48 tokens, template alpaca; answers are trained, prompts are not"
    assert "train   7 documents → 3 rows, 140 tokens, 90 of them trained, 2.8% padding" in told
    assert "  1 document with nothing to learn, left out" in told
    assert "  2 documents longer than a row, cut: these have no end" in told
    assert "  rendered as alpaca 3, alpaca with input 2" in told
    assert "  lua   6 documents, 140 tokens, 90 trained, 2 cut, 28.0 per document, 2.8% padding" in told
    assert "  java  1 document, 0 tokens, 0 trained" in told
    valid = told[told.index("valid   1 document → 1 row, 20 tokens, 10 of them trained, 50.0% padding") :]
    assert not any("left out" in line or "rendered" in line for line in valid)
    assert max(map(len, told)) <= 100
