import shutil

import pytest
import torch
from safetensors.torch import load_file
from tiny import MASKED
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import UsageError
from kcoder.model import ModelFamily
from kcoder.models.codegen import CODEGEN
from kcoder.models.gpt2 import GPT2
from kcoder.models.llama import LLAMA
from kcoder.models.phi import PHI
from kcoder.stages.lora import Lora, targets
from kcoder.training.card import read_card
from kcoder.training.checkpoint import load

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


GPT2_MODULES = ["h.0.attn.c_attn", "h.0.attn.c_proj", "h.0.mlp.c_fc", "h.0.mlp.c_proj"]


def test_a_name_that_stands_in_two_places_is_told_with_its_place():
    assert targets(GPT2_MODULES, "attention", GPT2) == ["attn.c_proj", "c_attn"]


def test_the_papers_names_mean_what_is_in_their_place_today():
    todays = [f"layers.0.{name}" for name in ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.fc1")]
    assert targets(todays, ("Wqkv", "fc1"), PHI) == ["fc1", "k_proj", "q_proj", "v_proj"]
    assert targets(["mixer.Wqkv"], ("Wqkv",), PHI) == ["Wqkv"]


def test_an_adapter_of_a_family_nobody_has_a_plugin_for_goes_into_its_linear_layers():
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model("opt", **MASKED["opt"]))
    adapted = Lora(r=2).ready(model, ModelFamily(name="opt"))
    into = {name.split(".lora_")[0].rpartition(".")[2] for name, _ in adapted.named_parameters() if ".lora_" in name}
    assert into == {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"}
