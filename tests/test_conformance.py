"""What the conformance kit finds in plugins of a package from outside, and that it leaves good ones alone."""

import importlib
import sys

import pytest

from kcoder import plugin
from kcoder.conformance import PROBES, _judged, test_plugin
from kcoder.errors import UsageError
from kcoder.executor import Judgement
from kcoder.host import Host
from kcoder.records import Verdict


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """Install a package of one module, which offers `THING` to a group under the name `strange`."""

    def forget():
        for remembered in (plugin._every, plugin.registered, plugin.load, plugin.origin):
            remembered.cache_clear()
        sys.modules.pop("stranger", None)
        importlib.invalidate_caches()

    def install(group, code):
        (tmp_path / "stranger.py").write_text(code)
        told = tmp_path / "stranger-1.0.dist-info"
        told.mkdir()
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
        (told / "entry_points.txt").write_text(f"[kcoder.{group}]\nstrange = stranger:THING\n")
        monkeypatch.syspath_prepend(tmp_path)
        forget()

    yield install
    monkeypatch.undo()
    forget()


def faults(group):
    return {f.name: f.detail for f in test_plugin(group, "strange", Host()) if not f.ok}


LANGUAGE = """
from kcoder.language import Probe
from kcoder.plugin import load
PYTHON = load("languages", "python")
THING = PYTHON.model_copy(update={})
"""


def test_pythons_own_probes_and_solutions_are_all_judged_rightly():
    found = test_plugin("languages", "python", Host())
    assert {f.name for f in found} > {*PROBES, "loads", "suffixes", "toolchain", "cut 1"}
    assert [f for f in found if not f.ok] == []


def test_what_a_language_gets_wrong_is_found(stranger):
    changes = """{
        "suffixes": ("py",),
        "probes": {
            "right": PYTHON.probes["wrong"].model_copy(update={"verdict": "passed"}),
            "crash": PYTHON.probes["crash"],
        },
        "solutions": (("def f(n):\\n", "    return n\\nprint(1)\\n", "    return n\\nprint(1)\\n"),),
    }"""
    stranger("languages", LANGUAGE.replace("{}", changes))
    found = faults("languages")
    assert set(found) == {"suffixes", "right", "wrong", "endless", "network", "memory", "cut 1"}
    assert found["right"] == "wrong answer, should be passed   f(1) gave 0, expected 2"
    assert found["memory"] == "there is no such probe"
    assert found["cut 1"] == "gave '    return n\\n', should be '    return n\\nprint(1)\\n'"


def test_a_missing_toolchain_is_told_and_nothing_is_run(stranger):
    missing = """
from kcoder.errors import MachineLacksError

class Nowhere(type(PYTHON)):
    def version(self):
        raise MachineLacksError("zig not found", "apt install zig")

THING = Nowhere(**PYTHON.model_dump())
"""
    stranger("languages", LANGUAGE + missing)
    assert faults("languages") == {"toolchain": "zig not found: apt install zig"}


def test_a_language_that_cannot_be_run_is_no_worse_for_it(stranger):
    code = "from kcoder.language import Language\nTHING = Language(name='x', suffixes=('.x',), comment='#')"
    stranger("languages", code)
    assert faults("languages") == {}


def test_an_option_without_help_or_source_is_found(stranger):
    code = """
from kcoder.filter import Filter
from kcoder.plugin import option

class THING(Filter):
    mute: int = 1
    baseless: int = option(1, "characters")
    good: int = option(1, "characters", source="own choice")
    asked: int = option(help="characters, which somebody must say")
"""
    stranger("filters", code)
    assert faults("filters") == {"mute": "has no help text", "baseless": "its default has no source"}


def test_what_cannot_be_loaded_is_an_error_with_its_name(stranger):
    stranger("filters", "THING = 1")
    with pytest.raises(UsageError, match="plugin 'strange' of stranger is not a Filter"):
        test_plugin("filters", "strange", Host())


@pytest.mark.parametrize(
    ("verdict", "isolation", "ok"),
    [
        (Verdict.RUNTIME_ERROR, "namespaces", True),
        (Verdict.PASSED, "landlock", False),
        (Verdict.PASSED, "none", True),
        (Verdict.RUNTIME_ERROR, "none", False),
        (Verdict.HARNESS_ERROR, "none", False),
    ],
)
def test_a_network_probe_passes_just_where_there_is_a_network(verdict, isolation, ok):
    assert _judged("network", Verdict.RUNTIME_ERROR, Judgement("network", verdict, "", 0.1, isolation)).ok is ok
