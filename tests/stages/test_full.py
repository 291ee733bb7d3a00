import torch

from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.training.card import read_card
from kcoder.training.checkpoint import load

OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "max_steps": 2}


def wired(method, store):
    return method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)


def test_every_weight_changes_and_the_whole_model_is_saved(store, tmp_path):
    facts = store.run(wired(Full(**OPTIONS), store), tmp_path)
    before, after = load(store.path("model")).model, load(tmp_path / "model").model
    assert facts["trainable"] == facts["parameters"]
    for (name, old), new in zip(before.named_parameters(), after.parameters(), strict=True):
        assert not torch.equal(old, new), name


def test_an_adapter_is_merged_before_all_weights_are_trained(store, tmp_path):
    store.run(wired(Lora(**OPTIONS, r=4), store), tmp_path / "lora")
    store.run(wired(Full(**OPTIONS), store), tmp_path / "full", model=tmp_path / "lora/model")
    card = read_card(tmp_path / "full/model")
    assert (card.kind, card.base) == ("model", "")
    assert [line.split(",")[0] for line in card.lineage[1:]] == ["lora", "full"]
    assert not [name for name, _ in load(tmp_path / "full/model").model.named_parameters() if "lora" in name]
