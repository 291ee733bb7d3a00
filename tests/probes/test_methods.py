"""Five steps of each way of training: in this process where they go well, in their own where they do not."""

import importlib
import json
import sys
from dataclasses import replace

import pytest

from kcoder import plugin
from kcoder.plugin import load
from kcoder.probes import methods
from kcoder.probes.children import side_by_side

STRANGER = """
import json, os, time
from kcoder.plugin import option
from kcoder.stage import Stage, Training

class Aborts(Training):
    def run(self, inputs, out, host):
        os.abort()

class Hangs(Training):
    @classmethod
    def trial(cls, folder):
        time.sleep(600)

class Needs(Training):
    teacher: str = option(help="who teaches")

class Bare(Training):
    max_steps: str = option("many", "of another kind than ours", source="own choice")

    def run(self, inputs, out, host):
        loss = {"many": 1.0}.get(self.max_steps)
        (out / "history.jsonl").write_text(json.dumps({"loss": loss}) + "\\n" + json.dumps({"loss": NEXT}) + "\\n")
        return {}

NEXT = 2.0

class Other(Stage):
    pass
"""


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A package that offers stages under their names in small letters."""

    def forget():
        for remembered in (plugin._every, plugin.registered, plugin.load, plugin.origin):
            remembered.cache_clear()
        sys.modules.pop("stranger", None)
        importlib.invalidate_caches()

    (tmp_path / "stranger.py").write_text(STRANGER)
    told = tmp_path / "stranger-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    classes = ("Aborts", "Hangs", "Needs", "Bare", "Other", "Missing")
    (told / "entry_points.txt").write_text(
        "[kcoder.stages]\n" + "".join(f"{name.lower()} = stranger:{name}\n" for name in classes)
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    forget()
    yield {child.part: child for child in methods.methods()}
    monkeypatch.undo()
    forget()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.mark.parametrize("name", ["full", "lora", "qlora"])
def test_five_steps_of_a_method(name, folder):
    found = methods.tried(name, folder)
    assert found.ok, found.found
    losses = found.facts["losses"]
    assert len(losses) == 5
    assert losses[-1] < losses[0]
    assert found.found.startswith(f"5 steps, loss {losses[0]:.2f} → {losses[-1]:.2f}, ")
    assert found.facts["used"]["dtype"] in found.found
    assert json.dumps(dict(found.facts))


def test_every_method_is_tried_a_strangers_too_and_no_other_work_of_ours(stranger):
    assert set(stranger) == {"full", "lora", "qlora", "aborts", "hangs", "needs", "bare", "other", "missing"}


def test_a_method_that_aborts_and_one_that_hangs_are_findings(stranger):
    [[aborts], [hangs], other] = side_by_side(
        [stranger["aborts"], replace(stranger["hangs"], seconds=5), stranger["other"]]
    )
    assert (aborts.part, aborts.ok, aborts.cure) == ("aborts", False, "kcoder plugins test aborts")
    assert aborts.found.startswith("training aborts: killed by SIGABRT")
    assert (hangs.part, hangs.ok, hangs.found) == ("hangs", False, "training hangs takes more than 5 s")
    assert other == []


def test_a_method_that_cannot_be_loaded_or_needs_options_says_so(stranger, folder):
    missing, needs = methods.tried("missing", folder), methods.tried("needs", folder)
    assert (missing.ok, "cannot be loaded" in missing.found) == (False, True)
    assert (needs.ok, needs.found) == (True, "not tried: a spec has to say teacher")


def test_a_method_whose_options_are_others_is_tried_as_it_is(stranger, folder):
    found = methods.tried("bare", folder)
    assert (found.ok, found.found.rpartition(",")[0]) == (True, "2 steps, loss 1.00 → 2.00, which did not fall")


def test_a_loss_that_is_no_number_is_a_defect(stranger, folder):
    load("stages", "bare")
    sys.modules["stranger"].NEXT = float("nan")
    found = methods.tried("bare", folder)
    assert (found.ok, found.found) == (False, "the loss is no number after 2 steps")
    assert json.loads(json.dumps(dict(found.facts)))["losses"] == ["1.0", "nan"]


def test_a_method_without_a_history_ran_at_least(folder):
    found = methods.judged("odd", {}, folder / "none.jsonl", 1.0)
    assert (found.ok, found.found) == (True, "it ran, and its history tells no loss, 1.0 s")
