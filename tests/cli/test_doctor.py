"""`kcoder doctor`: it must work when something is broken, and say what a newcomer understands."""

import contextlib
import importlib
import io
import json
import sys

import pytest

from kcoder import plugin
from kcoder.cli import _exit_code, doctor
from kcoder.finding import Finding
from kcoder.probes import libraries

TINY = "name: tiny\ndata: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}\n"
ABORTS = """
import os
from kcoder.stage import Training
class Aborts(Training):
    @classmethod
    def trial(cls, folder):
        os.abort()
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One run of it, which several tests look at: a way of training that crashes, a package that is missing, a wrong
    spec, and languages few enough."""
    folder = tmp_path_factory.mktemp("doctor")
    site = folder / "site"
    info = site / "aborts-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "aborts.py").write_text(ABORTS)
    (site / "sentence_transformers.py").write_text("raise ModuleNotFoundError('not installed')")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: aborts\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kcoder.stages]\naborts = aborts:Aborts\n")
    (folder / "tiny.yaml").write_text(TINY)
    (folder / "wrong.yaml").write_text("name: x\ndtaa: y\n")

    def forget():
        for remembered in (plugin._every, plugin.registered, plugin.load, plugin.origin):
            remembered.cache_clear()
        importlib.invalidate_caches()

    with pytest.MonkeyPatch.context() as here, contextlib.redirect_stdout(io.StringIO()) as printed:
        here.chdir(folder)
        here.syspath_prepend(site)
        here.setenv("PYTHONPATH", str(site))
        here.setenv("HF_TOKEN", "hf_never_to_be_seen")
        here.setattr(libraries, "PARTS", {"train": ("pydantic",), "odd": ("no_such_library",)})
        here.setattr(doctor, "names", lambda group: ["lua", "python"])
        forget()
        code = _exit_code(["doctor", "--json"])
    forget()
    sys.modules.pop("aborts", None)
    assert "hf_never" not in printed.getvalue()
    return code, json.loads(printed.getvalue())


def parts(told):
    return {(f["group"], f["part"]): f for f in told[1]["findings"]}


def test_everything_is_looked_at_once(told):
    assert told[1]["machine"].startswith("kcoder 0.1.0")
    found = parts(told)
    assert found.keys() >= {
        ("", "train"),
        ("room", "memory"),
        ("room", "disk"),
        ("training", "full"),
        ("training", "lora"),
        ("training", "qlora"),
        ("training", "four bits"),
        ("hub", "token"),
        ("embedders", "hashing"),
        ("languages", "python"),
        ("your specs", "tiny.yaml"),
    }
    assert any(group == "gpu" for group, _ in found)
    assert found["training", "lora"]["facts"]["losses"]
    assert found["hub", "token"]["facts"] == {"set": True}


def test_what_is_broken_is_a_finding_and_harms_nothing_else(told):
    bad = {where: f["found"] for where, f in parts(told).items() if not f["ok"] and where[0] != "sandbox"}
    assert bad.keys() == {
        ("", "odd"),
        ("training", "aborts"),
        ("embedders", "sentence"),
        ("your specs", "wrong.yaml"),
    }
    assert "killed by SIGABRT" in bad["training", "aborts"]
    assert all(f["cure"] for f in told[1]["findings"] if not f["ok"])
    assert told[0] == 3  # a spec cannot run here


def test_the_screen_fits_and_says_how_many_specs_cannot_run(told):
    groups = {}
    for each in told[1]["findings"]:
        groups.setdefault(each.pop("group"), []).append(Finding(**each))
    lines = doctor._screen(groups)
    assert max(map(len, lines)) <= 100
    assert lines[-1] == "1 of 2 specs cannot run here yet"
    words = {line.split()[0]: line.split()[1] for line in lines if len(line.split()) > 1}
    assert (words["lora"], words["aborts"], words["tiny.yaml"], words["wrong.yaml"]) == ("ok", "no", "ok", "no")


def test_what_a_spec_lacks_stands_line_below_line_and_long_words_stay_whole():
    address = "https://example.org/" + "long" * 30
    one, two = Finding("a.yaml", False, "word " * 30, address), Finding("a.yaml", False, "swiftc was not found")
    lines = doctor._screen({"your specs": [one, one, two, Finding("b.yaml", True, "ready")]})
    assert sum("a.yaml" in line for line in lines) == 1
    assert sum(line.strip() == address for line in lines) == 1
    assert [line for line in lines if "swiftc" in line] == [f"    {'':<9}no    swiftc was not found"]
    assert lines[-1] == "1 of 2 specs cannot run here yet"


def test_one_language_is_quick_and_tries_nothing_else(kcoder, monkeypatch):
    monkeypatch.setattr(doctor, "_machine_and_training", lambda: 1 / 0)
    said = kcoder("doctor", "--languages", "python")
    assert (said.code, "pydantic" in said.out, "\n\n\n" in said.out) == (0, False, False)
    assert "did you mean python?" in kcoder("doctor", "--languages", "pyhton").err


def test_a_terminal_is_told_what_takes_so_long_and_nothing_else_is(kcoder, monkeypatch):
    monkeypatch.setattr("kcoder.probes.languages.languages", lambda names: [])
    assert kcoder("doctor", "--languages", "python").err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert "running six programs" in kcoder("doctor", "--languages", "python").err


def test_a_hub_that_does_not_answer_is_not_asked_for_each_spec(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    doctor._go_offline(
        [Finding("token", True, "", "", {"set": True}), Finding("answer", True, "", "", {"offline": False})]
    )
    assert "HF_HUB_OFFLINE" not in doctor.os.environ
    doctor._go_offline([Finding("answer", False, "", "", {"offline": True})])
    assert doctor.os.environ["HF_HUB_OFFLINE"] == "1"


def test_a_secret_in_a_librarys_last_words_is_not_shown(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-123456789")
    assert doctor._without_secrets("401 for sk-123456789") == "401 for [SOME_API_KEY]"
