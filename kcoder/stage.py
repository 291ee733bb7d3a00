"""A kind of work, a named use of it, and the wires between such uses.

    class Filter(Stage):
        produces = {"kept": Document, "dropped": Dropped}
        rows: Input[Document]
        limit: int = option(100, "characters", source="P3 §3.2")

        def run(self, inputs, out, host):
            rows = pl.scan_parquet(inputs[self.rows])
            ...

Options are fields, inputs are fields, and there is one method. Nothing else wires anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, get_args

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import core_schema

from kcoder.artifact import Artifact
from kcoder.errors import UsageError
from kcoder.forecast import Forecast
from kcoder.host import Host
from kcoder.plugin import Plugin, option
from kcoder.records import Checkpoint, Dropped, History, Packed, Record

R = TypeVar("R", bound=Record)
Facts = dict[str, Any]


class Stage(Plugin):
    """A kind of work.

    `run` reads its inputs, writes one file or folder for each name in `produces` (see `target`) and returns
    facts worth keeping (counts, sizes: JSON). It may raise KcoderError with a message for the person; any other
    exception is taken for a defect. It calls `host.check()` where it may safely be stopped.
    """

    group: ClassVar[str] = "stages"
    produces: ClassVar[Mapping[str, type[Record]]] = {}
    #: the draft folder of an unfinished run is handed back for the same key
    resumable: ClassVar[bool] = False
    #: a folder in the draft that is kept until the artifact stands, and is no part of it
    scratch: ClassVar[str] = ""

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        raise NotImplementedError(f"{type(self).__name__} does no work")

    def publish(self, artifact: Path, run: Path, diary: Mapping[str, Any]) -> None:
        """Put what people look for into the run's folder, from the finished artifact and the run's diary.

        Called at the end of every run and by `kcoder report`. What depends on time or machine belongs here.
        """

    @classmethod
    def show(cls, artifact: Path, inputs: Mapping[str, Path], rows: int, width: int) -> Iterator[str]:
        """What a finished artifact holds, for `kcoder show`: lines of at most `width` columns, `rows` rows of a table.

        `inputs` gives, by field, what it was made of, as far as that is still there. A line that starts with + is
        shown in green, with · faintly. Tables of documents are shown without any help.
        """
        yield from ()

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        """What is known of the result without working for it: of a model its `family` and its `config`, of packed rows
        their `length`.

        `stored` gives a step's artifact where it is finished. Raises UsageError where it cannot be known yet, and why.
        """
        raise UsageError("nothing is known of it before it is made")

    def forecast(self, stored: Stored, place: Path, *, probe: bool) -> Forecast | None:
        """What the work will need of this machine, for `kcoder check`; None where that is not worth a word.

        `place` is where results will be stored. Only with `probe` may it work, for a minute or so, or import torch.
        """
        return None

    def describe(self) -> str:
        """The work in a few words for the plan."""
        return ""

    def summary(self, facts: Facts) -> str:
        """What came of it in a few words, from the facts `run` returned: for the line of a finished step."""
        return ""

    def inputs(self) -> Iterator[tuple[str, Output[Any]]]:
        """Every input with the path of its field."""
        yield from _outputs("", self)

    @classmethod
    def conserves(cls) -> bool:
        """Whether each row that goes in must leave in exactly one output; the runner counts.

        What a stage reads from outside it tells as the fact `found`, and what it gives to no output, by reason, as
        `left_out`.
        """
        return Dropped in cls.produces.values()


@dataclass(frozen=True, eq=False)
class Step:
    """A named use of a stage."""

    name: str
    stage: Stage

    def __getitem__(self, name: str) -> Output[Any]:
        if name not in self.stage.produces:
            raise KeyError(f"{self.name} makes {', '.join(self.stage.produces)}, not {name}")
        return Output(self, name)


#: the finished result of a step, if it has one
Stored = Callable[[Step], Artifact | None]


class Output(Generic[R]):
    """One output of a step; equal to another of the same step and name.

    No dataclass: pydantic would take the fields of a generic dataclass for the schema and never ask for its kind.
    """

    def __init__(self, step: Step, name: str) -> None:
        self.step = step
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Output) and (self.step, self.name) == (other.step, other.name)

    def __hash__(self) -> int:
        return hash((self.step, self.name))

    def __repr__(self) -> str:
        return f"{self.step.name}[{self.name!r}]"

    @property
    def kind(self) -> type[Record]:
        return self.step.stage.produces[self.name]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        wanted = next(iter(get_args(source)), Record)

        def validate(told: Any) -> Output[Any]:
            if not isinstance(told, Output) or not issubclass(told.kind, wanted):
                raise ValueError(f"expected an output of kind {wanted.__name__}")
            return told

        return core_schema.no_info_plain_validator_function(validate)


Input = Output
"""One output of another step: `rows: Input[Document]`."""


class Training(Stage):
    """A stage that `train: NAME` may choose: packed rows and a base go in, a model comes out.

    A spec sets its options; its inputs are wired afterwards, by the section that chose it.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"model": Checkpoint, "history": History}
    #: for one that also makes `kept`, Checkpoints to choose among: how many where `keep` is not given
    candidates: ClassVar[int] = 5
    #: options that make it a matter of seconds, for `--smoke`
    smoke: ClassVar[Mapping[str, Any]] = {}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "checkpoints"

    rows: Output[Packed] | None = None
    valid: Output[Packed] | None = None
    model: Output[Checkpoint] | None = None
    seed: int = option(0, "seed of what is random here; the spec's own unless given", source="own choice", ge=0)

    def wired(self, *, rows: Output[Packed], valid: Output[Packed], model: Output[Checkpoint], seed: int) -> Training:
        """This method with these options, at work on these inputs."""
        known = {"rows": rows, "valid": valid, "model": model}
        return self.model_copy(update=known if "seed" in self.model_fields_set else known | {"seed": seed})


def target(out: Path, name: str, kind: type[Record]) -> Path:
    """Where the output of this name and kind stands in an artifact's folder."""
    return out / f"{name}{kind.suffix}"


def _outputs(path: str, value: Any) -> Iterator[tuple[str, Output[Any]]]:
    if isinstance(value, Output):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _outputs(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _outputs(f"{path}.{name}", item)
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from _outputs(f"{path}[{number}]", item)
