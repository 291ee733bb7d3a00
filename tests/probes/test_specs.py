"""What the specs of a folder lack."""

from pathlib import Path

import pytest

from kcoder.probes import specs


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))


def test_specs_here_and_in_their_folder_are_found():
    Path("specs").mkdir()
    for path, text in (("b.yaml", "name: b"), ("specs/a.yaml", "name: a"), ("other.yaml", "x: 1")):
        Path(path).write_text(text)
    Path("c.yaml").symlink_to("nowhere")
    Path("specs/d.yaml").mkdir()
    assert specs.own() == ["b.yaml", "specs/a.yaml"]


def test_whatever_a_spec_does_wrong_is_a_finding(monkeypatch):
    monkeypatch.setattr(specs, "prepare", lambda path: 1 / 0)
    [found] = specs.spec("x.yaml")
    assert (found.ok, found.found) == (False, "ZeroDivisionError: division by zero")


def test_a_spec_names_all_that_is_lacking_and_each_thing_once():
    Path("x.yaml").write_text(
        "name: x\nmodel: nobody/model\n"
        "data: {source: nobody/rows, language: swift, decontaminate: mini}\ntrain: {method: lora, precision: fp16}\n"
        "evaluate: {benchmark: mini, languages: [python]}\n"
    )
    found = specs.spec("x.yaml")
    assert {f.part for f in found} == {"x.yaml"}
    assert not any(f.ok for f in found)
    told = "\n".join(f.found for f in found)
    for each in ("the model nobody/model", "the data set nobody/rows", "precision: fp16"):
        assert told.count(each) == 1
    assert all(f.cure for f in found)
    cures = [f.cure for f in found]
    assert cures[0] == cures[1] != cures[-1]
    assert "gave no answer" not in told


def test_a_spec_that_is_wrong_says_where_to_look_and_one_that_is_right_is_ready():
    Path("wrong.yaml").write_text("name: x\ndtaa: y\n")
    Path("right.yaml").write_text("name: x\ndata: {source: mini, language: python, decontaminate: mini}\n")
    [wrong], [right] = specs.spec("wrong.yaml"), specs.spec("right.yaml")
    assert (wrong.ok, wrong.cure) == (False, "kcoder check wrong.yaml")
    assert "dtaa" in wrong.found
    assert (right.ok, right.found) == (True, "ready")
