"""`report`: one page that answers the spec's question from all variants. It is always made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from kcoder.benchmark import Benchmark, unasked, unfit
from kcoder.choose import Use
from kcoder.plugin import option
from kcoder.records import Checkpoint, Choice, Dropped, History, Outcome, Record, Reference, Score, Witness
from kcoder.section import Objection, Section, Wires
from kcoder.stage import Output, Step
from kcoder.stages.report import Report, Select, Variant


class Selection(BaseModel):
    """How one setting of each method is chosen. Choices are made on development problems, never on the test."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    on: Use[Benchmark] = option(help="development problems: a benchmark whose split is dev")
    by: str = option("pass@1", "the score that decides", source="own choice")
    within: float = option(
        5.0, "points by which what was kept may differ between methods compared", source="own choice", gt=0
    )


class ReportSection(Section):
    """What is chosen, and on what."""

    after = ("evaluate",)
    always = True

    select: Selection | None = option(
        None, "how settings are chosen; without it no choice is made", source="own choice"
    )

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if self.select is None:
            return
        if "evaluate" not in told:
            yield Objection(("select",), "report.select: there is nothing to choose by", "add a section: evaluate")
            return
        if fault := unfit(self.select.on, getattr(told["evaluate"], "benchmark", None)):
            yield Objection(("select", "on"), f"report.select.on: {fault[0]}", fault[1])
        for language in getattr(told["evaluate"], "languages", ()):
            if fault := unasked(self.select.on, language):
                yield Objection(("select", "on"), f"report.select.on: {fault[0]}", fault[1])
        scores = [f"pass@{k}" for k in getattr(told["evaluate"], "pass_at", ())]
        if scores and self.select.by not in scores:
            message = f"report.select.by: evaluate gives no {self.select.by}"
            yield Objection(("select", "by"), message, f"it gives: {', '.join(scores)}")

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        select = told.get("select")
        return {"report": {"select": {**select, "by": "pass@1"}}} if isinstance(select, dict) else {}

    def steps(self, up: Wires, at: str) -> Wires:
        evaluate = up.sections.get("evaluate")
        if self.select is None or evaluate is None:
            return up
        problems = {"benchmark": self.select.on, "perplexity": None, "infill": None, "uncut": False}
        return evaluate.model_copy(update=problems).steps(up, "select")

    def conclude(self, variants: Mapping[str, Wires]) -> tuple[Step, ...]:
        first = next(iter(variants.values()))
        languages: dict[str, None] = {}
        for up in variants.values():
            languages |= dict.fromkeys(getattr(up.sections.get("evaluate"), "languages", ()))
        select = None
        if self.select:
            select = Select(on=self.select.on.called(), by=self.select.by, within=self.select.within)
        report = Report(
            name=first.name,
            why=first.why,
            variants=tuple(_variant(name, up) for name, up in variants.items()),
            target=first.target,
            kept=tuple(name for name in languages if name != first.target),
            select=select,
        )
        return (Step("report", report),)


def _variant(name: str, up: Wires) -> Variant:
    """Everything of a variant that a report may show, gathered by its kind: a stranger's scores are found too."""

    def made(kind: type[Record]) -> dict[str, Output[Any]]:
        return {
            step.name: Output(step, output)
            for step in up.steps
            for output, of in step.stage.produces.items()
            if issubclass(of, kind)
        }

    return Variant(
        name=name,
        settings=dict(up.settings),
        scores=made(Score),
        histories=made(History),
        choices=made(Choice),
        outcomes=made(Outcome),
        references=made(Reference),
        witnesses=made(Witness),
        dropped=made(Dropped),
        models=made(Checkpoint),
    )
