import pytest
import torch

from kcoder.errors import KcoderError, UsageError
from kcoder.records import Document, frame
from kcoder.stages.begin import Begin
from kcoder.training.card import read_card
from kcoder.training.checkpoint import count, load
from kcoder.training.tokenizer import special_tokens

SMALL = {"hidden": 32, "layers": 1, "context": 64, "vocabulary": 280}


def test_it_makes_a_checkpoint_with_the_size_it_tells(store, tmp_path):
    facts = store.run(Begin(rows=store["rows"], **SMALL), tmp_path)
    loaded = load(tmp_path / "model")
    assert facts["parameters"] == count(loaded.model) == read_card(tmp_path / "model").parameters
    assert facts["documents"] == 40
    assert loaded.model.config.vocab_size % 8 == 0
    assert len(loaded.tokenizer) == facts["vocabulary"] <= loaded.model.config.vocab_size
    assert loaded.card.lineage == (f"{facts['parameters']:,} random weights",)


def test_the_seed_decides_the_weights(store, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        store.run(Begin(rows=store["rows"], seed=seed, **SMALL), tmp_path / name)
    a, b, c = ((tmp_path / name / "model/model.safetensors").read_bytes() for name in "abc")
    assert a == b != c


def test_prompts_are_part_of_what_the_tokenizer_learns(store, tmp_path):
    store.run(Begin(rows=store["rows"], **SMALL | {"vocabulary": 300}), tmp_path)
    words = load(tmp_path / "model").tokenizer
    assert len(words("def add").input_ids) < 4
    assert len(words("    return x").input_ids) < 5


def test_another_family_by_name(store, tmp_path):
    store.run(Begin(rows=store["rows"], architecture="llama", **SMALL), tmp_path)
    loaded = load(tmp_path / "model")
    assert loaded.card.family == "llama"
    assert loaded.model(torch.zeros(1, 64, dtype=torch.long)).logits.shape[1] == 64


def test_a_shape_the_family_cannot_have_is_refused(store, tmp_path):
    with pytest.raises(UsageError, match="heads in multiples of 4"):
        store.run(Begin(rows=store["rows"], **SMALL, heads=2), tmp_path)


def test_no_rows_are_no_success(store, tmp_path):
    frame(Document, []).write_parquet(tmp_path / "none.parquet")
    with pytest.raises(KcoderError, match="no rows to train a tokenizer on"):
        store.run(Begin(rows=store["rows"], **SMALL), tmp_path, rows=tmp_path / "none.parquet")


def test_marks_are_special_tokens_of_the_vocabulary(store, tmp_path):
    store.run(Begin(rows=store["rows"], marks=("<a>", "<b>"), **SMALL), tmp_path)
    words = load(tmp_path / "model").tokenizer
    assert words.convert_tokens_to_ids(["<a>", "<b>"]) == [2, 3]
    assert special_tokens(words).keys() == {"<|endoftext|>", "<|pad|>", "<a>", "<b>"}
