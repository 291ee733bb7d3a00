"""Asking for commits and streaming rows, from a hub on this machine; each question in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from kcoder import hub

sys.path.insert(0, str(Path(__file__).parent))
from hub_server import commit_of, serving

SWIFT = "bigcode/the-stack-dedup/data/swift"


@pytest.fixture
def repositories(tmp_path):
    root = tmp_path / "hub"
    (root / SWIFT).mkdir(parents=True)
    rows = {"content": ["let a = 1", "let b = 2"], "hexsha": ["x", "y"], "max_stars_count": [3, None]}
    pl.DataFrame(rows).write_parquet(root / SWIFT / "data-00000-of-00001.parquet")
    return root


def asking(program, address, home, **env):
    """What a program prints that asks the hub at this address, as JSON."""
    told = {k: v for k, v in os.environ.items() if k not in ("HF_HUB_OFFLINE", "HF_TOKEN")}
    told |= {"HF_ENDPOINT": address, "HF_HOME": str(home), **env}
    head = "import json\nfrom kcoder import hub\nfrom kcoder.errors import KcoderError\nfrom kcoder.host import Host\n"
    tried = "".join(f"    {line}\n" for line in program.splitlines())
    ended = "except KcoderError as error: print(json.dumps([type(error).__name__, error.message, error.hint]))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{head}try:\n{tried}{ended}"], capture_output=True, text=True, env=told
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


STREAM = """
commit = hub.commit("bigcode/the-stack-dedup")
told = [b.to_dicts() for b in hub.batches("bigcode/the-stack-dedup", commit=commit, host=Host(%s), folder="data/swift")]
print(json.dumps(told))
"""


def test_a_commit_is_asked_for_once_and_rows_are_streamed_from_it(repositories, tmp_path):
    with serving(repositories) as (address, asked):
        [[first, second]] = asking(STREAM % "", address, tmp_path)
    assert (first["content"], first["max_stars_count"], second["content"]) == ("let a = 1", 3, "let b = 2")
    commit = commit_of(repositories / "bigcode/the-stack-dedup")
    assert asked.count("GET /api/datasets/bigcode/the-stack-dedup/revision/main") == 1
    assert any(f"/resolve/{commit}/data/swift/data-00000-of-00001.parquet" in each for each in asked)


def test_a_gated_data_set_is_told_before_the_work_and_a_token_opens_it(repositories, tmp_path):
    (repositories / "bigcode/the-stack-dedup/.gated").touch()
    ask = 'print(json.dumps(hub.commit("bigcode/the-stack-dedup")))'
    with serving(repositories) as (address, _):
        kind, message, hint = asking(ask, address, tmp_path)
        assert asking(ask, address, tmp_path, HF_TOKEN="good") == commit_of(repositories / "bigcode/the-stack-dedup")
    assert kind == "MachineLacksError"
    assert message == "the data set bigcode/the-stack-dedup is gated, and this machine has no right to it"
    assert "HF_TOKEN" in hint


def test_what_the_hub_does_not_have_is_told_as_that(repositories, tmp_path):
    with serving(repositories) as (address, _):
        kind, message, _ = asking('hub.commit("nobody/nothing")', address, tmp_path)
        assert (kind, "the hub has no data set nobody/nothing" in message) == ("MachineLacksError", True)
        empty = STREAM.replace("data/swift", "data/cobol") % ""
        kind, message, _ = asking(empty, address, tmp_path)
    assert kind == "UsageError"
    assert "the-stack-dedup has nothing for folder data/cobol, split train" in message


def test_without_the_hub_the_commit_cannot_be_had(tmp_path):
    with serving(tmp_path) as (address, _):
        pass  # nobody listens there any more
    kind, message, hint = asking('hub.commit("bigcode/the-stack-dedup")', address, tmp_path)
    assert kind == "MachineLacksError"
    assert "the hub gave no answer" in message and "run once with the network" in hint
    pinned = STREAM.replace("hub.commit(", "'0' * 40 + (") % ""
    assert asking(pinned.replace('("bigcode/the-stack-dedup")', '("")'), address, tmp_path)[0] == "MachineLacksError"


def test_offline_the_whole_snapshot_must_be_in_the_cache(repositories, tmp_path):
    fetch = "from huggingface_hub import snapshot_download as fetch\n"
    fetch += 'fetch("bigcode/the-stack-dedup", repo_type="dataset")'
    with serving(repositories) as (address, _):
        program = f"hub.commit('bigcode/the-stack-dedup')\n{STREAM % 'offline=True'}"
        assert asking(program, address, tmp_path)[0] == "MachineLacksError"
        asking(f"{fetch}\nprint(1)", address, tmp_path)
    offline = asking(STREAM % "offline=True", address, tmp_path, HF_HUB_OFFLINE="1")
    assert [row["content"] for row in offline[0]] == ["let a = 1", "let b = 2"]


def test_what_an_earlier_run_wrote_down_is_pinned():
    assert not hub.recall("a/b", "main", {"digest": "x"})
    assert hub.recall("a/b", "main", {"hub": "a/b", "commit": "c" * 40})
    assert hub.commit("a/b") == "c" * 40
    assert hub.facts("a/b") == {"hub": "a/b", "commit": "c" * 40}
    assert hub.commit("x/y", "d" * 40) == "d" * 40
