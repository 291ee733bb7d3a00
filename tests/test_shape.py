"""The shape of a model as its config tells it."""

import pytest

from kcoder.errors import UsageError
from kcoder.model import ModelFamily, published_models
from kcoder.plugin import load, names
from kcoder.shape import told


def test_the_weights_of_published_models_are_counted_from_their_configs_alone():
    known = published_models()
    assert len(known) > 30
    counted = {name: load("models", its.family).shape(its.config).parameters for name, its in known.items()}
    assert counted == {name: its.parameters for name, its in known.items()}


def test_a_word_goes_by_any_of_its_names():
    assert told({"n_embd": 64}, "hidden") == told({"hidden_size": 64}, "hidden") == 64
    assert told({"n_inner": None}, "inner", 256) == 256
    with pytest.raises(UsageError, match="does not say num_hidden_layers or n_layer"):
        told({}, "layers")


def test_a_family_nobody_has_counted_says_so():
    with pytest.raises(UsageError, match="nobody has counted what opt models keep"):
        ModelFamily(name="opt").shape({"hidden_size": 64, "num_attention_heads": 4})


def test_every_family_of_ours_was_counted_and_names_the_layers_an_adapter_goes_into():
    shape = {"hidden": 128, "layers": 2, "heads": 4, "vocabulary": 300, "context": 64}
    ours = [name for name in names("models") if load("models", name).keeps]
    assert len(ours) >= 12
    for name in ours:
        family = load("models", name)
        found = {each.name.rpartition(".")[2] for each in family.shape(family.config(**shape)).linears}
        assert found == set(family.lora_targets), name
