import json
import os
import shutil
import subprocess
import sys

import pytest
import torch
from tiny import MASKED
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import KcoderError, MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.model import published_models
from kcoder.plugin import name_of
from kcoder.stages.borrow import Borrow, _take
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.training.card import read_card
from kcoder.training.checkpoint import load

IDS = torch.arange(2, 34)[None]


@pytest.fixture(scope="module")
def runs(store, tmp_path_factory):
    """A folder of runs: `small` made a base and one adapter, `study` a base and two."""
    runs = tmp_path_factory.mktemp("here") / "runs"
    shutil.copytree(store.path("model"), runs / ".store/begin-1/model")
    method = Lora(learning_rate=3e-3, batch_size=4, max_steps=2, r=4)
    method = method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)
    store.run(method, runs / ".store/train-2", model=runs / ".store/begin-1/model")
    base, tuned = {"artifact": "begin-1"}, {"artifact": "train-2"}
    for name, models in (
        ("small", {"base": base, "small": tuned}),
        ("study", {"base": base, "lora": tuned, "full": base}),
        ("lost", {"base": {"artifact": "begin-9"}}),
    ):
        (runs / name).mkdir()
        (runs / name / "run.json").write_text(json.dumps({"models": models}))
    return runs


@pytest.fixture
def here(runs, monkeypatch):
    monkeypatch.chdir(runs.parent)
    return runs


def borrowed(source, out):
    Borrow(source=source).run({}, out, Host(offline=True))
    return out / "model"


@pytest.mark.parametrize(
    ("source", "artifact"),
    [
        ("runs/small", "train-2"),
        ("runs/small/base", "begin-1"),
        ("runs/study", "begin-1"),
        ("runs/study/lora", "train-2"),
    ],
)
def test_which_model_of_a_run_is_meant(here, source, artifact):
    assert Borrow(source=source).world() == {"artifact": artifact}


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        ("runs/smal", "no run runs/smal", "did you mean small?"),
        ("runs/studi/lora", "no run runs/studi", "did you mean study?"),
        ("runs/study/lorra", "no model called 'lorra'", "did you mean lora?"),
        ("runs/lost", "is gone", "run its spec again"),
        ("no such/thing/at all", "there is no folder", ""),
    ],
)
def test_what_is_not_there_is_named_with_the_near_miss(here, source, said, hint):
    with pytest.raises(UsageError, match=said) as refused:
        Borrow(source=source).world()
    assert refused.value.hint == hint


def test_an_adapter_comes_with_its_base_and_stands_alone(here, tmp_path):
    original = load(here / ".store/train-2/model").model(input_ids=IDS).logits
    model = borrowed("runs/small", tmp_path)
    assert read_card(model).base == "base"
    (tmp_path / "model").rename(tmp_path / "moved")
    assert torch.equal(load(tmp_path / "moved").model(input_ids=IDS).logits, original)
    assert read_card(here / ".store/train-2/model").base == "../../begin-1/model"


def test_the_weights_of_a_run_are_linked_and_those_of_a_folder_copied(here, tmp_path):
    weights = here / ".store/begin-1/model/model.safetensors"
    linked = borrowed("runs/study", tmp_path / "a") / weights.name
    copied = borrowed(str(weights.parent), tmp_path / "b") / weights.name
    assert linked.samefile(weights)
    assert not copied.samefile(weights)
    assert copied.read_bytes() == weights.read_bytes()


@pytest.fixture
def folder(here, tmp_path):
    """A model as others save it: no card."""
    folder = tmp_path / "theirs"
    shutil.copytree(here / ".store/begin-1/model", folder)
    (folder / "checkpoint.json").unlink()
    return folder


def test_a_folder_without_a_card_gets_one_from_its_files(here, folder, tmp_path):
    ours, theirs = read_card(here / ".store/begin-1/model"), read_card(borrowed(str(folder), tmp_path))
    assert (theirs.family, theirs.parameters, theirs.context) == (ours.family, ours.parameters, 64)
    assert "codegen-mono continues codegen-multi" in theirs.lineage[0]


def test_a_folder_is_known_by_the_content_of_its_files(folder):
    before = Borrow(source=str(folder)).world()
    os.utime(folder / "config.json", (1, 1))
    (folder / "notes.md").write_text("not part of the model")
    assert Borrow(source=str(folder)).world() == before
    (folder / "config.json").write_text((folder / "config.json").read_text() + " ")
    assert Borrow(source=str(folder)).world() != before


