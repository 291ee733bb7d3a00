import polars as pl
import pytest

from kcoder.errors import KcoderError, UsageError
from kcoder.records import Document, Packed, frame, schema
from kcoder.stages.pack import Pack
from kcoder.training.checkpoint import load_tokenizer


@pytest.fixture
def pack(store, tmp_path):
    """Pack these training rows; the packed rows and the facts about them."""

    def packed(rows=None, **options):
        other = {}
        if rows is not None:
            file = tmp_path / "rows.parquet"
            frame(Document, [{"id": str(n), **row} for n, row in enumerate(rows)]).write_parquet(file)
            other = {"rows": file}
        stage = Pack(rows=store["rows"], valid=store["held_out"], model=store["model"], **options)
        facts = store.run(stage, tmp_path / "out", **other)
        return pl.read_parquet(tmp_path / "out/train.parquet"), facts

    return packed


@pytest.fixture
def words(store):
    return load_tokenizer(store.path("model"))


def test_the_model_sees_prompt_text_and_end_and_learns_the_last_two(pack, words):
    rows, facts = pack([{"prompt": "def f(x):\n", "text": "    return x\n"}])
    assert rows.schema == schema(Packed)
    [ids], [labels] = rows["ids"].to_list(), rows["labels"].to_list()
    assert len(ids) == facts["sequence_length"] == 64
    assert words.decode(ids, skip_special_tokens=True) == "def f(x):\n    return x\n"
    trained = [label for label in labels if label != -100]
    assert words.decode(trained) == "    return x\n<|endoftext|>"
    assert facts["train"]["trained"] == len(trained)


def test_loss_on_all_learns_the_prompt_too(pack, words):
    rows, _ = pack([{"prompt": "def f(x):\n", "text": "    return x\n"}], loss_on="all")
    [ids], [labels] = rows["ids"].to_list(), rows["labels"].to_list()
    trained = [label for label in labels if label != -100]
    assert words.decode([ids[0], *trained]) == "def f(x):\n    return x\n<|endoftext|>"


def test_a_row_without_a_prompt_is_learnt_whole(pack, words):
    rows, _ = pack([{"text": "x = 1\n"}])
    [ids], [labels] = rows["ids"].to_list(), rows["labels"].to_list()
    trained = [label for label in labels if label != -100]
    assert words.decode([ids[0], *trained]) == "x = 1\n<|endoftext|>"


def test_counts_add_up_and_every_whole_document_ends(pack):
    rows, facts = pack([{"text": "a = 1\n"}, {"text": "b = 2\n" * 50}, {"text": ""}, {"text": "<|endoftext|>"}])
    train = facts["train"]
    assert (train["documents"], train["truncated"], train["empty"]) == (4, 1, 1)
    labels = rows["labels"].explode()
    assert (labels == 0).sum() == 2
    assert (labels != -100).sum() == train["trained"]
    assert train["rows"] * 64 * (1 - train["padding"]) == pytest.approx(train["tokens"], abs=0.1)


def test_packing_twice_makes_the_same_bytes(pack, tmp_path):
    pack()
    first = (tmp_path / "out/train.parquet").read_bytes()
    pack()
    assert (tmp_path / "out/train.parquet").read_bytes() == first


def test_rows_longer_than_the_model_can_see_are_refused(pack):
    with pytest.raises(UsageError, match="sequence_length is 128, but the model can look at 64 tokens"):
        pack(sequence_length=128)


@pytest.mark.parametrize("rows", [[], [{"text": ""}]])
def test_nothing_to_learn_is_no_success(pack, rows):
    with pytest.raises(KcoderError, match="nothing to learn in the train rows"):
        pack(rows)
