import shutil
from dataclasses import replace

import polars as pl
import pytest

from kcoder.artifact import seal
from kcoder.errors import KcoderError, UsageError
from kcoder.host import Host
from kcoder.records import Document, Packed, frame, schema
from kcoder.stages.begin import Begin
from kcoder.stages.pack import Pack
from kcoder.training.card import read_card, write_card
from kcoder.training.checkpoint import load_tokenizer
from kcoder.training.infill import Infill
from kcoder.training.rows import rendered_with
from kcoder.training.template import PLAIN, Template

CHAT = "{% for m in messages %}{{ m['role'][0] + ':' + m['content'] + '\n' }}{% endfor %}"


@pytest.fixture
def pack(store, tmp_path):
    """Pack these training rows; the packed rows and the facts about them."""

    def packed(rows=None, model=None, host=None, **options):
        other = {"model": model} if model else {}
        if rows is not None:
            file = tmp_path / "rows.parquet"
            frame(Document, [{"id": str(n), **row} for n, row in enumerate(rows)]).write_parquet(file)
            other |= {"rows": file}
        stage = Pack(rows=store["rows"], valid=store["held_out"], model=store["model"], **options)
        facts = store.run(stage, tmp_path / "out", host, **other)
        return pl.read_parquet(tmp_path / "out/train.parquet"), facts

    return packed


@pytest.fixture
def model(store, tmp_path):
    """A copy of the model's folder, whose card and tokenizer may be changed."""
    return shutil.copytree(store.path("model"), tmp_path / "model")


@pytest.fixture
def roomy(model):
    """A model that says it can look at 512 tokens."""
    write_card(replace(read_card(model), context=512), model)
    return model


@pytest.fixture(scope="module")
def infilling(store, tmp_path_factory):
    """A Llama of no size whose tokenizer has the marks of CodeLlama."""
    out = tmp_path_factory.mktemp("infilling")
    marks = ("▁<PRE>", "▁<MID>", "▁<SUF>")
    begin = Begin(
        rows=store["rows"], architecture="llama", hidden=32, layers=1, context=64, vocabulary=283, marks=marks
    )
    store.run(begin, out)
    return out / "model"


def text_of(words, ids):
    """The tokens before the padding as text, special ones by name."""
    return words.decode([i for i in ids if i != words.pad_token_id], clean_up_tokenization_spaces=False)


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


def test_documents_that_give_nothing_are_counted_with_the_reason(pack):
    _, facts = pack(
        [{"prompt": "def f():\n", "text": ""}, {"text": ""}, {"prompt": "x" * 70, "text": "y"}, {"text": "a"}]
    )
    train = facts["train"]
    assert train["documents"] == 4 == train["packed"] + train["empty"] + train["untrained"]
    assert (train["packed"], train["empty"], train["untrained"]) == (2, 2, 0)


def test_a_prompt_that_fills_all_rows_leaves_nothing_to_train(pack):
    _, facts = pack([{"prompt": "x" * 64, "text": "y"}, {"text": "a = 1\n"}])
    assert (facts["train"]["packed"], facts["train"]["untrained"]) == (1, 1)


def test_where_prompts_are_trained_a_prompt_without_an_answer_is_something_to_learn(pack):
    _, facts = pack([{"prompt": "def f():\n", "text": ""}, {"text": ""}], loss_on="all")
    assert (facts["train"]["packed"], facts["train"]["empty"]) == (1, 1)


def test_tokens_are_counted_for_each_language_and_split(pack):
    rows = [{"text": "a = 1\n", "language": "python"}, {"text": "a = 1\n", "language": "lua"}, {"text": "b = 1\n"}]
    _, facts = pack(rows)
    languages = facts["train"]["languages"]
    assert list(languages) == ["lua", "python", "unknown"]
    assert languages["lua"] == languages["python"]
    assert sum(told["tokens"] for told in languages.values()) == facts["train"]["tokens"]
    assert facts["valid"]["languages"]["python"]["documents"] == 10


def test_the_end_is_trained_where_the_tokenizer_pads_with_it(pack, model, words):
    words.pad_token = words.eos_token
    words.save_pretrained(model)
    rows, facts = pack([{"prompt": "def f(x):\n", "text": "    return x\n"}, {"text": "x = 1\n"}], model=model)
    labels = [label for row in rows["labels"] for label in row if label != -100]
    assert labels.count(words.eos_token_id) == 2
    assert facts["train"]["padding"] > 0
    assert len(labels) == facts["train"]["trained"]


def test_the_words_of_the_models_card_are_taken_where_none_are_asked_for(pack, model, words, tmp_path):
    template = Template(words="Q {prompt} A {text} .")
    write_card(replace(read_card(model), template=template), model)
    rows, _ = pack([{"prompt": "why", "text": "so"}], model=model)
    assert text_of(words, rows["ids"][0]) == "Q why A so .<|endoftext|>"
    assert rendered_with(tmp_path / "out/train.parquet") == template
    rows, _ = pack([{"prompt": "why", "text": "so"}], model=model, template="plain")
    assert text_of(words, rows["ids"][0]) == "whyso<|endoftext|>"
    assert rendered_with(tmp_path / "out/train.parquet") == PLAIN


