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


FETCH = """
from huggingface_hub import snapshot_download as fetch
fetch("bigcode/the-stack-dedup", repo_type="dataset")
"""


def test_offline_the_whole_snapshot_must_be_in_the_cache(repositories, tmp_path):
    with serving(repositories) as (address, _):
        program = f"hub.commit('bigcode/the-stack-dedup')\n{STREAM % 'offline=True'}"
        assert asking(program, address, tmp_path)[0] == "MachineLacksError"
        asking(f"{FETCH}\nprint(1)", address, tmp_path)
    offline = asking(STREAM % "offline=True", address, tmp_path, HF_HUB_OFFLINE="1")
    assert [row["content"] for row in offline[0]] == ["let a = 1", "let b = 2"]


LICENCE = """
commit = hub.commit("bigcode/the-stack-dedup")
print(json.dumps(hub.licence("bigcode/the-stack-dedup", commit, Host(offline=%s))))
"""


def test_the_licence_is_that_of_the_card_at_the_commit_with_the_network_and_without(repositories, tmp_path):
    card = repositories / "bigcode/the-stack-dedup/README.md"
    for head, licence in (
        ("license: mit", "mit"),
        ("license:\n- mit\n- bsd-3-clause", "mit, bsd-3-clause"),
        ("", None),
    ):
        card.write_text(f"---\n{head}\n---\n# Rows\n" if head else "# Rows\n")
        with serving(repositories) as (address, _):
            asking(f"{FETCH}\nprint(1)", address, tmp_path)
            assert asking(LICENCE % False, address, tmp_path) == licence
        assert asking(LICENCE % True, address, tmp_path, HF_HUB_OFFLINE="1") == licence


def test_offline_a_card_that_was_never_asked_for_is_lacking_and_one_that_is_not_there_is_known(repositories, tmp_path):
    with serving(repositories) as (address, _):
        asking(f"{FETCH}\nprint(1)", address, tmp_path)
        assert asking(LICENCE % True, address, tmp_path, HF_HUB_OFFLINE="1")[0] == "MachineLacksError"
        assert asking(LICENCE % False, address, tmp_path) is None
        assert asking(LICENCE % True, address, tmp_path, HF_HUB_OFFLINE="1") is None


XLCOST = """
from kcoder.source import Wanted
from kcoder.sources.hub import Hub
source = Hub(name="codeparrot/xlcost-text-to-code", split="%s")
print(json.dumps([b.to_dicts() for b in source.batches(Wanted({"python": 1.0}))]))
"""


def test_xlcost_which_comes_with_a_program_is_read_by_its_files(repositories, tmp_path):
    folder = repositories / "codeparrot/xlcost-text-to-code"
    (folder / "data/Python-program-level").mkdir(parents=True)
    (folder / "xlcost-text-to-code.py").write_text("raise SystemExit('never run')")
    rows = [{"text": f"Sum {n}", "code": "def f ( a ) : NEW_LINE INDENT return a NEW_LINE DEDENT"} for n in range(2)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "data/Python-program-level/valid.json").write_text(lines)
    with serving(repositories) as (address, _):
        [[first, _]] = asking(XLCOST % "valid", address, tmp_path)
        absent = asking(XLCOST % "train", address, tmp_path)
        streamed = STREAM.replace("bigcode/the-stack-dedup", "codeparrot/xlcost-text-to-code") % ""
        program = asking(streamed, address, tmp_path)
    assert (first["prompt"], first["text"]) == ("Sum 0", "def f ( a ) :\n    return a")
    assert (first["id"], first["language"]) == ("codeparrot/xlcost-text-to-code/python#1", "python")
    missing = "codeparrot/xlcost-text-to-code has no file data/Python-program-level/train.json"
    assert absent[:2] == ["UsageError", missing]
    assert "comes with a program that would have to be run" in program[1] and "xlcost-text-to-code.py" in program[1]
    assert "fetch its files" in program[2]


def test_what_an_earlier_run_wrote_down_is_pinned():
    assert not hub.recall("a/b", "main", {"digest": "x"})
    assert hub.recall("a/b", "main", {"hub": "a/b", "commit": "c" * 40})
    assert hub.commit("a/b") == "c" * 40
    assert hub.facts("a/b") == {"hub": "a/b", "commit": "c" * 40}


def test_access_is_asked_for_at_a_commit_and_at_one_the_cache_knows_by_name_too(repositories, tmp_path):
    (repositories / "bigcode/the-stack-dedup/.gated").touch()
    commit = commit_of(repositories / "bigcode/the-stack-dedup")
    refs = tmp_path / "hub/datasets--bigcode--the-stack-dedup/refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text(commit)
    with serving(repositories) as (address, _):
        for revision in (commit, "main"):
            ask = f'print(json.dumps(hub.commit("bigcode/the-stack-dedup", "{revision}")))'
            assert "is gated, and this machine has no right to it" in asking(ask, address, tmp_path)[1]
            assert asking(ask, address, tmp_path, HF_TOKEN="good") == commit


def test_offline_a_commit_counts_only_with_its_files_in_the_cache(repositories, tmp_path):
    commit = commit_of(repositories / "bigcode/the-stack-dedup")
    ask = f'print(json.dumps(hub.commit("bigcode/the-stack-dedup", "{commit}")))'
    snapshot = tmp_path / f"hub/datasets--bigcode--the-stack-dedup/snapshots/{commit}"
    snapshot.mkdir(parents=True)
    (snapshot / "README.md").touch()  # whoever only asked for the card has this
    offline = {"address": "http://127.0.0.1:9", "home": tmp_path, "HF_HUB_OFFLINE": "1"}
    kind, message, _ = asking(ask, **offline)
    assert kind == "MachineLacksError" and "is not in the local cache" in message
    (snapshot / "rows.jsonl").touch()
    assert asking(ask, **offline) == commit


def test_a_file_of_the_cache_is_found_without_asking(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert hub.cached("some/model", "config.json", kind="model") is None
    there = tmp_path / "models--some--model"
    (there / "refs").mkdir(parents=True)
    (there / "refs" / "main").write_text("a" * 40)
    assert hub.cached("some/model", "config.json", kind="model") is None
    config = there / "snapshots" / ("a" * 40) / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text("{}")
    assert hub.cached("some/model", "config.json", kind="model") == config