def test_pickled_weights_are_refused(folder, tmp_path):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(KcoderError, match="no weights as safetensors") as refused:
        borrowed(str(folder), tmp_path)
    assert "can run a program" in refused.value.hint


def test_weights_without_a_tokenizer_are_refused(folder, tmp_path):
    for file in folder.glob("token*"):
        file.unlink()
    with pytest.raises(KcoderError, match="holds no tokenizer"):
        borrowed(str(folder), tmp_path)


def test_a_family_nobody_knows_is_named(folder, tmp_path):
    (folder / "config.json").write_text('{"model_type": "lama"}')
    with pytest.raises(UsageError, match="no model is called 'lama'") as refused:
        borrowed(str(folder), tmp_path)
    assert refused.value.hint == "did you mean llama?"


@pytest.fixture
def opt(here, tmp_path):
    """A model of a family nobody has a plugin for, with the words of ours."""
    made = AutoModelForCausalLM.from_config(AutoConfig.for_model("opt", **MASKED["opt"]))
    made.save_pretrained(tmp_path / "opt")
    for file in (here / ".store/begin-1/model").glob("token*"):
        shutil.copy(file, tmp_path / "opt")
    return tmp_path / "opt"


def test_a_family_nobody_has_a_plugin_for_is_inspected_and_that_is_said(opt, tmp_path):
    said = []
    facts = Borrow(source=str(opt)).run({}, tmp_path, Host(offline=True, say=said.append))
    assert facts["inferred"]["lora_targets"] == ["fc1", "fc2", "k_proj", "out_proj", "q_proj", "v_proj"]
    assert said == [
        "no plugin knows opt models, so this one was inspected: adapters go into fc1, fc2, k_proj, out_proj, q_proj, "
        "v_proj; attention sdpa"
    ]
    loaded = load(tmp_path / "model")
    assert (loaded.card.family, loaded.card.context) == ("opt", 64)
    assert loaded.model.config._attn_implementation == "sdpa"


def test_it_trains_with_an_adapter_and_whole(opt, store, tmp_path):
    borrowed(str(opt), tmp_path)
    for method in (Lora(r=2, learning_rate=1e-2, max_steps=3), Full(learning_rate=1e-2, max_steps=3)):
        step = method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)
        facts = store.run(step, tmp_path / name_of(method), model=tmp_path / "model")
        assert facts["valid"]["best"] < facts["valid"]["first"]
        assert load(tmp_path / name_of(method) / "model").card.family == "opt"


def test_a_published_model_comes_with_its_licence_and_lineage(folder):
    known = published_models()["codellama/CodeLlama-7b-Python-hf"]
    card = _take(folder, folder.parent / "taken", link=False, known=known)
    assert card.licence == "llama2"
    assert card.lineage == ("CodeLlama-Python continues CodeLlama (Llama 2, code of many languages) on Python",)


def test_a_file_that_only_claims_to_be_safetensors_is_named(folder, tmp_path):
    (folder / "model.safetensors").write_bytes(b"PK")
    with pytest.raises(KcoderError, match=r"model\.safetensors is no safetensors file"):
        borrowed(str(folder), tmp_path)


def hub(tmp_path, source):
    """What Borrow says of a hub model in a fresh process with an empty cache and no network."""
    program = (
        "import sys\n"
        "from kcoder.stages.borrow import Borrow\n"
        "try: print(Borrow(source=sys.argv[1]).world())\n"
        "except Exception as error: print(type(error).__name__, error.args[0])\n"
    )
    told = os.environ | {"HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", program, source], capture_output=True, text=True, env=told)
    return done.stdout


def test_a_model_on_the_hub_that_was_never_fetched_needs_the_network(tmp_path):
    said = hub(tmp_path, "Salesforce/codegen-350M-mono")
    assert said.startswith(f"{MachineLacksError.__name__} the model Salesforce/codegen-350M-mono is not in the")


def test_a_cached_model_of_the_hub_is_known_by_its_commit(tmp_path):
    refs = tmp_path / "models--Salesforce--codegen-350M-mono/refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("0123abc\n")
    assert hub(tmp_path, "Salesforce/codegen-350M-mono").startswith(MachineLacksError.__name__)  # its files are not
    (refs / "../snapshots/0123abc").mkdir(parents=True)
    (refs / "../snapshots/0123abc/model.safetensors").touch()
    assert hub(tmp_path, "Salesforce/codegen-350M-mono") == (
        "{'hub': 'Salesforce/codegen-350M-mono', 'commit': '0123abc'}\n"
    )
