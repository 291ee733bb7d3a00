"""A model from elsewhere: from another run, from a folder, or from the hub."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from kcoder import hub
from kcoder.artifact import bring
from kcoder.errors import KcoderError, UsageError, choice
from kcoder.host import Host
from kcoder.model import ModelFamily, PublishedModel, published_models
from kcoder.plugin import load, names, option
from kcoder.records import Checkpoint, Record
from kcoder.stage import Facts, Output, Stage, Stored, target
from kcoder.training.card import FILE, Card, base_folder, described, read_card, write_card

#: What a model's folder may hold that is of use. Pickled weights can run programs when they are opened.
WANTED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")

#: what configs call the number of tokens a model can look at
CONTEXT = ("max_position_embeddings", "n_positions", "max_seq_len")


class Borrow(Stage):
    """Copies a model into an artifact of its own, an adapter with its base. Nothing is ever unpickled."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"model": Checkpoint}
    #: `world` names what it stands for
    unkeyed: ClassVar[frozenset[str]] = frozenset({"source"})

    source: str = option(help="runs/NAME, runs/NAME/VARIANT, a folder with weights, or a model on the hub")

    def describe(self) -> str:
        return f"the model {self.source}"

    def world(self) -> dict[str, Any]:
        """The artifact of a run, the digest of a folder, or the commit on the hub.

        Raises UsageError when there is no such run or folder, MachineLacksError when the hub cannot be asked.
        """
        if artifact := artifact_of(self.source):
            return {"artifact": artifact.name}
        if (folder := Path(self.source).expanduser()).is_dir():
            return {"digest": _digest(folder)}
        return hub.facts(self.source, "main", kind="model")

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        if artifact := artifact_of(self.source):
            return described(artifact / "model")
        if (folder := Path(self.source).expanduser()).is_dir():
            return described(folder)
        if known := published_models().get(self.source):
            return {"family": known.family, "config": known.config}
        if config := hub.cached(self.source, "config.json", kind="model"):
            return described(config.parent)
        raise UsageError(f"the config of {self.source} is not in the hub's cache yet")

    def recall(self, facts: Mapping[str, Any]) -> bool:
        if Path(self.source).expanduser().exists():
            return False
        return hub.recall(self.source, "main", facts, kind="model")

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        final = target(out, "model", Checkpoint)
        if artifact := artifact_of(self.source):
            card = _take(artifact / "model", final, link=True)
        elif (folder := Path(self.source).expanduser()).is_dir():
            # Not linked: an edit of the folder would change a finished artifact.
            card = _take(folder, final, link=False)
        else:
            card = _take(_downloaded(self.source, host), final, link=True, known=published_models().get(self.source))
        facts: Facts = {"family": card.family, "kind": card.kind, "parameters": card.parameters}
        return facts if card.kind == "adapter" or card.family in names("models") else facts | _found(final, card, host)


def _found(model: Path, card: Card, host: Host) -> Facts:
    """What inspection finds of a family nobody has a plugin for; it is said, too."""
    from kcoder.training.inspection import inspect
    from kcoder.training.machine import quiet

    quiet()
    found = inspect(model)
    host.say(
        f"no plugin knows {card.family} models, so this one was inspected: adapters go into "
        f"{', '.join(found.lora_targets)}; attention {found.attention}"
    )
    return {"inferred": {"lora_targets": list(found.lora_targets), "attention": found.attention}}


# ---- another run -------------------------------------------------------------------------------------------


def artifact_of(source: str) -> Path | None:
    """The artifact that holds a run's model; None where the source names no run.

    `runs/NAME` is its base where it has several variants, else its one tuned model.
    """
    path = Path(source)
    run, variant = (path, "") if (path / "run.json").exists() else (path.parent, path.name)
    if not (run / "run.json").exists():
        if path.parts[:1] == ("runs",):
            where = run if len(path.parts) > 2 else path
            others = [found.parent.name for found in where.parent.glob("*/run.json")]
            raise UsageError(f"there is no run {where}", choice(where.name, others))
        return None
    models = json.loads((run / "run.json").read_text("utf-8")).get("models", {})
    tuned = [name for name in models if name != "base"]
    name = variant or (tuned[0] if len(tuned) == 1 else "base")
    if name not in models:
        raise UsageError(f"the run {run} has no model called {name!r}", choice(name, models))
    found = run.parent / ".store" / str(models[name]["artifact"])
    if not found.is_dir():
        raise UsageError(f"the model {name} of {run} is gone: {found} does not exist", "run its spec again")
    return found


