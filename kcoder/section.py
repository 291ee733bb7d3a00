"""The words of a spec, and how each becomes steps.

class Judge(Section):
    after, before, word = ("synthesize",), ("data",), "least"
    least: float = option(0.5, "share", source="own choice")

    def steps(self, up, at):
        step = Step(at, KeepTheBest(rows=up.rows, least=self.least))
        return up.then(step, rows=step["kept"])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, get_args

from kcoder.plugin import Plugin, load, names
from kcoder.records import Checkpoint, Document, Leak
from kcoder.stage import Output, Step, Training

Rows = Output[Document]
Model = Output[Checkpoint]
#: problems found in rows, and the rows to learn from, among which those stayed that hold them
Held = tuple[Output[Leak], Rows]


@dataclass(frozen=True)
class Wires:
    """What is known so far in the order of sections, and by which step."""

    #: the spec's name, why and seed
    name: str = ""
    why: str = ""
    seed: int = 0
    #: the dotted fields in which this variant differs from the others
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: every section of this variant by name
    sections: Mapping[str, Section] = field(default_factory=dict)
    rows: Rows | None = None
    valid: Rows | None = None
    test: Rows | None = None
    #: the untrained model, and the model as it stands
    base: Model | None = None
    model: Model | None = None
    #: the language that is being taught
    target: str = ""
    #: benchmark problems that were found and left where they were
    leaks: tuple[Held, ...] = ()
    steps: tuple[Step, ...] = ()

    def held_by(self, model: Model) -> tuple[Held, ...]:
        """The leaks in those rows that this model learnt from."""
        before = _before(model.step)
        return tuple(held for held in self.leaks if held[1].step in before)

    def then(self, *steps: Step, **known: Any) -> Wires:
        """The wires after these steps, with what they make known."""
        return replace(self, steps=self.steps + steps, **known)


@dataclass(frozen=True)
class Objection:
    """What a section has against a spec whose fields are each right: a field's path, the fault, and the cure."""

    path: tuple[str | int, ...]
    message: str
    hint: str = ""


class Section(Plugin):
    """A word of the spec. `after` and `before` name the sections between which it stands."""

    group: ClassVar[str] = "sections"
    after: ClassVar[tuple[str, ...]] = ()
    before: ClassVar[tuple[str, ...]] = ()
    #: resolved even where the spec does not name it
    always: ClassVar[bool] = False
    #: the field that holds a plugin whose options stand beside the section's own: `train: {method: lora, r: 8}`
    absorbs: ClassVar[str | None] = None
    #: defaults laid under that plugin's own, each with its source: `{"learning_rate": (3e-3, "own choice")}`
    presets: ClassVar[Mapping[str, tuple[Any, str]]] = {}

    #: fields whose mapping is laid over a preset, with the entry that says there is none
    bare: ClassVar[Mapping[str, tuple[str, str]]] = {}

    @classmethod
    def absorbed_contract(cls) -> type[Plugin] | None:
        """The contract of the plugin whose options stand beside the section's own."""
        return _plugin_in(cls.model_fields[cls.absorbs].annotation) if cls.absorbs else None

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        """Rules within this section and across sections. `told` holds every section of the spec, as None where
        one is wrong in itself. Cheap: reads no data. Never raises.
        """
        yield from ()

    def remarks(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        """What a person should know and may want: `kcoder check` shows it, nothing is refused. As `objections`."""
        yield from ()

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        """What `--smoke` lays over a spec that has this section, by section: fields that make its work small; None
        takes a section out. `told` holds this section's fields as the spec gives them, `spec` all of it: unread, so
        nothing in them need be right. Never raises.
        """
        return {}

    def steps(self, up: Wires, at: str) -> Wires:
        """The steps this section adds to one variant, named after `at`, and what they make known."""
        return up

    def conclude(self, variants: Mapping[str, Wires]) -> tuple[Step, ...]:
        """The steps that look at all variants together."""
        return ()


def _before(step: Step) -> set[Step]:
    """The steps that this one is made of, however far up."""
    found: set[Step] = set()
    todo = [step]
    while todo:
        above = {output.step for _, output in todo.pop().stage.inputs()} - found
        found |= above
        todo += above
    return found


def _plugin_in(annotation: Any) -> type[Plugin] | None:
    if isinstance(annotation, type) and issubclass(annotation, Plugin):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _plugin_in(inner))), None)


def brief(method: Any) -> dict[str, Any] | None:
    """What makes a training brief in a smoke run, laid where its options stand: beside the method's name, or beneath
    it. None where this is no method."""
    beneath = isinstance(method, dict) and len(method) == 1
    name = next(iter(method)) if beneath else method
    known = load("stages", name) if isinstance(name, str) and name in names("stages") else None
    if not (isinstance(known, type) and issubclass(known, Training)):
        return None
    return {"method": {name: dict(known.smoke)}} if beneath else dict(known.smoke)


def never_saved(section: str, method: Training) -> Iterator[Objection]:
    """A method that is told to save later than it ends."""
    steps, every = getattr(method, "max_steps", None), getattr(method, "save_every", None)
    if getattr(method, "tokens", None):
        return  # they set another end
    if "save_every" in method.model_fields_set and steps and every and every > steps:
        message = f"{section}.save_every: {every} is beyond the {steps} steps there will be"
        yield Objection(("save_every",), message, f"save_every: {max(1, steps // 5)}")
