import json
import shutil

import pytest
import torch

from kcoder.errors import KcoderError
from kcoder.plugin import load as plugin
from kcoder.stages.lora import Lora
from kcoder.training.card import Card, path_to, read_card
from kcoder.training.checkpoint import count, load, load_plain, load_tokenizer, save

IDS = torch.arange(2, 34)[None]


def logits(model):
    with torch.no_grad():
        return model(input_ids=IDS, use_cache=False).logits


@pytest.fixture
def adapter(store, tmp_path):
    """An adapter that does something, beside its base, and the model it was saved from."""
    base = tmp_path / "begin/model"
    shutil.copytree(store.path("model"), base)
    loaded = load(base)
    torch.manual_seed(0)
    model = Lora(r=4, alpha=8).ready(loaded.model, plugin("models", "codegen"))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight)
    folder = tmp_path / "train/model"
    card = Card("adapter", "codegen", count(model), count(model, trainable=True), 64, base=path_to(base, folder))
    save(model, loaded.tokenizer, card, folder)
    return folder, model.eval()


def test_a_model_comes_back_as_it_was_saved(store, tmp_path):
    first = load(store.path("model"))
    save(first.model, first.tokenizer, first.card, tmp_path / "again")
    again = load(tmp_path / "again")
    assert torch.equal(logits(first.model), logits(again.model))
    assert again.card == first.card
    assert not again.model.training


def test_saving_twice_makes_the_same_bytes_and_tells_no_paths(store, adapter, tmp_path):
    folder, model = adapter
    save(model, load_tokenizer(folder), read_card(folder), tmp_path / "twice")
    files = sorted(p.name for p in folder.iterdir())
    assert files == ["adapter_config.json", "adapter_model.safetensors", "checkpoint.json", *files[3:]]
    for name in files:
        content = (folder / name).read_bytes()
        assert content == (tmp_path / "twice" / name).read_bytes()
        assert str(tmp_path).encode() not in content


def test_an_adapter_is_applied_to_its_base_and_not_merged(adapter):
    folder, model = adapter
    loaded = load(folder).model
    assert torch.equal(logits(loaded), logits(model))
    assert [name for name, _ in loaded.named_parameters() if "lora_A" in name]


def test_a_further_training_starts_from_the_merged_weights_and_is_told_how_far_they_lie(adapter):
    folder, model = adapter
    said = []
    plain = load_plain(folder, said.append).model
    assert not [name for name, _ in plain.named_parameters() if "lora" in name]
    assert (logits(plain) - logits(model)).abs().max() < 1e-4
    assert said[0].startswith("the adapter is merged: logits lie at most ")


def test_an_adapter_on_an_adapter_stands_on_both(adapter, tmp_path):
    folder, model = adapter
    below = load_plain(folder, lambda line: None)
    torch.manual_seed(1)
    upper = Lora(r=2, alpha=4).ready(below.model, plugin("models", "codegen"))
    top = tmp_path / "top/model"
    save(upper, below.tokenizer, Card("adapter", "codegen", 1, 1, 64, base=path_to(folder, top)), top)
    assert (logits(load(top).model) - logits(model)).abs().max() < 1e-4


def test_a_missing_base_is_named(adapter, tmp_path):
    shutil.rmtree(tmp_path / "begin")
    with pytest.raises(KcoderError, match="begin/model, which is missing"):
        load(adapter[0])


def test_a_tokenizer_with_more_tokens_than_rows_is_refused_before_it_is_used(store, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(store.path("model"), folder)
    tokenizer = load_tokenizer(folder)
    tokenizer.add_tokens([f"word{n}" for n in range(20)])
    tokenizer.save_pretrained(folder)
    with pytest.raises(KcoderError, match=r"has 300 tokens, but the model has rows for 280"):
        load(folder)


@pytest.mark.parametrize("harm", [lambda b: b[:100], lambda b: b"", None])
def test_broken_or_missing_weights_are_an_error_that_names_the_folder(store, tmp_path, harm):
    folder = tmp_path / "model"
    shutil.copytree(store.path("model"), folder)
    file = folder / "model.safetensors"
    if harm:
        file.write_bytes(harm(file.read_bytes()))
    else:
        torch.save(load(folder).model.state_dict(), folder / "pytorch_model.bin")
        file.unlink()
    with pytest.raises(KcoderError, match=f"the weights in {folder} cannot be read"):
        load(folder)


def test_code_that_comes_with_weights_is_never_run(store, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(store.path("model"), folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(KcoderError):
        load(folder)
    assert not (tmp_path / "ran").exists()
