"""Time to seal a checkpoint against a bare write and fsync of the same bytes.

    python benchmarks/training/checkpoints.py [FOLDER] [--rounds 7] [--parameters 30_000_000]

A full training's checkpoint: weights, AdamW's two memories, random numbers, history; sealed with the digests of its
files. Both are written in turn into FOLDER (here where none is named), and the ratio is the median over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

TARGET = 1.2


def main() -> None:
    import torch

    from kcoder.training import resume
    from kcoder.training.state import Parts, State

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--parameters", type=int, default=30_000_000)
    told = parser.parse_args()
    weights = {f"layer{n}.weight": torch.nn.Parameter(torch.randn(told.parameters // 30_000, 1000)) for n in range(30)}
    optimizer = torch.optim.AdamW(weights.values(), fused=True)
    for weight in weights.values():
        weight.grad = torch.randn_like(weight)
    optimizer.step()
    parts = Parts(weights, optimizer, torch.amp.GradScaler("cpu", enabled=False))
    state = State(batch=8, step=1, history=[{"step": 0, "valid": 1.0}, {"step": 1, "loss": 1.0, "valid": 1.0}])
    rounds = []
    with tempfile.TemporaryDirectory(dir=told.folder) as name:
        folder = Path(name)
        for number in range(told.rounds):
            began = time.monotonic()
            resume.seal(folder, 1, lambda draft: parts.save(state, draft))
            sealed = time.monotonic() - began
            contents = {p.name: p.read_bytes() for p in resume.place(folder, 1).iterdir()}
            shutil.rmtree(resume.place(folder, 1))
            (folder / "bare").mkdir()
            began = time.monotonic()
            for file, content in contents.items():
                with (folder / "bare" / file).open("wb") as opened:
                    opened.write(content)
                    opened.flush()
                    os.fsync(opened.fileno())
            bare = time.monotonic() - began
            shutil.rmtree(folder / "bare")
            if number:  # the first warms up
                rounds.append((sealed, bare))
    ratio = statistics.median(sealed / bare for sealed, bare in rounds)
    found = {
        "date": date.today().isoformat(),
        "machine": platform.platform(),
        "bytes": sum(map(len, contents.values())),
        "seconds": {
            "sealed": round(statistics.median(each[0] for each in rounds), 3),
            "bare": round(statistics.median(each[1] for each in rounds), 3),
        },
        "ratio": round(ratio, 3),
        "target": TARGET,
    }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    sys.exit(f"missed: {ratio:.2f} > {TARGET}" if ratio > TARGET else 0)


if __name__ == "__main__":
    main()
