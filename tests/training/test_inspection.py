import json

import pytest
import torch
from tiny import APART, MASKED
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import KcoderError, UsageError
from kcoder.training.inspection import inspect, linear_layers


@pytest.fixture
def folder(tmp_path):
    def with_config(name, **told):
        AutoConfig.for_model(name, **(APART | MASKED)[name]).save_pretrained(tmp_path)
        if told:
            file = tmp_path / "config.json"
            file.write_text(json.dumps(json.loads(file.read_text()) | told))
        return tmp_path

    return with_config


@pytest.mark.parametrize(
    ("name", "layers", "attention"),
    [
        ("opt", ("fc1", "fc2", "k_proj", "out_proj", "q_proj", "v_proj"), "sdpa"),
        ("gpt_neo", ("c_fc", "c_proj", "k_proj", "out_proj", "q_proj", "v_proj"), "eager"),
        ("mpt", ("Wqkv", "down_proj", "out_proj", "up_proj"), "eager"),
    ],
)
def test_what_is_found_in_a_config(folder, name, layers, attention):
    assert inspect(folder(name)) == (layers, attention)


def test_weights_that_do_not_predict_the_next_token_are_refused(folder):
    with pytest.raises(UsageError, match="are of a OPTForSequenceClassification, which does not predict") as refused:
        inspect(folder("opt", architectures=["OPTForSequenceClassification"]))
    assert "OPTForCausalLM" in refused.value.hint


def test_a_config_that_makes_no_model_is_named(folder):
    with pytest.raises(KcoderError, match=r"transformers cannot make the model of .*config\.json"):
        inspect(folder("opt", num_attention_heads=5))


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
