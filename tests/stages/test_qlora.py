import hashlib
import threading

import pytest
import torch
from safetensors.torch import load_file

from kcoder.errors import InterruptedRun, MachineLacksError
from kcoder.host import Host
from kcoder.stages.full import Full
from kcoder.stages.qlora import QLora
from kcoder.training import gpu
from kcoder.training.card import FourBit, read_card
from kcoder.training.checkpoint import count, load, load_plain
from kcoder.training.four_bit import layers

OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "accumulate": 1, "max_steps": 6, "save_every": 2, "r": 4}
IDS = torch.arange(2, 34)[None]

without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


def wired(store, **options):
    return QLora(**OPTIONS | options).wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)


@pytest.fixture(scope="module")
def trained(store):
    out = store.root / "trained-qlora"
    return out, store.run(wired(store), out)


@torch.no_grad()
def logits(model):
    return model(input_ids=IDS, use_cache=False).logits


def test_it_learns_and_is_evaluated_in_the_middle(trained):
    _, facts = trained
    assert facts["valid"]["best"] < facts["valid"]["first"]
    assert facts["steps"] == 6


def test_only_the_adapter_is_saved_and_its_card_tells_what_it_stands_on(trained, store):
    out, facts = trained
    weights = load_file(out / "model/adapter_model.safetensors")
    card = read_card(out / "model")
    assert {name.split(".")[-2] for name in weights} == {"lora_A", "lora_B"}
    assert (card.kind, card.base) == ("adapter", "../../given/model")
    assert card.four_bit == FourBit("nf4", False, "float32" if not torch.cuda.is_available() else "bfloat16")
    base = count(load(store.path("model")).model)
    assert facts["parameters"] == card.parameters == base + facts["trainable"]


def test_it_is_asked_over_the_same_four_bits_it_was_trained_over(trained):
    model = load(trained[0] / "model").model
    assert len(dict(layers(model))) == 4
    assert not any(layer.support_avx512bf16_for_cpu for _, layer in layers(model))


def test_merged_it_answers_the_same_and_can_be_trained_further(trained, store, tmp_path):
    said = []
    applied, plain = load(trained[0] / "model").model, load_plain(trained[0] / "model", said.append).model
    assert (logits(applied) - logits(plain)).abs().max() < 1e-4
    assert "merged" in said[0]
    full = Full(batch_size=4, max_steps=2).wired(
        rows=store["train"], valid=store["valid"], model=store["model"], seed=0
    )
    facts = store.run(full, tmp_path / "full", model=trained[0] / "model")
    # within rounding: it starts where the adapter ended
    assert abs(facts["valid"]["first"] - trained[1]["valid"]["best"]) < 1e-4


def test_computed_in_bfloat16_it_is_read_and_merged_without_rounding_the_adapter(store, tmp_path):
    store.run(wired(store, compute="bf16", max_steps=2), tmp_path / "bf16")
    saved = load_file(tmp_path / "bf16/model/adapter_model.safetensors")
    model = load(tmp_path / "bf16/model").model
    held = {name.replace(".default", ""): p for name, p in model.named_parameters() if "lora_" in name}
    assert all(torch.equal(held[name], weight) for name, weight in saved.items())
    assert saved
    load_plain(tmp_path / "bf16/model", print)  # or it raises


def test_another_adapter_in_four_bits_stands_on_the_merged_one(trained, store, tmp_path):
    facts = store.run(wired(store, max_steps=2), tmp_path / "second", model=trained[0] / "model")
    first = facts["valid"]["first"]
    assert abs(first - trained[1]["valid"]["best"]) < 0.1  # its base is rounded to four bits once more
    assert load(tmp_path / "second/model").card.four_bit


def test_stopped_in_the_middle_it_goes_on_to_the_same_bytes(trained, store):
    stop, out = threading.Event(), store.root / "stopped-qlora"

    def progress(line):
        if line.startswith("step 3/"):
            stop.set()

    with pytest.raises(InterruptedRun):
        store.run(wired(store), out, Host(stop=stop, progress=progress))
    assert store.run(wired(store), out) == trained[1]
    for name in ("model/adapter_model.safetensors", "history.jsonl"):
        digests = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for folder in (out, trained[0])]
        assert digests[0] == digests[1], name


@without_gpu
def test_the_presets_paging_is_left_out_without_a_gpu_and_recorded(trained):
    assert QLora().optimizer == "paged_adamw_32bit"
    assert trained[1]["used"]["optimizer"] == "adamw"
    assert QLora().here((7, 5)).optimizer == "paged_adamw_32bit"
    assert QLora().world() == {}


def test_paging_that_was_asked_for_is_refused_without_a_gpu(monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    assert gpu.capability() is None
    with pytest.raises(MachineLacksError, match="no GPU here"):
        QLora(optimizer="paged_adamw_32bit").world()


def test_the_defaults_are_those_of_the_papers_table():
    """Singh et al. 2024 (P4), table 4."""
    told = QLora()
    assert (told.r, told.alpha, told.dropout, told.learning_rate) == (128, 256, 0.1, 2e-4)
    assert (told.batch_size, told.accumulate, told.epochs, told.warmup) == (4, 2, 2, 0.05)
    assert (told.max_grad_norm, told.weight_decay, told.scheduler) == (0.3, 0.001, "cosine")
    assert (told.quantisation, told.double_quantisation, told.optimizer) == ("nf4", False, "paged_adamw_32bit")
    assert told.gradient_checkpointing
