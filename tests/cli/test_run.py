"""`kcoder run`."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest


def steps(said):
    return [(e["event"], e["step"]) for e in map(json.loads, said.out.splitlines()) if e["event"] != "begins"]


def test_a_second_run_reuses_everything(kcoder):
    assert [e for e, _ in steps(kcoder("run", "tiny.yaml", "--json"))] == ["ended"] * 6
    assert [e for e, _ in steps(kcoder("run", "tiny.yaml", "--json"))] == ["reused"] * 6


def test_what_a_run_leaves_behind(kcoder):
    kcoder("run", "tiny.yaml")
    folder = kcoder.folder / "runs" / "tiny"
    names = {p.name for p in folder.iterdir()}
    assert names >= {
        "spec.yaml",
        "spec.resolved.yaml",
        "run.json",
        "lock.json",
        "data.README.md",
        "results.json",
        "report.html",
    }
    assert (folder / "spec.yaml").read_text() == kcoder.tiny
    assert (folder / "data.split" / "train.parquet").is_file()


def test_a_kept_spec_can_be_run_again(kcoder):
    kcoder("run", "tiny.yaml")
    for kept in ("spec.yaml", "spec.resolved.yaml"):
        said = kcoder("run", f"runs/tiny/{kept}", "--json")
        assert ("reused", "data.split") in steps(said)


TIMED = """
name: timed
pretrain: {hidden: 16, layers: 1, heads: 4, vocabulary: 300, context: 64, sequence_length: 64, max_steps: 2,
  save_every: 1, valid_rows: 4, time: 0.001s,
  data: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}}
"""


def test_a_run_whose_time_is_up_ends_with_five_and_the_same_command_goes_on(kcoder):
    (kcoder.folder / "timed.yaml").write_text(TIMED)
    said = kcoder("run", "timed.yaml")
    assert said.code == 5
    assert "time: 0.001s is used up after step 1 of 2; everything finished is kept" in said.err
    assert "continue: kcoder run timed.yaml" in said.err
    again = kcoder("run", "timed.yaml")
    assert again.code == 0
    assert "going on after step 1 of 2" in again.out
    log = (kcoder.folder / "runs/timed/pretrain/metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in log] == [0, 1, 2]
    assert kcoder("run", "timed.yaml", "--set", "pretrain.time=9h", "--json").out.count('"reused"') == 9


def test_spans_of_the_plan(kcoder):
    assert steps(kcoder("run", "tiny.yaml", "--json", "--until", "data.filter")) == [
        ("ended", "data.read"),
        ("ended", "data.filter"),
    ]
    assert ("ended", "data.duplicates") in steps(kcoder("run", "tiny.yaml", "--json", "--only", "data"))
    assert [s for e, s in steps(kcoder("run", "tiny.yaml", "--json", "--from", "report")) if e == "ended"] == ["report"]


def test_redo_builds_again(kcoder):
    kcoder("run", "tiny.yaml")
    done = steps(kcoder("run", "tiny.yaml", "--json", "--redo", "data.filter"))
    assert [s for e, s in done if e == "ended"] == ["data.filter"]


def test_a_step_that_needs_what_is_left_out_says_so(kcoder):
    said = kcoder("run", "tiny.yaml", "--only", "data.split")
    assert said.code == 1
    assert "needs data.decontaminate, which this run leaves out" in said.err


def test_variants_stand_in_folders_of_their_own_and_share_what_they_can(kcoder):
    (kcoder.folder / "v.yaml").write_text(kcoder.tiny + "sweep: {data.sample: [50, 100]}\n")
    assert kcoder("run", "v.yaml").code == 0
    folder = kcoder.folder / "runs" / "tiny"
    assert (folder / "sample=50" / "data.read").resolve() != (folder / "sample=100" / "data.read").resolve()


def test_a_run_that_is_interrupted_says_how_to_go_on(kcoder):
    (kcoder.folder / "slow.yaml").write_text(
        "name: slow\npretrain:\n  {hidden: 32, layers: 1,\n"
        "   data: {source: {mini: {functions: 4000}}, language: python, decontaminate: mini}}\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "kcoder", "run", "slow.yaml", "--threads", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=kcoder.folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    for line in child.stdout:
        if line.startswith("pretrain.rows"):
            break
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "stopping where nothing is lost" in err
    assert "continue: kcoder run slow.yaml" in err
    assert "Traceback" not in err
    again = steps(kcoder("run", "slow.yaml", "--json", "--threads", "1"))
    assert again[:8] == [("reused", s) for _, s in again[:7]] + [("ended", "pretrain")]


def test_two_runs_at_once_both_end_well_and_build_each_step_once(kcoder):
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "kcoder", "run", "tiny.yaml", "--json"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=kcoder.folder,
        )
        for _ in range(2)
    ]
    said = [child.communicate(timeout=120)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    begun = [e["step"] for text in said for e in map(json.loads, text.splitlines()) if e["event"] == "begins"]
    assert sorted(begun) == [
        "data.decontaminate",
        "data.duplicates",
        "data.filter",
        "data.read",
        "data.split",
        "report",
    ]


def test_going_back_shows_the_earlier_results_again(kcoder):
    def why():
        return json.loads((kcoder.folder / "runs/tiny/results.json").read_text())["why"]

    for said in ("FIRST", "SECOND", "FIRST"):
        kcoder("run", "tiny.yaml", "--set", f"why={said}")
        assert why() == said


def test_running_one_variant_forgets_nothing_of_the_others(kcoder):
    (kcoder.folder / "v.yaml").write_text(kcoder.tiny + "sweep: {data.sample: [50, 100]}\n")
    kcoder("run", "v.yaml")
    assert kcoder("run", "v.yaml", "--variant", "sample=50").code == 0
    assert (kcoder.folder / "runs/tiny/sample=100/data.read").exists()
    assert (kcoder.folder / "runs/tiny/report").exists()
    said = kcoder("run", "v.yaml", "--variant", "sample=50", "--only", "report")
    assert (said.code, "leave --variant out" in said.err) == (2, True)


def test_a_folder_that_cannot_be_written_is_one_message(kcoder):
    (kcoder.folder / "file").touch()
    said = kcoder("run", "tiny.yaml", "--out", "file")
    assert said.code == 2
    assert "cannot use" in said.err and "--out" in said.err


def test_the_command_to_go_on_with_says_all_that_decides(kcoder):
    from kcoder.cli.run import _command
    from kcoder.host import Host

    told = _command("my spec.yaml", ("a=[1, 2]",), ("x",), "else", Host(threads=2, device="cpu", sandbox="none"))
    assert told == (
        "kcoder run 'my spec.yaml' --set 'a=[1, 2]' --variant x --out else --threads 2 --device cpu --sandbox none"
    )


@pytest.mark.parametrize("size", ["20k", "60k", "100k", "140k"])
def test_a_full_disk_is_one_message_and_costs_nothing_finished(kcoder, size):
    place = kcoder.folder / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"cannot mount a tmpfs: {done.stderr.strip()}")
    try:
        said = kcoder("run", "tiny.yaml", "--out", "small")
        assert said.code == 3
        assert "full" in said.err or "no space" in said.err
        assert "prune" in said.err
        subprocess.run(["mount", "-o", "remount,size=20m", place], check=True)
        assert kcoder("run", "tiny.yaml", "--out", "small").code == 0
        assert kcoder("verify", "tiny", "--out", "small").code == 0
    finally:
        subprocess.run(["umount", place], check=True)
