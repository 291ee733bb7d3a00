"""Kill runs at random moments and go on: `python killing.py FOLDER KILLS SEED` prints what happened as JSON.

Real processes get real signals at moments drawn over the time in which they work: children are forked from this
process after it has imported what takes seconds, so that few kills are wasted on imports. This process uses nothing of
what it imports: a fork copies no threads, and a library whose threads are gone waits for them for ever.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from kcoder.artifact import Artifact

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SPEC = """
name: killed
pretrain:
  {hidden: 32, layers: 2, heads: 4, vocabulary: 400, context: 128, max_steps: 60, save_every: 10,
   data: {source: {mini: {functions: 1500}}, language: python, decontaminate: mini}}
data: {source: {mini: {functions: 800}}, language: python, decontaminate: mini}
sweep: {train: [{method: lora, r: 4, max_steps: 40, save_every: 10}, {method: full, max_steps: 40, save_every: 10}]}
evaluate: {benchmark: problems.jsonl, languages: [python], samples: 4, temperature: 0.8, pass_at: [1], max_tokens: 24}
"""
PROBLEMS = [
    {
        "id": f"p{n}",
        "language": "python",
        "prompt": f'def add(n):\n    """Return n + {n}."""\n',
        "entry": "add",
        "tests": [[[1], 1 + n], [[5], 5 + n]],
    }
    for n in range(6)
]


def warm_up():
    """Import what a run imports, so that children only work."""
    import peft  # noqa: F401
    import polars  # noqa: F401
    import torch
    import transformers.models.codegen.modeling_codegen

    assert transformers.models.codegen
    torch.set_num_threads(1)


def child(folder):
    """A forked `kcoder run` in a folder; its output goes into a file there."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.chdir(folder)
        with Path("output.txt").open("a") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        from kcoder.cli import _exit_code

        code = _exit_code(["run", "killed.yaml", "--threads", "1"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def finished(folder):
    """Every artifact of a folder's store by name, each whole to the last byte: (inode, digest)."""
    found = {}
    for manifest in sorted((folder / "runs" / ".store").glob("*/manifest.json")):
        if manifest.parent.name.startswith("."):
            continue
        artifact = Artifact(manifest.parent)
        assert artifact.faults(thorough=True) == [], artifact.folder
        found[artifact.folder.name] = (manifest.stat().st_ino, artifact.digest)
    return found


def prepared(folder):
    folder.mkdir()
    (folder / "killed.yaml").write_text(SPEC)
    (folder / "problems.jsonl").write_text("".join(json.dumps(p) + "\n" for p in PROBLEMS))
    return folder


def undisturbed(folder):
    began = time.monotonic()
    _, status = os.waitpid(child(prepared(folder)), 0)
    assert os.waitstatus_to_exitcode(status) == 0, (folder / "output.txt").read_text()
    return finished(folder), time.monotonic() - began


def kill_and_go_on(tmp_path, kills, seed):
    """Kill runs `kills` times in all, going on after each; returns what happened, for the record."""
    warm_up()
    reference, seconds = undisturbed(tmp_path / "undisturbed")
    draw = random.Random(seed)
    told = {
        "kills": 0,
        "runs": 0,
        "too_late": 0,
        "by_signal": {},
        "steps": len(reference),
        "seconds": seconds,
    }
    while told["kills"] < kills:
        folder = prepared(tmp_path / f"run{told['runs']}")
        told["runs"] += 1
        before = {}
        while True:
            pid = child(folder)
            if told["kills"] < kills:
                time.sleep(draw.uniform(0, seconds))
                number = draw.choice(SIGNALS)
                ended, status = os.waitpid(pid, os.WNOHANG)
                if not ended:
                    os.kill(pid, number)
                    _, status = os.waitpid(pid, 0)
                    told["kills"] += 1
                    told["by_signal"][number.name] = told["by_signal"].get(number.name, 0) + 1
                else:
                    told["too_late"] += 1
            else:
                _, status = os.waitpid(pid, 0)
            after = finished(folder)
            for name, made in before.items():
                assert after.get(name) == made, f"{name} was finished and has been made again"
            before = after
            code = os.waitstatus_to_exitcode(status)
            assert code in (0, 130, -9, -15, -2, 143), (folder / "output.txt").read_text()
            if code == 0:
                break
        digests = {name: digest for name, (_, digest) in before.items()}
        assert digests == {name: digest for name, (_, digest) in reference.items()}
        assert "Traceback" not in (folder / "output.txt").read_text()
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(kill_and_go_on(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
