"""The steps of a run with what they have made: the diary's entries, their artifacts, and the stages that know them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kcoder.artifact import Artifact
from kcoder.errors import UsageError
from kcoder.plugin import load
from kcoder.records import Record
from kcoder.stage import Facts, Stage, target
from kcoder.visible import shortened


@dataclass(frozen=True)
class Made:
    """A step of a run: its entry in the diary, and the folder of its artifact, which may be gone."""

    entry: dict[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        return str(self.entry["step"])

    @property
    def of(self) -> str:
        """The variant it belongs to, if it belongs to one alone."""
        return str(self.entry["variants"][0]) if len(self.entry["variants"]) == 1 else ""

    @property
    def title(self) -> str:
        return f"{self.name} ({self.of})" if self.of else self.name

    @property
    def facts(self) -> Facts:
        return dict(self.entry.get("facts", {}))

    @cached_property
    def stage(self) -> type[Stage]:
        """Its kind of work; the empty one where the package, or the revision, that made it is not here."""
        asked = self.entry["asked"]
        try:
            found = load("stages", str(asked.get("is")))
        except UsageError:
            return Stage
        right = isinstance(found, type) and issubclass(found, Stage) and found.revision == asked.get("revision")
        return found if right else Stage

    def tables(self, *kinds: type[Record]) -> dict[str, Path]:
        """Its outputs of these kinds by name, as far as they are there."""
        made = {n: target(self.folder, n, k) for n, k in self.stage.produces.items() if issubclass(k, kinds)}
        return {name: file for name, file in made.items() if file.exists()}

    def counts(self, *kinds: type[Record]) -> dict[str, int]:
        """The rows of its outputs of these kinds, as they were counted when it was made."""
        there = self.tables(*kinds)
        rows = Artifact(self.folder).manifest.get("rows", {}) if there else {}
        return {name: int(rows[name]) for name in there if name in rows}

    def inputs(self, steps: Sequence[Made]) -> dict[str, Path]:
        """What it was made of, by field, as far as it is there."""
        by_key = {step.entry["key"]: step.tables(Record) for step in steps}
        made = {field: by_key.get(key, {}).get(output) for field, key, output in self._wires()}
        return {field: path for field, path in made.items() if path}

    def made_of(self, others: Sequence[Made]) -> bool:
        """Whether an output of one of these went into it."""
        return bool({key for _, key, _ in self._wires()} & {other.entry["key"] for other in others})

    def shows(self, steps: Sequence[Made], rows: int, width: int) -> Iterator[str]:
        """What its stage has to show of it, fit for a terminal of this width. `steps` are all of the run."""
        if self.folder.is_dir():
            for line in self.stage.show(self.folder, self.inputs(steps), rows, width):
                yield shortened(line, width)

    def _wires(self) -> Iterator[tuple[str, str, str]]:
        """Field, key and output of each input."""
        for field, told in self.entry["asked"].items():
            if isinstance(told, dict) and set(told) == {"key", "output"}:
                yield field, told["key"], told["output"]
