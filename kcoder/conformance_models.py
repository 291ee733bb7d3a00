"""What a model family must do: a small model of it is made, adapted, trained and read again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.conformance_rows import Finding
from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.model import ModelFamily, linear_layers
from kcoder.plugin import load, names
from kcoder.records import Checkpoint, Document, Packed, Record, frame
from kcoder.stage import Facts, Output, Stage, Step, target

#: a model small enough for seconds, in whose shape every family can be made
SHAPE = {"hidden": 64, "layers": 2, "heads": 4, "context": 64, "vocabulary": 300}
ROWS = [
    {
        "id": f"{n}",
        "prompt": f"def add{n}(x):\n",
        "text": f"    return x + {n}\n",
        "language": "python",
        "source": "kit",
    }
    for n in range(24)
]


def family(plugin: ModelFamily, host: Host) -> Iterator[Finding]:
    """A finding for each thing a family tells, and for each step of a small model's life."""
    yield Finding("name", plugin.name in names("models"), f"{plugin.name}: an entry point of this name is asked for")
    yield Finding("lineage", bool(plugin.lineage), plugin.lineage or "what had its published weights seen?")
    for marks in plugin.fim:
        yield Finding("fill-in-the-middle", len(set(marks)) == len(marks), " ".join(marks))
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield from _life(plugin, Path(folder), host)
        except KcoderError as error:
            yield Finding("tried", False, f"{error.message}: {error.hint}"[:200])
        except Exception as error:
            yield Finding("tried", False, f"{type(error).__name__}: {error}".splitlines()[0][:200])


def _life(plugin: ModelFamily, folder: Path, host: Host) -> Iterator[Finding]:
    given = Step("given", Given())
    at = {given[name]: target(folder, name, kind) for name, kind in Given.produces.items()}
    rows, model, packed, valid = (given[name] for name in ("rows", "model", "train", "valid"))
    frame(Document, ROWS).write_parquet(at[rows])
    begin = load("stages", "begin")(rows=rows, architecture=plugin, **SHAPE)
    made = begin.run(at, folder, host)
    yield Finding("made", True, f"{made['parameters']:,} random weights")
    named, there = set(plugin.lora_targets), _layers(at[model])
    missing, beside = ", ".join(sorted(named - there)), ", ".join(sorted(there - named))
    yield Finding("adapter", not missing, f"there is no {missing}" if missing else ", ".join(sorted(named or there)))
    yield Finding("all linear layers", not named or not beside, f"{beside} would not be adapted" if beside else "")
    load("stages", "pack")(rows=rows, valid=rows, model=model, sequence_length=48).run(at, folder, host)
    for method, options in (("full", {}), ("lora", {"r": 2, "alpha": 4})):
        asked = load("stages", method)(learning_rate=3e-3, max_steps=4, **options)
        (folder / method).mkdir()
        valid_loss = asked.wired(rows=packed, valid=valid, model=model, seed=0).run(at, folder / method, host)["valid"]
        fell = valid_loss["best"] < valid_loss["first"]
        yield Finding(
            f"trains {method}",
            fell,
            f"{valid_loss['first']:.2f} → {valid_loss['best']:.2f}, packed documents do not see each other",
        )


def _layers(model: Path) -> set[str]:
    from transformers import AutoModelForCausalLM

    return set(linear_layers(AutoModelForCausalLM.from_pretrained(model, local_files_only=True)))


class Given(Stage):
    """Names the files that the steps read and write."""

    produces: ClassVar[Mapping[str, type[Record]]] = {
        "rows": Document,
        "model": Checkpoint,
        "train": Packed,
        "valid": Packed,
    }

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        return {}
