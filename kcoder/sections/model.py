"""`model: ID`: the model to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kcoder.plugin import option
from kcoder.section import Objection, Section, Wires
from kcoder.stage import Step
from kcoder.stages.borrow import Borrow


class ModelSection(Section):
    """A hub id, a folder with weights, or `runs/NAME`: the model of another run (its base, if it has variants)."""

    word = "id"

    id: str = option(help="a hub id, a local folder, runs/NAME or runs/NAME/VARIANT", min_length=1)

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if "pretrain" in told:
            yield Objection((), "model: there is a pretrain section too", "keep one: pretrain makes a model of its own")

    def steps(self, up: Wires, at: str) -> Wires:
        step = Step(at, Borrow(source=self.id))
        return up.then(step, base=step["model"], model=step["model"])
