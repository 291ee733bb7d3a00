import json
from dataclasses import replace

import pytest

from kcoder.errors import KcoderError, UsageError
from kcoder.model import Marks
from kcoder.training.card import Card, base_folder, described, path_to, read_card, write_card
from kcoder.training.template import ALPACA, Template

CARD = Card(kind="model", family="codegen", parameters=9, trainable=3, context=64, lineage=("9 random weights",))


def test_a_card_is_read_as_it_was_written(tmp_path):
    write_card(CARD, tmp_path)
    assert read_card(tmp_path) == CARD


def test_the_template_of_a_checkpoint_is_kept(tmp_path):
    card = replace(CARD, template=replace(ALPACA, fim=Marks("<p>", "<m>", "<s>")))
    write_card(card, tmp_path)
    assert read_card(tmp_path) == card


def test_a_card_of_words_only_is_read_as_the_template_they_are(tmp_path):
    write_card(CARD, tmp_path)
    file = tmp_path / "checkpoint.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"template": "Q: {prompt}\nA: {text}"}))
    assert read_card(tmp_path).template == Template(words="Q: {prompt}\nA: {text}")


def test_a_folder_without_a_card_is_no_checkpoint(tmp_path):
    with pytest.raises(KcoderError, match="no checkpoint"):
        read_card(tmp_path)


@pytest.mark.parametrize("text", ['{"format": 2}', "{", "[]"])
def test_a_card_of_another_format_is_refused(tmp_path, text):
    (tmp_path / "checkpoint.json").write_text(text)
    with pytest.raises(KcoderError, match=r"checkpoint\.json is"):
        read_card(tmp_path)


def test_fields_of_a_later_version_are_passed_over(tmp_path):
    write_card(CARD, tmp_path)
    file = tmp_path / "checkpoint.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"mood": "good"}))
    assert read_card(tmp_path) == CARD


def test_the_way_to_the_base_survives_renaming_the_draft_and_moving_the_store(tmp_path):
    base, draft = tmp_path / "store/begin-1/model", tmp_path / "store/.draft-2/model"
    base.mkdir(parents=True)
    draft.mkdir(parents=True)
    write_card(CARD, base)
    card = Card("adapter", "codegen", 9, 3, 64, base=path_to(base, draft))
    draft.parent.rename(tmp_path / "store/train-2")
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    (tmp_path / "run").symlink_to("elsewhere/train-2")
    assert base_folder(tmp_path / "run/model", card) == tmp_path / "elsewhere/begin-1/model"


def test_a_base_that_is_gone_is_named(tmp_path):
    with pytest.raises(KcoderError, match="gone/model, which is missing"):
        base_folder(tmp_path, Card("adapter", "codegen", 9, 3, 64, base="gone/model"))


def test_what_a_folder_holds_is_described_by_its_config_an_adapter_by_its_bases(tmp_path):
    base, adapter = tmp_path / "base", tmp_path / "adapter"
    for folder in (base, adapter):
        folder.mkdir()
    (base / "config.json").write_text(json.dumps({"model_type": "gpt2", "n_embd": 8}))
    card = Card("model", "gpt2", 10, 10, 64)
    write_card(card, base)
    write_card(replace(card, kind="adapter", base=path_to(base, adapter)), adapter)
    assert described(adapter) == described(base) == {"family": "gpt2", "config": {"model_type": "gpt2", "n_embd": 8}}
    with pytest.raises(UsageError, match=r"config\.json cannot be read"):
        described(tmp_path)
