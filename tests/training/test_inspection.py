import json

import pytest
from tiny import APART, LEAKING, MASKED
from transformers import AutoConfig

from kcoder.errors import KcoderError, UsageError
from kcoder.training.inspection import inspect


@pytest.fixture
def folder(tmp_path):
    def with_config(name, **told):
        AutoConfig.for_model(name, **(APART | MASKED | LEAKING)[name]).save_pretrained(tmp_path)
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


def test_a_model_without_attention_is_refused(folder):
    with pytest.raises(UsageError, match="mamba models remember otherwise"):
        inspect(folder("mamba"))


def test_a_config_that_makes_no_model_is_named(folder):
    with pytest.raises(KcoderError, match=r"transformers cannot make the model of .*config\.json"):
        inspect(folder("opt", num_attention_heads=5))
