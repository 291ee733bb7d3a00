import shutil

import pytest
import torch
from safetensors.torch import load_file

from kcoder.stages.lora import Lora
from kcoder.training.card import read_card
from kcoder.training.checkpoint import load


@pytest.fixture(scope="module")
def trained(store):
    out = store.root / "trained-lora"
    method = Lora(learning_rate=3e-3, batch_size=4, max_steps=3, r=4, alpha=8)
    method = method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)
    return out, store.run(method, out)


def test_only_the_adapter_is_trained_and_saved(trained):
    out, facts = trained
    weights = load_file(out / "model/adapter_model.safetensors")
    assert {name.split(".")[-2] for name in weights} == {"lora_A", "lora_B"}
    # one layer of 32: qkv 32 + 96, out 32 + 32, feed-forward twice 32 + 128, four times each
    assert facts["trainable"] == 4 * (128 + 64 + 160 + 160) == sum(w.numel() for w in weights.values())
    assert any(bool(w.any()) for name, w in weights.items() if "lora_B" in name)


def test_the_card_points_to_the_base_beside_it(trained, store):
    card = read_card(trained[0] / "model")
    assert (card.kind, card.base, card.family) == ("adapter", "../../given/model", "codegen")
    assert card.trainable == trained[1]["trainable"]


def test_it_answers_otherwise_than_its_base(trained, store):
    ids = torch.arange(2, 34)[None]
    base, tuned = load(store.path("model")).model, load(trained[0] / "model").model
    assert not torch.equal(base(input_ids=ids).logits, tuned(input_ids=ids).logits)


def test_it_still_finds_its_base_after_its_draft_is_renamed(trained, store):
    shutil.copytree(trained[0], store.root / "renamed")
    assert load(store.root / "renamed/model").card.base == "../../given/model"
