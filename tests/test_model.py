"""What every model family knows."""

import pytest

from kcoder.plugin import load, names, options


@pytest.mark.parametrize("name", names("models"))
def test_a_family_makes_a_config_of_the_shape_asked_for(name):
    family = load("models", name)
    told = family.config(hidden=64, layers=3, heads=4, vocabulary=512, context=128)
    assert family.name == name
    assert 64 in told.values() and 3 in told.values() and 512 in told.values()


@pytest.mark.parametrize("name", names("models"))
def test_the_modules_an_adapter_goes_into_are_named(name):
    assert load("models", name).lora_targets


def test_the_marks_of_a_family_are_no_part_of_a_key():
    family = load("models", "llama")
    assert family.fim
    assert "fim" not in dict(options(family))
