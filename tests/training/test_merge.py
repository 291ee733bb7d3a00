import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import KcoderError
from kcoder.plugin import load as plugin
from kcoder.training.card import FourBit
from kcoder.training.four_bit import quantise
from kcoder.training.merge import merge

SHAPE = {"hidden": 32, "layers": 2, "heads": 4, "vocabulary": 304, "context": 64}
IDS = torch.arange(2, 34)[None]


def adapted(model):
    """The same strong adapter over any base of this shape."""
    found = get_peft_model(model, LoraConfig(r=4, lora_alpha=32, target_modules=["q_proj", "down_proj"]))
    torch.manual_seed(1)
    for name, weight in found.named_parameters():  # peft rounds its own to what the base computes in
        if "lora_" in name:
            torch.nn.init.normal_(weight, std=0.3)
    return found.eval()


def base():
    family = plugin("models", "llama")
    torch.manual_seed(0)
    config = AutoConfig.for_model("llama", **family.config(**SHAPE))
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


@torch.no_grad()
def logits(model):
    return model(input_ids=IDS, use_cache=False).logits


def apart(said):
    return float(said[0].split("at most ")[1].split(" ")[0])


def test_the_merged_model_answers_as_the_adapter_did():
    said = []
    model = adapted(base())
    expected = logits(model)
    plain = merge(model, adapted, said.append)
    assert (logits(plain) - expected).abs().max() < 1e-4
    assert apart(said) < 1e-4
    assert type(plain) is type(base())


@pytest.mark.parametrize("compute", ["float32", "bfloat16"])
def test_weights_in_four_bits_are_taken_out_before_an_adapter_is_added(compute):
    said = []
    before = logits(adapted(quantise(base(), FourBit("nf4", False, "float32"), "cpu")))
    model = adapted(quantise(base(), FourBit("nf4", False, compute), "cpu"))
    plain = merge(model, adapted, said.append)
    assert {p.dtype for p in plain.parameters()} == {torch.float32}
    assert apart(said) < 1e-4
    assert (logits(plain) - before).abs().max() < (1e-4 if compute == "float32" else 1)


def test_added_into_four_bits_the_same_adapter_is_another_model():
    """What is prevented: peft does it without a word."""
    model = adapted(quantise(base(), FourBit("nf4", False, "float32"), "cpu"))
    expected = logits(model)
    with pytest.warns(UserWarning, match="4-bit"):
        rounded = model.merge_and_unload()
    assert (logits(rounded) - expected).abs().max() > 0.01


def test_a_model_that_changes_is_refused_with_how_far():
    def other(plain):
        return adapted(plain.apply(lambda m: m.weight.data.mul_(1.1) if hasattr(m, "weight") else None))

    model = adapted(quantise(base(), FourBit("nf4", False, "float32"), "cpu"))
    with pytest.raises(KcoderError, match="merging changes the model: its logits lie up to"):
        merge(model, other, print)
