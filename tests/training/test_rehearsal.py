"""Real steps on random weights: what they measure, and that it is what was foretold."""

import pytest

from kcoder.errors import KcoderError, MachineLacksError
from kcoder.plugin import load
from kcoder.training.memory import MIB, need
from kcoder.training.rehearsal import Request, rehearse

#: two to five times as far as the settings of benchmarks/results/memory-*.json are off
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
