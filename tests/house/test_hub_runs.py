"""A data set of the hub in a run: access is asked for before the work, the commit is pinned, `--update` moves it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from hub_server import commit_of, serving

SPEC = """name: swift
data:
  source: bigcode/the-stack-dedup
  language: swift
  decontaminate: mini
  split: {train: 0.5, valid: 0.3, test: 0.2}
"""


def put(root, count):
    folder = root / "bigcode/the-stack-dedup/data/swift"
    folder.mkdir(parents=True, exist_ok=True)
    texts = [f"func f{n}(_ x: Int) -> Int {{\n    return x + {n}\n}}\n" for n in range(count)]
    rows = {"content": texts, "hexsha": [f"sha{n}" for n in range(count)], "max_stars_repo_licenses": [["MIT"]] * count}
    pl.DataFrame(rows).write_parquet(folder / "data-00000-of-00001.parquet")
    return commit_of(root / "bigcode/the-stack-dedup")


@pytest.fixture
def kcoder(tmp_path):
    (tmp_path / "swift.yaml").write_text(SPEC)

    def go(address, *args, **env):
        told = {k: v for k, v in os.environ.items() if k not in ("HF_HUB_OFFLINE", "HF_TOKEN")}
        told |= {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "home"), **env}
        return subprocess.run(
            [sys.executable, "-m", "kcoder", *args], capture_output=True, text=True, cwd=tmp_path, env=told
        )

    return go


def test_a_commit_is_pinned_until_it_is_asked_for_again(kcoder, tmp_path):
    first = put(tmp_path / "hub", 40)
    with serving(tmp_path / "hub") as (address, asked):
        done = kcoder(address, "run", "swift.yaml")
        assert done.returncode == 0, done.stdout + done.stderr
        lock = json.loads((tmp_path / "runs/swift/lock.json").read_text())
        assert {"hub": "bigcode/the-stack-dedup", "commit": first} in lock.values()
        facts = json.loads((tmp_path / "runs/swift/run.json").read_text())["steps"][0]["facts"]
        assert (facts["found"], facts["licences"]) == (40, {"MIT": 40})
        assert f'"commit": "{first}"' in (tmp_path / "runs/swift/data.README.md").read_text()

        second = put(tmp_path / "hub", 50)
        assert second != first
        asked.clear()
        assert "0 to do" in kcoder(address, "check", "swift.yaml").stdout
        assert asked == []  # what is pinned is not asked for
        updated = kcoder(address, "check", "swift.yaml", "--update").stdout
        assert f"commit {first} -> {second}" in updated
        assert kcoder(address, "run", "swift.yaml", "--update").returncode == 0
    facts = json.loads((tmp_path / "runs/swift/run.json").read_text())["steps"]
    assert {s["step"]: s["facts"] for s in facts}["data.read"]["found"] == 50


def test_a_gated_data_set_stops_before_anything_runs(kcoder, tmp_path):
    put(tmp_path / "hub", 40)
    (tmp_path / "hub/bigcode/the-stack-dedup/.gated").touch()
    with serving(tmp_path / "hub") as (address, _):
        done = kcoder(address, "run", "swift.yaml")
        assert done.returncode == 3
        assert "the data set bigcode/the-stack-dedup is gated, and this machine has no right to it" in done.stderr
        assert "HF_TOKEN" in done.stderr and "Traceback" not in done.stderr
        assert kcoder(address, "run", "swift.yaml", HF_TOKEN="good").returncode == 0


def test_without_the_hub_a_spec_that_names_it_cannot_run_and_a_finished_one_stays(kcoder, tmp_path):
    put(tmp_path / "hub", 40)
    with serving(tmp_path / "hub") as (address, _):
        assert kcoder(address, "run", "swift.yaml").returncode == 0
    again = kcoder(address, "run", "swift.yaml")
    assert again.returncode == 0, again.stderr
    assert "unchanged, reused" in again.stdout
    (tmp_path / "runs/swift/lock.json").unlink()
    lost = kcoder(address, "run", "swift.yaml", "--out", "elsewhere")
    assert lost.returncode == 3
    assert "the hub gave no answer" in lost.stderr
