import pytest
from tiny import MASKED
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import UsageError
from kcoder.model import ModelFamily
from kcoder.models.codegen import CODEGEN
from kcoder.models.gpt2 import GPT2
from kcoder.models.llama import LLAMA
from kcoder.models.phi import PHI
from kcoder.training.adapter import Adapter, targets

CODEGEN_MODULES = [
    "transformer.h.0.attn.qkv_proj",
    "transformer.h.0.attn.out_proj",
    "transformer.h.0.mlp.fc_in",
    "transformer.h.0.mlp.fc_out",
    "lm_head",
]
LLAMA_MODULES = [
    *(f"model.layers.0.self_attn.{name}_proj" for name in "qkvo"),
    *(f"model.layers.0.mlp.{name}_proj" for name in ("gate", "up", "down")),
]


@pytest.mark.parametrize(
    ("modules", "wanted", "family", "found"),
    [
        (CODEGEN_MODULES, "all-linear", CODEGEN, ["fc_in", "fc_out", "out_proj", "qkv_proj"]),
        (CODEGEN_MODULES, "attention", CODEGEN, ["out_proj", "qkv_proj"]),
        (CODEGEN_MODULES, ("fc_in",), CODEGEN, ["fc_in"]),
        (LLAMA_MODULES, "attention", LLAMA, ["k_proj", "o_proj", "q_proj", "v_proj"]),
    ],
)
def test_where_an_adapter_goes(modules, wanted, family, found):
    assert targets(modules, wanted, family) == found


def test_a_module_the_model_does_not_have_is_refused_with_the_near_miss():
    with pytest.raises(UsageError, match="no module called 'qkv'") as refused:
        targets(CODEGEN_MODULES, ("qkv",), CODEGEN)
    assert "qkv_proj" in refused.value.hint


GPT2_MODULES = ["h.0.attn.c_attn", "h.0.attn.c_proj", "h.0.mlp.c_fc", "h.0.mlp.c_proj"]


def test_a_name_that_stands_in_two_places_is_told_with_its_place():
    assert targets(GPT2_MODULES, "attention", GPT2) == ["attn.c_proj", "c_attn"]


def test_the_papers_names_mean_what_is_in_their_place_today():
    todays = [f"layers.0.{name}" for name in ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.fc1")]
    assert targets(todays, ("Wqkv", "fc1"), PHI) == ["fc1", "k_proj", "q_proj", "v_proj"]
    assert targets(["mixer.Wqkv"], ("Wqkv",), PHI) == ["Wqkv"]


def test_an_adapter_of_a_family_nobody_has_a_plugin_for_goes_into_its_linear_layers():
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model("opt", **MASKED["opt"]))
    adapted = Adapter(r=2).ready(model, ModelFamily(name="opt"))
    into = {name.split(".lora_")[0].rpartition(".")[2] for name, _ in adapted.named_parameters() if ".lora_" in name}
    assert into == {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"}
