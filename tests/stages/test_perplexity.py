import json
import math

import polars as pl
import pytest
import torch

from kcoder.errors import KcoderError, UsageError
from kcoder.records import Document, Score, TokenLoss, frame, schema
from kcoder.stages.perplexity import MeasurePerplexity
from kcoder.training.checkpoint import load
from kcoder.training.tokenizer import encode

TEXT = "x = 1 + 2\ny = 'été 变量'\n" * 12


@pytest.fixture
def measure(store, tmp_path):
    def measured(*texts, rows=None, **options):
        rows = rows or [{"id": f"d{n}", "text": text, "language": "python"} for n, text in enumerate(texts)]
        file = tmp_path / "held_out.parquet"
        frame(Document, rows).write_parquet(file)
        told = {"model": store["model"], "rows": store["held_out"], "of": "base", "where": "test split"} | options
        facts = store.run(MeasurePerplexity(**told), tmp_path / "out", held_out=file)
        losses, scores = (pl.read_parquet(tmp_path / f"out/{name}.parquet") for name in ("losses", "scores"))
        return losses.to_dicts(), scores, facts

    return measured


def lost(store, tokens, prefix=()):
    """What transformers' own loss says of one document that fits into the context."""
    row = torch.tensor([[*prefix, *tokens]])
    with torch.no_grad():
        return float(load(store.path("model")).model(input_ids=row, labels=row).loss) * (row.shape[1] - 1)


def test_of_a_document_that_fits_the_values_are_those_of_transformers_own_loss(store, measure):
    text = "def add7(x):\n    return x + 7\n"
    [tokens] = encode(load(store.path("model")).tokenizer, [text])
    [row], scores, facts = measure(text)
    nats = lost(store, tokens)
    first = len(load(store.path("model")).tokenizer.decode(tokens[:1]).encode())
    assert (row["tokens"], row["bytes"]) == (len(tokens) - 1, len(text) - first)
    assert row["nats"] == pytest.approx(nats, rel=1e-6)
    told = {each["metric"]: each for each in scores.to_dicts()}
    assert told["perplexity"]["value"] == pytest.approx(math.exp(nats / (len(tokens) - 1)), rel=1e-6)
    assert told["bits_per_byte"]["value"] == pytest.approx(nats / math.log(2) / (len(text) - first), rel=1e-6)
    assert {each["unit"] for each in told.values()} == {"perplexity", "bits per byte"}
    assert (facts["context"], facts["stride"], facts["tokens"]) == (64, 32, len(tokens) - 1)


def test_a_first_token_can_be_predicted_from_the_end_token_and_then_every_byte_counts(store, measure):
    text = "é = 7\n"
    tokenizer = load(store.path("model")).tokenizer
    [tokens] = encode(tokenizer, [text])
    [row], *_ = measure(text, first_token="predict")
    assert (row["tokens"], row["bytes"]) == (len(tokens), 7)
    assert row["nats"] == pytest.approx(lost(store, tokens, [tokenizer.eos_token_id]), rel=1e-6)


def test_bytes_are_those_of_utf8(measure):
    [row], *_ = measure("x = '变量'\n")
    assert row["bytes"] == len("x = '变量'\n".encode()) - 1
    [row], *_ = measure("变 = 1\n")  # its first token is one byte of three
    assert row["bytes"] == len(" = 1\n")


def test_a_question_is_context_and_its_answer_counts_whole(store, measure):
    tokenizer = load(store.path("model")).tokenizer
    question, answer = encode(tokenizer, ["def add7(x):\n", "    return x + 7\n"])
    row = {"id": "a", "prompt": "def add7(x):\n", "text": "    return x + 7\n", "language": "python"}
    [found], *_ = measure(rows=[row])
    assert (found["tokens"], found["bytes"]) == (len(answer), len(row["text"]))
    assert found["nats"] == pytest.approx(lost(store, question + answer) - lost(store, question), rel=1e-5)


def test_joined_documents_are_context_for_each_other_and_only_the_first_token_of_all_is_left_out(store, measure):
    tokenizer = load(store.path("model")).tokenizer
    texts = ["def add1(x):\n", "def add2(x):\n"]
    one, other = encode(tokenizer, texts)
    apart, *_ = measure(*texts)
    joined, scores, _ = measure(*texts, join=True)
    assert [row["tokens"] for row in apart] == [len(one) - 1, len(other) - 1]
    assert [row["tokens"] for row in joined] == [len(one) - 1, len(other)]
    whole = lost(store, [*one, tokenizer.eos_token_id, *other])
    with torch.no_grad():
        before = torch.tensor([[*one, tokenizer.eos_token_id]])
        end = float(load(store.path("model")).model(input_ids=before, labels=before).loss) * len(one)
    assert joined[1]["nats"] == pytest.approx(whole - end, rel=1e-5)
    assert scores["benchmark"].unique().to_list() == ["test split, stride 32 of 64, joined"]


def test_stride_and_context_stand_with_the_scores_and_the_batch_does_not_matter(measure):
    texts = [TEXT, TEXT[:200], "a = 1\n"]
    one, scores, _ = measure(*texts, context=32, stride=8, batch=1)
    other, again, _ = measure(*texts, context=32, stride=8, batch=16)
    assert scores["benchmark"].unique().to_list() == ["test split, stride 8 of 32"]
    assert [row["nats"] for row in one] == pytest.approx([row["nats"] for row in other], rel=1e-6)
    assert scores["value"].to_list() == pytest.approx(again["value"].to_list(), rel=1e-6)
    assert scores.schema == schema(Score)
    assert schema(TokenLoss).keys() == one[0].keys()


def test_each_language_is_scored_and_of_many_documents_the_same_few_are_drawn(measure):
    rows = [{"id": f"{n}", "text": f"x = {n}\n", "language": "lua" if n % 2 else "python"} for n in range(20)]
    one, scores, facts = measure(rows=rows, documents=3)
    other, *_ = measure(rows=rows[::-1], documents=3)
    assert one == other and len(one) == 6
    assert facts["documents"] == {"there": 20, "drawn": 6, "measured": 6}
    assert sorted(set(scores["language"])) == ["lua", "python"]
    json.dumps(facts)


def test_a_window_that_cannot_be_is_refused(measure):
    with pytest.raises(UsageError, match="a window of 65 tokens, but the model can look at 64"):
        measure(TEXT, context=65)
    with pytest.raises(UsageError, match="a window of 16 tokens that moves by 16 predicts some from nothing"):
        measure(TEXT, context=16, stride=16)


def test_nothing_held_out_is_no_score(measure):
    with pytest.raises(KcoderError, match="no document has a token to predict"):
        measure("")