def test_alpacas_words_are_not_trained_and_an_input_has_its_own_place(pack, roomy, words):
    told = [{"prompt": "Add.\n1, 2", "text": "3", "input_at": 5}, {"prompt": "Add.", "text": "3"}]
    rows, facts = pack(told, model=roomy, template="alpaca")
    assert facts["train"]["rendered"] == {"alpaca": 1, "alpaca with input": 1}
    seen = [text_of(words, row) for row in rows["ids"]]
    assert any("### Instruction:\nAdd.\n\n### Input:\n1, 2\n\n### Response:3<|endoftext|>" in row for row in seen)
    assert any("### Instruction:\nAdd.\n\n### Response:3<|endoftext|>" in row for row in seen)
    trained = [label for row in rows["labels"] for label in row if label != -100]
    assert text_of(words, trained) == "3<|endoftext|>3<|endoftext|>"


def test_a_chat_template_given_is_pinned_with_the_rows(pack, words, tmp_path):
    rows, facts = pack([{"prompt": "why", "text": "so"}, {"text": "x = 1"}], template="chat", chat_template=CHAT)
    assert text_of(words, rows["ids"][0]) == "u:why\na:so\n<|endoftext|>x = 1<|endoftext|>"
    trained = [label for label in rows["labels"][0] if label != -100]
    assert words.decode(trained).startswith("so\n<|endoftext|>")
    pinned = rendered_with(tmp_path / "out/train.parquet")
    assert (pinned.words, pinned.chat) == ("u:{prompt}\na:{text}\n", CHAT)
    assert facts["train"]["rendered"] == {"chat": 1, "plain": 1}


def test_a_tokenizer_without_a_chat_template_is_no_silent_fallback(pack):
    with pytest.raises(UsageError, match="no chat template"):
        pack(template="chat")


def test_a_template_that_met_no_prompt_is_refused(pack):
    with pytest.raises(UsageError, match="template is alpaca, but no row has a prompt"):
        pack([{"text": "x = 1"}], template="alpaca")


def test_texts_without_a_prompt_get_holes_and_all_of_them_is_trained(pack, infilling):
    words = load_tokenizer(infilling)
    texts = [f"x = {n}\ny = {n}\n" for n in range(40)]
    told = [{"text": text} for text in texts] + [{"prompt": "def f():\n", "text": "    return 1\n"}]
    rows, facts = pack(told, model=infilling, fim=Infill(rate=0.5))
    forms = facts["train"]["rendered"]
    assert set(forms) == {"plain", "psm", "spm"} and forms["psm"] + forms["spm"] > 10
    seen = "".join(text_of(words, row) for row in rows["ids"]).split("<|endoftext|>")
    holed = [text for text in seen if "▁<MID>" in text]
    assert len(holed) == forms["psm"] + forms["spm"]
    for text in holed:
        before, middle = text.split("▁<MID>")
        prefix, suffix = before.removeprefix("▁<PRE>").split("▁<SUF>")
        assert prefix + middle + suffix in texts  # SPM has its prefix behind <MID>, before the middle


def test_a_hole_depends_on_the_row_and_not_on_its_place(pack, infilling):
    told = [{"id": f"row {n}", "text": f"x = {n}\n"} for n in range(20)]
    words = load_tokenizer(infilling)

    def seen(rows):
        packed, _ = pack(rows, model=infilling, fim=Infill(rate=0.5))
        return sorted("".join(text_of(words, row) for row in packed["ids"]).split("<|endoftext|>"))

    assert seen(told) == seen(told[::-1])


def test_a_text_that_would_be_too_long_with_a_hole_stays_whole(pack, infilling):
    fits = {"text": "".join(chr(33 + n) for n in range(62))}  # 62 tokens and an end; the marks would be 3 more
    _, facts = pack([fits, {"text": "x = 1\n"}], model=infilling, fim=Infill(rate=1))
    rendered = facts["train"]["rendered"]
    assert (rendered["plain"], sum(rendered.values())) == (1, 2)
    assert facts["train"]["truncated"] == 0


def test_a_model_without_marks_cannot_learn_to_fill_in(pack, infilling, words):
    with pytest.raises(UsageError, match="the model's tokenizer has no tokens for fill-in-the-middle"):
        pack([{"text": "x = 1\n"}], fim=Infill())
    with pytest.raises(UsageError, match="no row got a hole"):
        pack([{"prompt": "def f():\n", "text": "    return 1\n"}], model=infilling, fim=Infill(rate=1))


def test_documents_that_are_mostly_cut_are_told_at_once(pack):
    said = []
    pack([{"text": "b = 2\n" * 50}, {"text": "a = 1\n"}, {"text": "c = 3\n" * 50}], host=Host(say=said.append))
    assert "2 of 3 train documents are longer than a row: they never end" in said
    assert any(line.startswith("first row  ") for line in said)


def test_shown_rows_are_text_with_what_is_trained(store, tmp_path):
    stage = Pack(rows=store["rows"], valid=store["held_out"], model=store["model"])
    facts = store.run(stage, tmp_path / "out")
    seal(tmp_path / "out", {"facts": facts, "asked": {"loss_on": "completion"}})
    shown = list(Pack.show(tmp_path / "out", {"model": store.path("model")}, 1, 100))
    assert "· def add7(x):⏎" in shown or any(line.startswith("· def add") for line in shown)
    assert any(line.startswith("+     return x + ") and line.endswith("⏎") for line in shown)
    assert "+ ⟦<|endoftext|>⟧" in shown
    assert "train   40 documents" in "\n".join(shown)
    without = list(Pack.show(tmp_path / "out", {}, 1, 100))
    assert without[-1].startswith("the model that has the words of these rows is gone")
