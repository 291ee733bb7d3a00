"""Memory and time of training steps with logits in chunks, against whole logits: a small Llama, 32,768 words.

    python benchmarks/training/loss.py [--rounds 5] [--steps 4] [--rows 4] [--length 512] [--threads 1]

Every training runs in a process of its own, in turn; all tokens are trained, so no chunk is spared. Memory is what the
process held at most beyond what it held once everything was imported; time is the CPU time of the fastest step. Ratios
are medians over the rounds, each of two processes that ran one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

TARGETS = {"memory": 0.70, "time": 1.10}
WAYS = ("full fp32", "lora fp32", "full bf16")
LLAMA = {
    "hidden_size": 384,
    "intermediate_size": 1024,
    "num_hidden_layers": 6,
    "num_attention_heads": 6,
    "vocab_size": 32768,
    "tie_word_embeddings": True,
}


def status(name: str) -> float:
    """A line of this process's status, in MiB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def train(kind: str, way: str, steps: int, rows: int, length: int, threads: int) -> dict[str, float]:
    """Peak and fastest step of one training, in this process."""
    import peft
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from kcoder.training.loss import Chunked, Whole, choose
    from kcoder.training.machine import Machine
    from kcoder.training.rows import Rows

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    machine = Machine("cpu", "bfloat16" if way.endswith("bf16") else "float32", threads)
    torch.ones(8, 8).matmul(torch.ones(8, 8)).sum().item()
    before = status("VmRSS")
    model: Any = LlamaForCausalLM(LlamaConfig(**LLAMA, max_position_embeddings=length))
    if way.startswith("lora"):
        model = peft.get_peft_model(model, peft.LoraConfig(r=16, target_modules="all-linear"))
    ids = torch.randint(LLAMA["vocab_size"], (rows, length))
    batch = Rows(ids, torch.arange(length).repeat(rows, 1), ids.roll(-1, 1))
    loss = choose(model, batch, machine, print) if kind == "chunked" else Whole(model, machine)
    assert isinstance(loss, Chunked) == (kind == "chunked")
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], fused=True)
    model.train()
    seconds, lost = [], 0.0
    for _ in range(steps):
        began = time.process_time()
        lost = loss.backward(batch, batch.trained(), lambda part: part)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds.append(time.process_time() - began)
    return {"memory": status("VmHWM") - before, "time": min(seconds), "loss": lost}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--alone", nargs=2, metavar=("KIND", "WAY"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    shape = (told.steps, told.rows, told.length, told.threads)
    if told.alone:
        sys.stdout.write(json.dumps(train(*told.alone, *shape)) + "\n")
        return
    names = ("--steps", "--rows", "--length", "--threads")
    options = [word for name, value in zip(names, shape, strict=True) for word in (name, str(value))]
    world = os.environ | {"OMP_NUM_THREADS": str(told.threads), "TOKENIZERS_PARALLELISM": "false"}
    found: dict[str, Any] = {}
    for way in WAYS:
        rounds = []
        for _ in range(told.rounds):
            pair = {}
            for kind in ("whole", "chunked"):
                command = [sys.executable, __file__, "--alone", kind, way, *options]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=world)
                pair[kind] = json.loads(done.stdout.splitlines()[-1])
            rounds.append(pair)
        found[way] = {
            **{
                f"{kind} {what}": round(statistics.median(pair[kind][what] for pair in rounds), 3)
                for kind in ("whole", "chunked")
                for what in ("memory", "time", "loss")
            },
            "ratios": {
                what: round(statistics.median(pair["chunked"][what] / pair["whole"][what] for pair in rounds), 3)
                for what in TARGETS
            },
        }
        sys.stderr.write(f"{way}  {found[way]}\n")
    head = {"date": date.today().isoformat(), "machine": platform.platform(), "units": "MiB, CPU seconds a step"}
    told_all = head | {"options": options, "model": LLAMA, "ways": found, "targets": TARGETS}
    sys.stdout.write(json.dumps(told_all, indent=1) + "\n")
    missed = [(way, what) for way, its in found.items() for what in TARGETS if its["ratios"][what] > TARGETS[what]]
    sys.exit(f"missed: {missed}" if missed else 0)


if __name__ == "__main__":
    main()
