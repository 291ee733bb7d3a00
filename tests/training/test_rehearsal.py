"""Real steps on random weights: what they measure, and that it is what was foretold."""

import copy
import weakref

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import KcoderError, MachineLacksError
from kcoder.plugin import load
from kcoder.training import four_bit, rehearsal
from kcoder.training.card import FourBit
from kcoder.training.memory import MIB, need
from kcoder.training.rehearsal import Request, rehearse

#: the band of benchmarks/training/memory.py, whose settings are off by half of it or little more at most
BAND = 0.08
SETTINGS = {
    "full": ("llama", (192, 4, 4, 5000), 384, "full", {"batch_size": 4}),
    "lora, chunked": ("codegen", (192, 4, 4, 18000), 384, "lora", {"batch_size": 3, "r": 16, "dropout": 0.1}),
    "qlora": ("gpt_neox", (256, 5, 4, 6000), 384, "qlora", {"batch_size": 4, "r": 16, "gradient_checkpointing": False}),
    "8-bit": ("starcoder2", (256, 5, 4, 9000), 256, "full", {"batch_size": 4, "optimizer": "adamw_8bit"}),
    "bf16, checkpointing": (
        "gpt2",
        (256, 8, 4, 7000),
        448,
        "full",
        {"batch_size": 4, "precision": "bf16", "gradient_checkpointing": True},
    ),
}


def request(family, sizes, length, method, options, folder, **more):
    names = ("hidden", "layers", "heads", "vocabulary")
    config = load("models", family).config(**dict(zip(names, sizes, strict=True)), context=length)
    known = {"steps": 2, "threads": 1, "device": "cpu", "frugal": True, "folder": str(folder)} | more
    return Request(method, options, family, config, length, length, **known)


@pytest.mark.parametrize("name", SETTINGS)
def test_it_holds_what_was_foretold(name, tmp_path):
    family, _, length, method, options = SETTINGS[name]
    asked = request(*SETTINGS[name], tmp_path)
    found = rehearse(asked)
    how = load("stages", method)(**options).here(None)
    told = need(load("models", family).shape(asked.config), how.setting(length, half="precision" in options))
    assert found.memory / MIB == pytest.approx(told.total / MIB, rel=BAND)
    assert 0 < found.step < 60 and found.row > 0 and found.checkpoint > 0 and found.checkpoint_bytes > 10_000
    assert list(tmp_path.iterdir()) == []


def test_steps_that_fail_say_why(tmp_path):
    with pytest.raises(KcoderError, match=r"the probe's steps failed: .*"):
        rehearse(request("llama", (64, 2, 4, 300), 32, "full", {"no_such_option": 1}, tmp_path))


def test_a_machine_that_lacks_something_is_no_defect(tmp_path):
    with pytest.raises(MachineLacksError, match="fp16 needs a GPU"):
        rehearse(request("llama", (64, 2, 4, 300), 32, "full", {"precision": "fp16"}, tmp_path))


def test_code_of_the_folder_it_stands_in_does_not_run(tmp_path, monkeypatch):
    (tmp_path / "statistics.py").write_text("raise SystemExit('code of this folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    with pytest.raises(MachineLacksError, match="fp16 needs a GPU"):
        rehearse(request("llama", (64, 2, 4, 300), 32, "full", {"precision": "fp16"}, tmp_path))


@pytest.mark.parametrize("family", ["gpt2", "codegen", "llama", "falcon"])
def test_a_model_in_four_bits_is_made_layer_by_layer(family):
    known = load("models", family).config(hidden=64, layers=2, heads=4, vocabulary=300, context=32)
    config = AutoConfig.for_model(family, **known)
    torch.manual_seed(0)
    whole = AutoModelForCausalLM.from_config(config)
    with torch.device("meta"):
        empty = AutoModelForCausalLM.from_config(config)
    model = rehearsal._in_four_bits(empty, FourBit("nf4", False, "float32"), "cpu")
    assert {path for path, _ in four_bit.layers(model)} == {
        path
        for path, _ in four_bit.layers(four_bit.quantise(copy.deepcopy(whole), FourBit("nf4", False, "float32"), "cpu"))
    }
    assert not any(its.is_meta for its in [*model.parameters(), *model.buffers()])
    for (name, buffer), (_, right) in zip(model.named_buffers(), whole.named_buffers(), strict=True):
        assert torch.equal(buffer, right), name
    tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    assert tied == (whole.get_output_embeddings().weight is whole.get_input_embeddings().weight)
    four_bit.require_sound(model)
    assert model(torch.arange(8)[None]).logits.isfinite().all()


def test_no_more_than_two_of_its_layers_are_there_at_full_size(monkeypatch):
    known = load("models", "llama").config(hidden=64, layers=4, heads=4, vocabulary=300, context=32)
    with torch.device("meta"):
        empty = AutoModelForCausalLM.from_config(AutoConfig.for_model("llama", **known))
    begun, most = [], []
    init = type(empty)._init_weights

    def noted(self, layer):
        if isinstance(layer, torch.nn.Linear) and not isinstance(layer, four_bit.Linear4bit):
            begun.append(weakref.ref(layer.weight))
            most.append(sum(its() is not None for its in begun))
        init(self, layer)

    monkeypatch.setattr(type(empty), "_init_weights", noted)
    rehearsal._in_four_bits(empty, FourBit("nf4", False, "float32"), "cpu")
    assert len(begun) >= 28 and max(most) <= 2
