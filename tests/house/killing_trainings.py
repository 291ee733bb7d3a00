"""Kill trainings at random moments: `python killing_trainings.py GIVEN FOLDER KILLS SEED CLASS OPTIONS` prints JSON.

GIVEN holds packed rows and a model. Children are forked from this process after it has imported what takes seconds, so
that kills meet the work: a checkpoint is sealed after every few steps, so many of them meet a save.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Checkpoint, Packed
from kcoder.stage import Stage, Step


class Given(Stage):
    produces = {"train": Packed, "valid": Packed, "model": Checkpoint}  # noqa: RUF012


def warm_up():
    """Import what a training imports."""
    import bitsandbytes
    import peft
    import polars
    import torch
    import transformers.models.codegen.modeling_codegen

    import kcoder.training.loop

    assert all((peft, polars, bitsandbytes, transformers.models.codegen, kcoder.training.loop))
    torch.set_num_threads(1)


def child(method, inputs, out):
    """A forked training into a folder; what it says goes into a file beside."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with out.with_suffix(".txt").open("a") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        out.mkdir(exist_ok=True)
        method.run(inputs, out, Host(say=lambda line: sys.stdout.write(f"{line}\n")))
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def digests(out):
    """Of what is made, besides the log of times."""
    made = [p for p in sorted(out.rglob("*")) if p.is_file() and p.name != "metrics.jsonl"]
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in made}


def main(given, folder, kills, seed, kind, options):
    warm_up()
    step = Step("given", Given())
    inputs = {step[name]: Path(given) / f"{name}{kind.suffix}" for name, kind in Given.produces.items()}
    method = load("stages", kind).model_validate_json(options)
    method = method.wired(rows=step["train"], valid=step["valid"], model=step["model"], seed=7)
    undisturbed, killed = Path(folder) / "undisturbed", Path(folder) / "killed"
    began = time.monotonic()
    _, status = os.waitpid(child(method, inputs, undisturbed), 0)
    seconds = time.monotonic() - began
    assert status == 0, undisturbed.with_suffix(".txt").read_text()
    draw, told = random.Random(int(seed)), {"kills": 0, "in_a_save": 0, "seconds": seconds}
    while True:
        pid = child(method, inputs, killed)
        if told["kills"] == int(kills):
            _, status = os.waitpid(pid, 0)
            break
        time.sleep(draw.uniform(0, seconds))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        told["kills"] += os.WIFSIGNALED(status)
        told["in_a_save"] += any(killed.glob("checkpoints/.tmp-*"))
        if os.WIFEXITED(status):  # it was faster: begin again, so that kills are left to come
            assert status == 0, killed.with_suffix(".txt").read_text()
            assert digests(killed) == digests(undisturbed)
            killed.rename(Path(folder) / f"finished{told['kills']}-{pid}")
    assert status == 0, killed.with_suffix(".txt").read_text()
    assert digests(killed) == digests(undisturbed)
    log = [json.loads(line)["step"] for line in (killed / "metrics.jsonl").read_text().splitlines()]
    assert log == sorted(set(log)), log
    told["went_on"] = killed.with_suffix(".txt").read_text().count("going on after step")
    sys.stdout.write("\n" + json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
