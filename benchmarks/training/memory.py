"""Peak memory of trainings as `kcoder check` predicts it, against what they are measured to hold.

    python benchmarks/training/memory.py [--steps 3] [--only NAME...] [--device auto]

Settings none of which the formula was fitted to, nor corrected by (docs/decisions/0012). Each trains a model of random
weights in a process of its own; what it held at most beyond what it held once everything was imported is compared with
`kcoder/training/memory.py`. On a CPU memory is given back as soon as it is free, as a run does where there is little
(`kcoder/training/frugal.py`); what is held where it is not stands beside it with --hoard. On a GPU it is what torch had
allocated at most.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from datetime import date
from typing import Any, NamedTuple

from kcoder.plugin import load, names
from kcoder.training.memory import MIB, need
from kcoder.training.rehearsal import Request, rehearse

#: the most by which a prediction may be off, as a share of what is measured
BAND = 0.08


class Case(NamedTuple):
    """A family's shape, and a method with its options."""

    family: str
    hidden: int
    layers: int
    heads: int
    vocabulary: int
    length: int
    method: str
    options: dict[str, Any]


CASES = {
    "llama full": Case("llama", 384, 5, 6, 6000, 320, "full", {"batch_size": 6}),
    "llama full, chunked": Case("llama", 320, 4, 5, 40000, 768, "full", {"batch_size": 2, "accumulate": 2}),
    "llama lora, chunked": Case("llama", 384, 6, 6, 24000, 1024, "lora", {"batch_size": 3, "r": 32, "dropout": 0.05}),
    "llama full, bf16": Case("llama", 448, 5, 7, 16000, 640, "full", {"batch_size": 3, "precision": "bf16"}),
    "qwen2 full, checkpointing": Case(
        "qwen2", 512, 6, 8, 10000, 512, "full", {"batch_size": 3, "gradient_checkpointing": True}
    ),
    "codegen full": Case("codegen", 384, 4, 8, 9000, 640, "full", {"batch_size": 2}),
    "codegen lora": Case("codegen", 448, 5, 4, 20000, 448, "lora", {"batch_size": 5, "r": 64}),
    "codegen full, 8-bit": Case("codegen", 512, 5, 8, 14000, 256, "full", {"batch_size": 4, "optimizer": "adamw_8bit"}),
    "starcoder2 lora, bf16": Case("starcoder2", 512, 6, 8, 12000, 512, "lora", {"batch_size": 4, "precision": "bf16"}),
    "gpt2 full": Case("gpt2", 320, 6, 5, 7000, 512, "full", {"batch_size": 4}),
    "llama qlora": Case("llama", 640, 6, 8, 9000, 384, "qlora", {"batch_size": 4, "gradient_checkpointing": False}),
    "gpt_neox qlora, checkpointing": Case("gpt_neox", 576, 7, 6, 11000, 448, "qlora", {"batch_size": 5, "r": 48}),
    "mistral qlora, checkpointing": Case("mistral", 768, 5, 12, 17000, 288, "qlora", {"batch_size": 7, "r": 24}),
    "phi full": Case("phi", 352, 7, 4, 8000, 416, "full", {"batch_size": 3}),
}


def request(case: Case, steps: int, device: str, folder: str, frugal: bool) -> Request:
    context = max(case.length, 64)
    config = load("models", case.family).config(
        hidden=case.hidden, layers=case.layers, heads=case.heads, vocabulary=case.vocabulary, context=context
    )
    return Request(
        case.method,
        case.options,
        case.family,
        config,
        context,
        case.length,
        steps=steps,
        device=device,
        threads=1,
        frugal=frugal,
        folder=folder,
    )


def predicted(case: Case, asked: Request, half: bool) -> tuple[float, str, dict[str, float]]:
    """MiB in all, the moment, and MiB by term."""
    shape = load("models", case.family).shape(asked.config)
    found = need(shape, load("stages", case.method)(**case.options).setting(case.length, half=half))
    return found.total / MIB, found.when, {name: round(size / MIB, 1) for name, size in found.terms.items()}


def measured(case: Case, steps: int, device: str, *, hoard: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        asked = request(case, steps, device, folder, frugal=True)
        found = rehearse(asked)
        total, when, terms = predicted(case, asked, found.used["dtype"] != "float32")
        told = {
            "measured": round(found.memory / MIB, 1),
            "predicted": round(total, 1),
            "error": round(total / (found.memory / MIB) - 1, 4),
            "when": when,
            "terms": terms,
            "used": found.used,
        }
        if hoard:
            held = rehearse(request(case, steps, device, folder, frugal=False)).memory / MIB
            told["not given back"] = round(held, 1)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--only", nargs="*", metavar="NAME", choices=CASES, default=list(CASES))
    parser.add_argument("--device", default="auto")
    parser.add_argument("--hoard", action="store_true", help="measure too what is held where nothing is given back")
    told = parser.parse_args()
    found: dict[str, Any] = {}
    for name in told.only:
        case = CASES[name]
        if case.method not in names("stages"):
            continue
        found[name] = case._asdict() | measured(case, told.steps, told.device, hoard=told.hoard)
        its = found[name]
        sys.stderr.write(
            f"{name:30} {its['measured']:8.1f} {its['predicted']:8.1f} {its['error']:+.1%} {its['when']}\n"
        )
    head = {"date": date.today().isoformat(), "machine": platform.platform(), "units": "MiB", "band": BAND}
    sys.stdout.write(json.dumps(head | {"settings": found}, indent=1) + "\n")
    missed = [name for name, its in found.items() if abs(its["error"]) > BAND]
    sys.exit(f"missed: {missed}" if missed else 0)


if __name__ == "__main__":
    main()
