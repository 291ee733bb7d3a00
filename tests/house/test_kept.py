"""What families say a block keeps for the way back, counted on real models: every tensor that autograd holds."""

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.plugin import load, names
from kcoder.stages.lora import Lora
from kcoder.training.machine import Machine
from kcoder.training.memory import Setting, copies_of, kept_of
from kcoder.training.probe import require_isolation

CPU = Machine("cpu", "float32", 1)
BATCH, LENGTH, RANK = 3, 48, 8
FAMILIES = [name for name in names("models") if load("models", name).keeps]


def held(family, layers, *, adapted, half):
    """Bytes of all tensors that are kept besides weights, and the shape."""
    config = family.config(hidden=128, layers=layers, heads=4, vocabulary=304, context=64)
    words = config | ({"pad_token_id": 0} if family.name == "phi3" else {})
    made = AutoConfig.for_model(family.name, **words)
    model = AutoModelForCausalLM.from_config(made, dtype=torch.float32, attn_implementation=family.attention)
    require_isolation(model, family.name, 64, CPU)
    if adapted:
        model = Lora(r=RANK, alpha=RANK).ready(model, family)
    weights = {each.untyped_storage().data_ptr() for each in model.parameters()}
    found, alive = {}, []

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = storage.nbytes()
        alive.append(tensor)
        return tensor

    ids, places = torch.randint(300, (BATCH, LENGTH)), torch.arange(LENGTH).repeat(BATCH, 1)
    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", dtype=torch.bfloat16, enabled=half),
    ):
        model.train()(input_ids=ids, position_ids=places, use_cache=False)
    return sum(found.values()), family.shape(config)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("adapted", [False, True])
@pytest.mark.parametrize("name", FAMILIES)
def test_a_block_keeps_what_its_family_says(name, adapted, half):
    assert len(FAMILIES) >= 12
    family = load("models", name)
    (more, deep), (less, flat) = (held(family, layers, adapted=adapted, half=half) for layers in (3, 2))
    how = Setting(BATCH, LENGTH, rank=RANK if adapted else None, half=half)
    told = BATCH * LENGTH * kept_of(deep, how) + copies_of(deep, how) - copies_of(flat, how)
    assert told == pytest.approx(more - less, rel=0.01)
