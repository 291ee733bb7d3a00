"""`kcoder doctor`: it must work when something is broken."""

import json

import pytest

from kcoder.cli import doctor


def test_a_library_that_cannot_be_imported_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "PARTS", {"core": ("json",), "odd": ("no_such_library",)})
    good, bad = doctor._libraries()
    assert (good.part, good.ok) == ("core", True)
    assert (bad.part, bad.ok) == ("odd", False)
    assert "ModuleNotFoundError" in bad.found
    assert bad.cure == "pip install --force-reinstall no_such_library"


def test_an_import_that_hangs_is_a_finding(monkeypatch, tmp_path):
    (tmp_path / "hangs.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(doctor, "PARTS", {"core": ("hangs",)})
    monkeypatch.setattr(doctor, "SECONDS", 1)
    [finding] = doctor._libraries()
    assert (finding.ok, finding.found) == (False, "import hangs takes more than 1 s")


@pytest.fixture
def light(monkeypatch):
    monkeypatch.setattr(doctor, "PARTS", {"core": ("pydantic",)})


def test_languages_are_probed_and_specs_are_judged(kcoder, light):
    (kcoder.folder / "wrong.yaml").write_text("name: x\ndtaa: y\n")
    said = kcoder("doctor")
    words = {line.split()[0]: line.split()[1] for line in said.out.splitlines() if len(line.split()) > 1}
    assert (words["python"], words["tiny.yaml"], words["wrong.yaml"]) == ("ok", "ok", "no")
    assert said.code == 3


def test_one_language(kcoder):
    said = kcoder("doctor", "--languages", "python")
    assert (said.code, "pydantic" in said.out) == (0, False)
    assert "did you mean python?" in kcoder("doctor", "--languages", "pyhton").err


def test_json_for_a_bug_report(kcoder, light):
    told = json.loads(kcoder("doctor", "tiny.yaml", "--json").out)
    assert told["machine"].startswith("kcoder 0.1.0")
    assert {f["part"] for f in told["findings"]} >= {"core", "python", "tiny.yaml"}