# ---- a folder ----------------------------------------------------------------------------------------------


def _files(folder: Path) -> list[Path]:
    return sorted({file for pattern in WANTED for file in folder.glob(pattern) if file.is_file()})


def _digest(folder: Path) -> str:
    """The sha256 of every file that would be taken, an adapter's base included."""
    told = hashlib.sha256()
    for file in _files(folder):
        with file.open("rb") as opened:
            told.update(f"{file.name} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    if (folder / FILE).exists() and (card := read_card(folder)).base:
        told.update(_digest(base_folder(folder, card)).encode())
    return told.hexdigest()


def _take(folder: Path, final: Path, *, link: bool, known: PublishedModel | None = None) -> Card:
    """Copy, or link, a checkpoint and the bases it stands on; a foreign folder gets a card."""
    card = read_card(folder) if (folder / FILE).exists() else _card_of(folder, known)
    final.mkdir(parents=True)
    for file in _files(folder):
        bring(file.resolve(), final / file.name, link=link)
    if card.base:
        _take(base_folder(folder, card), final / "base", link=link)
        card = replace(card, base="base")
    (final / FILE).unlink(missing_ok=True)  # it may be linked: never write through it
    write_card(card, final)
    return card


def _card_of(folder: Path, known: PublishedModel | None) -> Card:
    """A card for weights that others have made, from their config, the headers of their files and what is known."""
    if (folder / "adapter_config.json").exists():
        raise UsageError(f"{folder} is an adapter without its base", "name the run that made it: runs/NAME")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise KcoderError(
            f"{folder} holds no weights as safetensors",
            "pickled weights are refused: opening them can run a program",
        )
    if not any(file.suffix == ".model" or file.stem.startswith(("tokenizer", "vocab")) for file in _files(folder)):
        # transformers would make one that knows no word, and every text would be empty
        raise KcoderError(f"{folder} holds no tokenizer", "put tokenizer.json beside the weights")
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / 'config.json'} cannot be read: {error}") from None
    family: ModelFamily = load("models", str(config.get("model_type")))
    tensors = [tensor for file in weights for tensor in _header(file).values()]
    parameters = sum(math.prod(tensor["shape"]) for tensor in tensors)
    context = next((config[name] for name in CONTEXT if name in config), 2048)
    return Card(
        kind="model",
        family=family.name,
        parameters=parameters,
        trainable=parameters,
        context=context,
        dtype=str(config.get("dtype", config.get("torch_dtype", "float32"))),
        lineage=tuple(filter(None, [(known.lineage if known else "") or family.lineage])),
        licence=known.licence if known else "",
    )


def _header(file: Path) -> dict[str, Any]:
    """The tensors of a safetensors file by name, unread: 8 bytes give the length of a JSON header."""
    try:
        with file.open("rb") as opened:
            (size,) = struct.unpack("<Q", opened.read(8))
            told: dict[str, Any] = json.loads(opened.read(min(size, 100_000_000)))
    except (struct.error, ValueError) as error:
        raise KcoderError(f"{file} is no safetensors file: {error}") from None
    told.pop("__metadata__", None)
    return told


# ---- the hub -----------------------------------------------------------------------------------------------


def _downloaded(source: str, host: Host) -> Path:
    from huggingface_hub import snapshot_download

    try:
        commit = hub.commit(source, kind="model")
        return Path(
            snapshot_download(source, revision=commit, allow_patterns=list(WANTED), local_files_only=host.offline)
        )
    except KcoderError:
        raise
    except Exception as error:  # of many kinds: network, proxy, licence, full disk
        raise hub.unreachable(source, "model", error) from error
