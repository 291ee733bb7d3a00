"""What a training leaves behind: a model, and others to choose among."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from kcoder.host import Host
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.training.budget import candidates
from kcoder.training.card import base_folder, read_card
from kcoder.training.checkpoint import adopt, load

OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "epochs": 2, "save_every": 2}


def trained(store, name, method, host=None):
    out = store.root / name
    method = method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=7)
    return out, store.run(method, out, host)


def losses(out):
    rows = [json.loads(line) for line in (out / "history.jsonl").read_text().splitlines()]
    return {row["step"]: row["valid"] for row in rows if "valid" in row}


def weights(folder):
    return dict(load(folder).model.state_dict().items())


@pytest.mark.parametrize("method", [Full(**OPTIONS, keep=2), Lora(**OPTIONS, r=4, keep=2)])
def test_evenly_spaced_steps_stay_and_the_best_with_them(store, method):
    out, facts = trained(store, f"keeps-{type(method).__name__}", method)
    assert facts["steps"] == 10
    kept = {int(folder.name.removeprefix("step-")): folder for folder in (out / "kept").iterdir()}
    assert set(kept) == {4, 10, facts["best_step"]}
    for step, folder in kept.items():
        assert read_card(folder).lineage[-1].split(", ")[1] == f"step {step} of 10"
        if read_card(folder).base:
            assert base_folder(folder, read_card(folder)) == store.path("model").resolve()
    best = weights(kept[facts["best_step"]])
    assert all(torch.equal(best[name], weight) for name, weight in weights(out / "model").items())
    assert any(not torch.equal(best[name], weight) for name, weight in weights(kept[4]).items())


def test_each_is_the_model_of_a_training_that_ended_there(store):
    """With a constant rate nothing tells how many steps there will be."""
    how = OPTIONS | {"scheduler": "constant", "warmup": 0.0}
    out, _ = trained(store, "long", Full(**how, keep=5))
    short, _ = trained(store, "short", Full(**how | {"epochs": 0.8}))
    assert losses(short)[4] == losses(out)[4]
    assert (short / "model/model.safetensors").read_bytes() == (out / "kept/step-4/model.safetensors").read_bytes()


def test_without_keep_nothing_else_stays(store):
    out, _ = trained(store, "keeps-none", Full(**OPTIONS))
    assert list((out / "kept").iterdir()) == []


def test_one_whose_weights_are_damaged_cannot_be_chosen(store):
    out = store.root / "harmed"
    said = []

    def progress(line):
        file = out / "checkpoints/weights-2/weights.safetensors"
        if file.exists():
            file.write_bytes(file.read_bytes()[:-1] + b"\xff")

    _, facts = trained(store, "harmed", Full(**OPTIONS, keep=5), Host(say=said.append, progress=progress))
    assert said == ["the weights of step 2 are damaged, and it cannot be chosen: --redo train makes them anew"]
    assert facts["kept"] == sorted({4, 6, 8, 10, facts["best_step"]})
    assert not (out / "kept/step-2").exists()
    assert (out / "kept/step-4").exists()


def test_of_an_earlier_step_no_more_than_the_weights_stay(store):
    out, _ = trained(store, "thin", Full(**OPTIONS, keep=5))
    thin = list((out / "checkpoints").glob("weights-*"))
    assert thin
    for folder in thin:
        assert {file.name for file in folder.iterdir()} == {"weights.safetensors", "seal.json"}


def test_the_steps_that_are_kept_are_among_those_that_are_measured():
    assert candidates(Full(save_every=10), 100) == ()
    assert candidates(Full(save_every=10, keep=4), 100) == (20, 50, 70, 100)
    assert candidates(Full(save_every=30, keep=9), 100) == (30, 60, 90, 100)
    assert candidates(Full(save_every=30, keep=2), 90) == (30, 90)
    assert candidates(Full(save_every=200, keep=5), 7) == (7,)


def test_a_checkpoint_is_adopted_with_the_way_to_its_base_and_not_through_its_links(store, tmp_path):
    out, _ = trained(store, "adopted", Lora(**OPTIONS, r=4))
    before = (out / "model/checkpoint.json").read_text(), (out / "model/adapter_config.json").read_text()
    adopt(out / "model", tmp_path / "deep/er/model", "chosen")
    card = read_card(tmp_path / "deep/er/model")
    assert base_folder(tmp_path / "deep/er/model", card) == store.path("model").resolve()
    assert card == replace(
        read_card(out / "model"), base=card.base, lineage=(*read_card(out / "model").lineage, "chosen")
    )
    told = json.loads((tmp_path / "deep/er/model/adapter_config.json").read_text())
    assert told["base_model_name_or_path"] == card.base
    assert before == ((out / "model/checkpoint.json").read_text(), (out / "model/adapter_config.json").read_text())


def test_it_is_adopted_where_nothing_can_be_linked(store, tmp_path, monkeypatch):
    out, _ = trained(store, "copied", Full(**OPTIONS))
    monkeypatch.setattr("os.link", lambda *paths: (_ for _ in ()).throw(OSError("no links here")))
    adopt(out / "model", tmp_path / "copy")
    shutil.rmtree(out)
    assert load(Path(tmp_path / "copy")).card.kind == "model"


def test_what_a_kill_has_left_undone_after_the_last_save_is_done_when_it_goes_on(store):
    out, _ = trained(store, "tidied", Full(**OPTIONS, keep=5))
    left = sorted(str(path.relative_to(out)) for path in out.rglob("*"))
    thin = next((out / "checkpoints").glob("weights-*"))
    (thin / "optimizer.pt").write_bytes(b"left")
    shutil.copytree(out / "checkpoints/step-10", out / "checkpoints/step-1")
    trained(store, "tidied", Full(**OPTIONS, keep=5))
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*")) == left
