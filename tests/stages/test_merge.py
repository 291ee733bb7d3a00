"""An adapter put into its base."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.plugin import load as load_plugin
from kcoder.records import Checkpoint
from kcoder.stage import Stage, Step
from kcoder.stages.lora import Lora
from kcoder.stages.merge import MergeAdapter
from kcoder.stages.qlora import QLora
from kcoder.training.card import base_folder, read_card, write_card
from kcoder.training.checkpoint import load
from kcoder.training.room import Room


class Trained(Stage):
    produces = {"model": Checkpoint}  # noqa: RUF012


OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "epochs": 1, "r": 4}
METHODS = [Lora(**OPTIONS), QLora(**OPTIONS)]


@pytest.fixture(scope="module", params=METHODS, ids=["lora", "qlora"])
def adapter(request, store):
    out = store.root / f"to-merge-{type(request.param).__name__}"
    store.run(request.param.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=7), out)
    return out / "model"


def merged(adapter, out, **options):
    said, step = [], Step("train", Trained())
    out.mkdir()
    stage = MergeAdapter(model=step["model"], **options)
    facts = stage.run({step["model"]: adapter}, out, Host(say=said.append))
    return stage, facts, said


@torch.no_grad()
def logits(model):
    return model(input_ids=torch.arange(2, 34)[None], use_cache=False).logits


def test_other_programs_read_the_model_that_was_trained(adapter, tmp_path):
    stage, facts, said = merged(adapter, tmp_path / "out")
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "out/model").eval()
    expected = load(adapter).model
    assert (logits(plain) - logits(expected)).abs().max() < 1e-4
    assert said[0].startswith("the adapter is merged: logits lie at most ")
    assert "quantization_config" not in json.loads((tmp_path / "out/model/config.json").read_text())
    card = read_card(tmp_path / "out/model")
    assert (card.kind, card.base, card.four_bit, card.dtype) == ("model", "", None, "float32")
    assert card.parameters == facts["parameters"] == sum(p.numel() for p in plain.parameters())
    assert card.lineage[-1] == "merged, in float32"
    assert stage.summary(facts) == f"{facts['parameters']:,} parameters in float32"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_rounded_weights_are_told_apart_and_are_what_is_evaluated(adapter, tmp_path, dtype):
    stage, facts, _ = merged(adapter, tmp_path / "out", dtype=dtype)
    kept = load_file(tmp_path / "out/model/model.safetensors")
    assert {weight.dtype for weight in kept.values()} == {getattr(torch, dtype)}
    asked = load(tmp_path / "out/model").model
    assert {p.dtype for p in asked.parameters()} == {torch.float32}
    assert 0 < facts["rounded"] < 1
    assert "rounding moves logits by up to 0.0" in stage.summary(facts)
    merged(adapter, tmp_path / "exact")
    apart = float((logits(asked) - logits(load(tmp_path / "exact/model").model)).abs().max())
    assert facts["rounded"] / 3 < apart < 3 * facts["rounded"]  # on other tokens


def test_weights_beyond_float16_are_refused_with_what_holds_them(store, tmp_path):
    folder = tmp_path / "large"
    method = Lora(**OPTIONS).wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=7)
    store.run(method, folder)
    base = base_folder(folder / "model", read_card(folder / "model"))
    shutil.copytree(base, tmp_path / "base")
    weights = load_file(base / "model.safetensors")
    weights["transformer.ln_f.weight"] *= 1e6
    save_file(weights, tmp_path / "base/model.safetensors", {"format": "pt"})
    write_card(replace(read_card(folder / "model"), base="../../base"), folder / "model")
    with pytest.raises(KcoderError, match="some weights are beyond what float16 holds"):
        merged(folder / "model", tmp_path / "out", dtype="float16")
    merged(folder / "model", tmp_path / "again", dtype="bfloat16")


def test_it_foretells_its_model_and_what_it_needs(store, monkeypatch):
    class Foretold(Trained):
        def foretold(self, stored):
            return {"family": "codegen", "config": config}

    config = load_plugin("models", "codegen").config(hidden=32, layers=2, heads=4, vocabulary=300, context=64)
    parameters = load_plugin("models", "codegen").shape(config).parameters
    stage = MergeAdapter(model=Step("train", Foretold())["model"], dtype="bfloat16")
    assert stage.foretold(lambda step: None)["config"] == config
    told = stage.forecast(lambda step: None, store.root, probe=False)
    assert told.numbers["disk"] == 2 * parameters
    assert told.numbers["memory"] >= 4 * parameters
    assert told.lacks is None
    monkeypatch.setattr("kcoder.training.room.room", lambda: Room("RAM", 10.0, 5.0))
    short = stage.forecast(lambda step: None, store.root, probe=False)
    assert "merging needs about" in short.lacks.message
    assert short.lines[-1].strip() == short.lacks.hint == "say --device cpu, or leave train.merge out"
    unknown = MergeAdapter(model=Step("train", Trained())["model"])
    assert unknown.forecast(lambda step: None, store.root, probe=False) is None
