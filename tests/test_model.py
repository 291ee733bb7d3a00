"""What every model family knows, and what is known of published models."""

import pytest
import torch
from tiny import APART
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import UsageError
from kcoder.model import ModelFamily, PublishedModel, linear_layers, published_models, shared
from kcoder.plugin import load, names, options
from kcoder.training.checkpoint import count

SHAPE = {"hidden": 64, "layers": 3, "heads": 4, "vocabulary": 512, "context": 128}


def made(family):
    config = AutoConfig.for_model(family.name, pad_token_id=0, **family.config(**SHAPE))
    return AutoModelForCausalLM.from_config(config, attn_implementation=family.attention)


@pytest.mark.parametrize("name", names("models"))
def test_a_family_makes_a_model_of_the_shape_asked_for_that_runs_to_the_end_of_its_context(name):
    family = load("models", name)
    model = made(family)
    assert family.name == name == model.config.model_type
    told = model.config
    assert (told.hidden_size, told.num_hidden_layers, told.num_attention_heads) == (64, 3, 4)
    assert model(torch.zeros(1, 128, dtype=torch.long)).logits.shape == (1, 128, 512)


@pytest.mark.parametrize("name", names("models"))
def test_an_adapter_goes_into_all_linear_layers_of_a_family(name):
    family = load("models", name)
    assert sorted(family.lora_targets) == linear_layers(made(family))


@pytest.mark.parametrize("name", names("models"))
def test_a_family_says_what_its_published_weights_had_seen(name):
    assert load("models", name).lineage


@pytest.mark.parametrize("name", published_models())
def test_a_published_model_has_its_published_size(name):
    known = published_models()[name]
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(known.family, **known.config))
    assert count(model) == known.parameters
    assert known.family in names("models")
    assert known.licence and known.source


def test_models_that_differ_in_form_alone_are_told_apart():
    base, instruct = (published_models()[f"Qwen/Qwen2.5-Coder-0.5B{tail}"] for tail in ("", "-Instruct"))
    assert (base.form, instruct.form) == ("completion", "chat")
    assert isinstance(base, PublishedModel) and base.config == instruct.config


def test_names_of_tokens_and_old_names_of_modules_are_no_part_of_a_key():
    family = load("models", "qwen2")
    assert family.fim and family.stops
    assert load("models", "phi").renamed
    assert {name for name, _ in options(family)} == {"name", "lora_targets", "attention", "lineage"}


def test_a_decoder_without_a_plugin_stands_for_itself():
    assert ModelFamily.unregistered("opt") == ModelFamily(name="opt", attention=None)
    assert load("models", "opt").lora_targets == ()
    assert ModelFamily.unregistered("t5") is None


def test_query_heads_share_keys_where_they_come_out_even():
    assert [shared(heads, 4) for heads in (4, 8, 6)] == [1, 2, 6]


def test_the_layer_that_gives_the_logits_is_not_among_them():
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model("gpt_neo", **APART["gpt_neo"]))
    assert "lm_head" in dict(model.named_modules())
    assert "lm_head" not in linear_layers(model)


class Sequence(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.mlp = nn.Sequential(*layers)

    def get_output_embeddings(self):
        return None


def test_a_layer_with_a_number_for_a_name_goes_by_its_parent_too():
    assert linear_layers(Sequence(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))) == ["mlp.0", "mlp.2"]


def test_a_model_without_any_is_refused():
    with pytest.raises(UsageError, match="no linear layers"):
        linear_layers(Sequence(nn.ReLU()))
