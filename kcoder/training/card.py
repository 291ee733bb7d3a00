"""`checkpoint.json`: what a checkpoint is, and how to talk to it. Reads and writes JSON only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from kcoder.errors import KcoderError, UsageError
from kcoder.training.template import PLAIN, Template

FILE = "checkpoint.json"
FORMAT = 1


@dataclass(frozen=True)
class FourBit:
    """How weights are kept in four bits: `kind` nf4 or fp4, `double` where their scales are quantised too, and the
    dtype in which they are multiplied."""

    kind: str
    double: bool
    compute: str


@dataclass(frozen=True)
class Card:
    """Facts of a checkpoint. `base` is the path from an adapter's folder to that of the model it changes."""

    kind: str  # "model" or "adapter"
    family: str
    #: weights in all, the base's included
    parameters: int
    #: weights the last training could change
    trainable: int
    #: tokens the model can look at
    context: int
    dtype: str = "float32"
    base: str = ""
    #: for an adapter, how its base was kept while it was trained: over other weights it is another model
    four_bit: FourBit | None = None
    #: what made the weights, the oldest first
    lineage: tuple[str, ...] = ()
    #: how a document stands before the model; evaluation renders its prompts through the same words
    template: Template = PLAIN
    #: texts that end a completion, besides the language's
    stops: tuple[str, ...] = ()
    licence: str = ""


def read_card(folder: Path) -> Card:
    """Raises KcoderError when the folder is no checkpoint, or one of a newer format."""
    file = folder / FILE
    try:
        told = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise KcoderError(f"{folder} is no checkpoint: it has no {FILE}", "run the step again that made it") from None
    except ValueError as error:
        raise KcoderError(f"{file} is broken: {error}", "run the step again that made it") from None
    if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
        raise KcoderError(f"{file} is of another format than {FORMAT}", "use the kcoder that wrote it")
    known = {field.name for field in fields(Card)}
    told |= {name: tuple(told.get(name, ())) for name in ("lineage", "stops")}
    told["four_bit"] = FourBit(**told["four_bit"]) if told.get("four_bit") else None
    told["template"] = Template.of_json(told.get("template", PLAIN.words))
    return Card(**{name: value for name, value in told.items() if name in known})


def write_card(card: Card, folder: Path) -> None:
    told = asdict(card) | {"template": card.template.as_json()}
    text = json.dumps({"format": FORMAT} | told, indent=2, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", "utf-8")


def path_to(base: Path, folder: Path) -> str:
    """The way from an adapter's folder to its base's; it survives renaming the adapter's artifact."""
    return Path(os.path.relpath(base.resolve(), folder.resolve())).as_posix()


def base_folder(folder: Path, card: Card) -> Path:
    """Where an adapter's base lies. Raises KcoderError when it is gone."""
    # A run's folder links to the store; the way to the base starts at the real place.
    found = (folder.resolve() / card.base).resolve()
    if not (found / FILE).exists():
        raise KcoderError(
            f"the adapter in {folder} changes the model in {found}, which is missing",
            "run the spec again that made the adapter: it makes the base again too",
        )
    return found


def described(folder: Path) -> dict[str, Any]:
    """The `family` and `config` of the weights in a folder, or of an adapter's base. Raises UsageError without one."""
    if (folder / FILE).exists() and (card := read_card(folder)).base:
        return described(base_folder(folder, card))
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return {"family": str(config["model_type"]), "config": config}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{folder / 'config.json'} cannot be read: {error}") from None
