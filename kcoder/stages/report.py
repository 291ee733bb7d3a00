"""The report: every number of all variants, which settings to look at, and one page that needs no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from kcoder.artifact import write_durably
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Checkpoint, Choice, Dropped, History, Outcome, Record, Reference, Results, Score, Witness
from kcoder.stage import Facts, Output, Stage, target


class Select(BaseModel):
    """How settings are chosen: on development problems, which the report never calls a test."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: str = option("mini-dev", "the benchmark of development problems", source="own choice")
    by: str = option("pass@1", "the metric that decides", source="own choice")
    within: float = option(
        5.0,
        "points of a kept language by which two methods may differ and be compared",
        source="own choice",
        ge=0,
    )


class Variant(BaseModel):
    """One variant of a spec: what differs from the others, and what its steps made, by the step's name.

    The dotted name of a step that judges the base holds `base`: `evaluate.base.lua.execute`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    settings: dict[str, Any] = {}
    scores: dict[str, Output[Score]] = {}
    histories: dict[str, Output[History]] = {}
    choices: dict[str, Output[Choice]] = {}
    outcomes: dict[str, Output[Outcome]] = {}
    references: dict[str, Output[Reference]] = {}
    witnesses: dict[str, Output[Witness]] = {}
    dropped: dict[str, Output[Dropped]] = {}
    #: in the order they were made: the base first, the tuned model last
    models: dict[str, Output[Checkpoint]] = {}


class Report(Stage):
    """Looks at all variants of a spec."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"results": Results}
    revision: ClassVar[int] = 3

    name: str = option(help="the spec's name")
    why: str = option("", "the question the spec asks", source="the spec")
    variants: tuple[Variant, ...] = option((), "what is compared", source="the spec")
    target: str = option(help="the language that is taught")
    kept: tuple[str, ...] = option((), "the other languages that are evaluated", source="the spec")
    select: Select | None = option(None, "how settings are chosen; without it no choice is made", source="the spec")

    def describe(self) -> str:
        return f"{len(self.variants)} variant{'s' if len(self.variants) != 1 else ''}"

    def split(self, benchmark: str) -> str:
        """dev for the problems that choices are made on, test for all others."""
        chosen_on = self.select.on if self.select else ""
        return "dev" if benchmark == chosen_on or benchmark.endswith("-dev") else "test"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.reporting.results import as_json, results
        from kcoder.reporting.tidy import as_csv

        told = results(self, inputs)
        folder = target(out, "results", Results)
        folder.mkdir()
        (folder / "results.json").write_bytes(as_json(told))
        (folder / "results.csv").write_bytes(as_csv(told))
        return {"scores": len(told["scores"]), "answer": told["answer"]}

    @staticmethod
    def comparison(rows: Sequence[Mapping[str, Any]]) -> str:
        """The page of `kcoder compare`, of the rows that it gives as JSON."""
        from kcoder.reporting.compared import page

        return page(rows)

    def publish(self, artifact: Path, run: Path, diary: Mapping[str, Any]) -> None:
        """Write report.html, results.json and results.csv into the run's folder, each whole or not at all.

        A part of the diary that is missing is left out of the page.
        """
        import json

        from kcoder.reporting.page import page

        folder = target(artifact, "results", Results)
        told = (folder / "results.json").read_bytes()
        write_durably(run / "report.html", page(json.loads(told), diary).encode())
        write_durably(run / "results.json", told)
        write_durably(run / "results.csv", (folder / "results.csv").read_bytes())
