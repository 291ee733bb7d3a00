"""Trainings of several processes each: `python forked_ranks.py JOBS` reads a list of jobs from a file.

Each process is forked from this one, which has imported what takes seconds. What a job came to in process N stands in
OUT.N.json, and what else it said in OUT.N.txt.
"""

import json
import os
import sys
import time
from pathlib import Path

from kcoder.host import Host

#: seconds that a job may take
LIMIT = 60


def warm_up():
    import bitsandbytes
    import peft
    import polars
    import torch.distributed.fsdp
    import transformers.models.codegen.modeling_codegen

    import kcoder.training.divided
    import kcoder.training.loop

    assert all((bitsandbytes, peft, polars, transformers.models.codegen, kcoder.training.loop, kcoder.training.divided))
    torch.set_num_threads(1)


def prepared(job, number):
    """Make the process as the job wants it: with a slow disk, so little memory, or chunks for logits that are small."""
    import torch

    from kcoder.training import loss, resume, team

    if job.get("stop"):
        seal = resume.seal
        resume.seal = lambda *args: time.sleep(0.3) or seal(*args)

    if job.get("chunks"):
        loss.WHOLE, loss.CHUNK, loss.FEWEST = 0, 0, 16
        team.SMALL = 500  # most gradients travel by themselves
    if number == 1 and (most := job.get("room")):
        backward = loss.Whole.backward

        def full(self, rows, tokens, scale):
            if len(rows) > most:
                torch.empty(2**48)
            return backward(self, rows, tokens, scale)

        loss.Whole.backward = full


def work(job, number):
    from kcoder.training.worker import trained

    prepared(job, number)
    host = Host(device="cpu")

    def progress(line):
        if line.startswith(f"step {job.get('stop')}/"):
            host.stop.set()

    said = []
    told = Host(device="cpu", stop=host.stop, progress=progress, say=said.append)
    return {"facts": trained(job | {"number": number}, told), "said": said}


def child(job, number):
    pid = os.fork()
    if pid:
        return pid
    try:
        out = Path(job["out"])
        with Path(f"{out}.{number}.txt").open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        try:
            told = work(job, number)
        except Exception as error:
            import traceback

            traceback.print_exc()
            told = {"error": f"{type(error).__name__}: {error}"}
        told["kept"] = [path.name for path in out.glob("checkpoints/step-*")]
        Path(f"{out}.{number}.json").write_text(json.dumps(told))
    finally:
        sys.stderr.flush()
        os._exit(0)


def main(file):
    warm_up()
    for job in json.loads(Path(file).read_text()):
        out = Path(job["out"])
        out.mkdir(exist_ok=True)
        meeting = Path(f"{out}.meeting-{time.monotonic_ns()}")
        pids = [child(job | {"meeting": meeting.as_uri()}, number) for number in range(job["size"])]
        until = time.monotonic() + LIMIT
        while pids and time.monotonic() < until:
            pids = [pid for pid in pids if os.waitpid(pid, os.WNOHANG)[0] == 0]
            time.sleep(0.02)
        for pid in pids:
            os.kill(pid, 9)
        assert not pids, f"{out.name} hung"


if __name__ == "__main__":
    main(*sys.argv[1:])
