"""Fault 28, a full disk, in each step from the source to packed rows.

A real file system of a few megabytes is filled up to so many free pages, and the step is tried with more of them each
time: it fails while it reads, writes, is sealed and is noted, until there is room enough.
"""

import contextlib
import json
import os
import random
import shutil
import string
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from kcoder.artifact import Artifact
from kcoder.cli import _exit_code

STEPS = (
    "data.read",
    "data.filter",
    "data.keep",
    "data.duplicates.exact",
    "data.duplicates.near",
    "data.duplicates.semantic",
    "data.decontaminate",
    "data.neighbours",
    "data.split",
    "train.rows",
)
SPEC = """name: full
model: model
data:
  source: {mix: {ours: rows.jsonl, made: {mini: {functions: 400}}}}
  language: python
  filter: {min_bytes: 40}
  keep: [characters >= 45]
  dedup: [exact, near, {semantic: {embedder: hashing}}]
  decontaminate: {benchmarks: [mini], neighbours: hashing}
train: {method: full, max_steps: 1}
"""
#: pages of the disk that are free in one try and not yet in the one before
MORE = 4


@dataclass(frozen=True)
class Disk:
    """A small file system that can be filled."""

    place: Path

    def leave(self, pages):
        """Fill it, but for so many pages of 4096 bytes."""
        self.clear()
        told = os.statvfs(self.place)
        with (self.place / "filler").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, (told.f_bavail - pages) * told.f_bsize)

    def clear(self):
        (self.place / "filler").unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """A disk that holds the temporary files, too."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount a tmpfs: {done.stderr.strip()}")
    (place / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place / "tmp"))  # Python passes over a folder that is full already
    yield Disk(place)
    subprocess.run(["umount", place], check=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, store):
    """A folder with a spec, its rows and model, what an undisturbed run makes, and in `before` what stands before each
    step."""
    folder = tmp_path_factory.mktemp("undisturbed")
    draw = random.Random(0)
    words = [["".join(draw.choices(string.ascii_lowercase, k=8)) for _ in range(20)] for _ in range(400)]
    code = [f"def {name}(x):\n" + "".join(f"    x.{other}()\n" for other in others) for name, *others in words]
    rows = [{"id": str(n), "code": text} for n, text in enumerate([*code, *code[:100], *["x = 1\n"] * 100])]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "full.yaml").write_text(SPEC)
    shutil.copytree(store.path("model"), folder / "model")
    with contextlib.chdir(folder):
        for last, step in zip(("model", *STEPS), STEPS, strict=False):
            assert kcoder("run", "full.yaml", "--until", last)[0] == 0
            shutil.copytree("runs", folder / "before" / step, symlinks=True)
        assert kcoder("run", "full.yaml", "--until", STEPS[-1])[0] == 0
    return folder


def kcoder(*args):
    """The exit code of `kcoder ARGS`, and what it said."""
    with CliRunner().isolation() as (out, err, _):
        code = _exit_code([str(each) for each in args])
        return code, out.getvalue().decode(), err.getvalue().decode()


def finished(runs):
    """The digest of each artifact, whole to the last byte."""
    made = [Artifact(folder) for folder in (runs / ".store").glob("*-*")]
    assert [fault for artifact in made for fault in artifact.faults(thorough=True)] == []
    return {artifact.folder.name: artifact.digest for artifact in made}


def complaint(told):
    """What is said of a full disk: one message, and what to do next."""
    code, _, said = told
    assert code == 3, said
    first, *others = said.splitlines()
    assert first.startswith("kcoder: ")
    assert " full" in first
    assert others[0].startswith("  hint: free some ")
    assert others[0].endswith(" run the same command again")
    assert [line for line in others[1:] if not line.startswith("  continue: kcoder run ")] == []
    return first


def test_28_these_are_all_steps_from_the_source_to_packed_rows(undisturbed):
    told = json.loads((undisturbed / "runs/full/run.json").read_text())["steps"]
    assert [step["step"] for step in told] == ["model", *STEPS]


@pytest.mark.parametrize("step", STEPS)
def test_28_a_step_that_fills_the_disk_says_so_and_loses_nothing(step, undisturbed, disk, monkeypatch):
    monkeypatch.chdir(undisturbed)
    runs = disk.place / "runs"
    shutil.copytree(undisturbed / "before" / step, runs, symlinks=True)
    before, said = finished(runs), []
    for pages in range(0, 1000, MORE):
        disk.leave(pages)
        told = kcoder("run", "full.yaml", "--until", step, "--out", runs)
        if told[0] == 0:
            break
        said.append(complaint(told))
        assert before.items() <= finished(runs).items()
        assert kcoder("verify", "full", "--out", runs)[0] == 0
    assert f"kcoder: {step}: the disk that holds {runs / '.store'} is full; everything finished before is kept" in said
    disk.clear()
    assert kcoder("run", "full.yaml", "--until", STEPS[-1], "--out", runs)[0] == 0
    assert finished(runs) == finished(undisturbed / "runs")


def test_28_what_a_data_set_holds_is_told_once_there_is_room(undisturbed, disk, monkeypatch):
    monkeypatch.chdir(undisturbed)
    said = []
    for pages in range(0, 1000, MORE):
        disk.leave(pages)
        told = kcoder("dataset-stats", "rows.jsonl", "--against", "mini", "-o", disk.place / "figures.json")
        if told[0] == 0:
            break
        said.append(complaint(told))
        assert not (disk.place / "figures.json").exists()
    assert len(said) > 2
    figures = json.loads((disk.place / "figures.json").read_text())
    assert figures["data_sets"][0]["rows"] == 600
    assert list((disk.place / "tmp").iterdir()) == []
