"""What a training will need, for `kcoder check`: its memory against the machine's, steps, tokens, disk and hours.

Nothing here imports torch: the model is known by its config, the rows by what is stored of them. What is not known yet
is said to be unknown, and why.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcoder.amounts import duration, size
from kcoder.errors import KcoderError, MachineLacksError, UsageError
from kcoder.forecast import Forecast
from kcoder.model import ModelFamily
from kcoder.plugin import load, name_of
from kcoder.shape import Shape
from kcoder.stage import Output, Stored, target
from kcoder.training import frugal
from kcoder.training.card import described
from kcoder.training.cost import Cost, Packed, cost, seconds
from kcoder.training.gpu import capability, halves, require_asked
from kcoder.training.memory import Memory, Setting, evaluation, generation, need
from kcoder.training.room import Room, room
from kcoder.training.smaller import fitting

if TYPE_CHECKING:
    from kcoder.training.method import Method
    from kcoder.training.rehearsal import Rehearsed


def model(output: Output[Any], stored: Stored) -> Mapping[str, Any]:
    """The `family` and `config` of a model that may not be there yet. Raises UsageError."""
    if artifact := stored(output.step):
        return described(target(artifact.folder, output.name, output.kind))
    return output.step.stage.foretold(stored)


def packed(output: Output[Any], stored: Stored) -> Packed:
    """What is known of packed rows, from what is stored of them or else from their step. Raises UsageError."""
    artifact = stored(output.step)
    if artifact is None:
        return Packed(**output.step.stage.foretold(stored))
    facts = artifact.manifest["facts"]
    train = facts["train"]
    return Packed(facts["sequence_length"], train["rows"], train["trained"], facts["valid"]["rows"])


def forecast(method: Method, stored: Stored, place: Path, *, probe: bool) -> Forecast:
    """`probe` trains a few steps."""
    if method.model is None or method.rows is None:
        raise ValueError(f"{name_of(method)} has not been wired to its inputs")
    how = method.here(capability())
    try:
        require_asked()
        processes = _processes(how)
        told = model(method.model, stored)
        family: ModelFamily = load("models", told["family"])
        rows = packed(method.rows, stored)
    except KcoderError as error:
        reason = f"unknown yet: {error.message}"
        lacking = error if isinstance(error, MachineLacksError) else None
        return Forecast((f"needs     {reason}",), {"unknown": error.message}, lacking)
    measured: Rehearsed | None = None
    lacks: MachineLacksError | None = None
    instead = ["time      unknown: --probe"]  # where nothing is measured
    if probe and processes > 1:
        instead = ["time      unknown: --probe measures one process"]
    elif probe:
        try:
            measured = _rehearsed(how, told, rows, place)
        except MachineLacksError as error:
            lacks, instead = error, ["time      unknown"]
        except KcoderError as error:
            instead = ["time      unknown", f"measured  failed: {error.message}"]
    there = room()
    try:
        shape = family.shape(told["config"])
        setting = _setting(how, family, shape, rows, there.able if there else None, processes)
    except UsageError as error:
        may = "; --probe measures it" if not probe and processes == 1 else ""
        lines = [f"needs     unknown: {error.message}{may}"]
        lines += [f"measured  {size(measured.memory)} of memory at most"] if measured else []
        lines += instead if probe and not measured else []
        return Forecast(tuple(lines), {"unknown": error.message, **_numbers(measured)}, lacks)
    return _told(how, shape, setting, rows, there, place, measured, lacks, instead)


def answers(output: Output[Any], batch: int, stored: Stored) -> Forecast | None:
    """What so many answers at once take at most: as if each used the whole context. Nothing where that is not known."""
    try:
        known = model(output, stored)
        shape = load("models", known["family"]).shape(known["config"])
    except KcoderError:
        return None
    most, there = generation(shape, batch, shape.context), room()
    program = there.program if there else 0.0
    numbers = {
        "memory": {"at most": round(most.total), "terms": {name: round(its) for name, its in most.terms.items()}}
    }
    if there is None or most.total + program <= there.free:
        return Forecast((), numbers)
    cache = f"{size(most.terms['KV cache'])} of it the KV cache of {batch} answers that use the whole context"
    told = f"memory    at most {size(most.total + program)} of {there.where}, {cache}; {size(there.free)} free"
    return Forecast((told, "          a smaller generator.transformers.batch takes less"), numbers)


def _processes(how: Method) -> int:
    """How many train together. Raises MachineLacksError."""
    return how.parallel.size() if how.parallel else 1


def _setting(
    how: Method, family: ModelFamily, shape: Shape, rows: Packed, able: tuple[int, int] | None, processes: int
) -> Setting:
    """What decides about memory on a GPU of that capability, or a CPU (None). Raises UsageError where an adapter goes
    into a module that nobody has counted."""
    plain = how.setting(rows.length, rows.share, half=halves(how.precision, able))
    divided = how.parallel is not None and how.parallel.strategy == "fsdp" and processes > 1
    targets = _today(plain.targets, shape, family)
    return replace(plain, targets=targets, processes=processes, divided=divided, shared=able is None)


def _today(targets: tuple[str, ...] | None, shape: Shape, family: ModelFamily) -> tuple[str, ...] | None:
    """The modules an adapter goes into by today's names, where papers name them otherwise. Raises UsageError."""
    if targets is None or targets == ("attention",):
        return targets
    there = {name for each in shape.linears for name in (each.name, each.name.rpartition(".")[2])}
    renamed = {old: new for old, new in family.renamed if old not in there}
    today = tuple(name for each in targets for name in renamed.get(each, (each,)))
    if uncounted := [name for name in today if name not in there]:
        raise UsageError(f"nobody has counted what an adapter in {', '.join(uncounted)} takes")
    return today


def _told(
    how: Method,
    shape: Shape,
    setting: Setting,
    rows: Packed,
    there: Room | None,
    place: Path,
    measured: Rehearsed | None,
    lacks: MachineLacksError | None,
    instead: list[str],
) -> Forecast:
    peak, spent = need(shape, setting), cost(how, shape, setting, rows)
    free_disk = shutil.disk_usage(_existing(place)).free
    begun = how.model is not None and "architecture" in type(how.model.step.stage).model_fields
    lacks = lacks or _lacks(shape, setting, peak, there, spent, free_disk, adapters=not begun)
    lines = [*_memory(peak, evaluation(shape, setting), there, setting), *_work(how, spent, rows, free_disk)]
    took = seconds(how, spent, rows, measured.step, measured.row, measured.checkpoint) if measured else None
    lines += [_time(spent, measured, took)] if measured else instead
    lines += [f"lacking   {lacks.message}", f"          {lacks.hint}"] if lacks else []
    numbers = {
        "memory": {
            "bytes": round(peak.total),
            "when": peak.when,
            "processes": setting.processes,
            "terms": {name: round(count) for name, count in peak.terms.items()},
            "room": there and {"where": there.where, "free": round(there.free), "program": round(there.program)},
        },
        "steps": spent.steps,
        "exact": spent.exact,
        "tokens": spent.tokens,
        "checkpoints": spent.checkpoints,
        "disk": {"bytes": round(spent.disk), "checkpoint": round(spent.checkpoint), "free": free_disk},
        "hours": None if took is None else took / 3600,
        **_numbers(measured),
    }
    return Forecast(tuple(lines), numbers, lacks)


def _lacks(
    shape: Shape, how: Setting, peak: Memory, there: Room | None, spent: Cost, disk: int, *, adapters: bool
) -> MachineLacksError | None:
    if there and not _fits(peak, there, how):
        ways = fitting(shape, how, there.free / how.copies - there.program, adapters=adapters)
        hint = ", or ".join(f"{text} ({size((total + there.program) * how.copies)})" for text, total in ways)
        asked = f"{size((peak.total + there.program) * how.copies)} of {there.where}"
        message = f"training needs about {asked}, and {size(there.free)} are free"
        return MachineLacksError(message, f"say {hint}" if ways else "no smaller setting fits: take a smaller model")
    if spent.disk > disk:
        message = f"training needs about {size(spent.disk)} on the disk, and {size(disk)} are free"
        return MachineLacksError(message, "free some (kcoder prune), or say --out where there is more")
    return None


def tight(how: Method, told: Mapping[str, Any], length: int, there: Room | None, program: float = 0.0) -> bool:
    """Whether a training on a CPU might not fit unless it gives memory back at once (`kcoder/training/frugal.py`)."""
    if there is None or there.able:
        return False
    try:
        processes = _processes(how)
    except MachineLacksError:  # they were started from elsewhere, and how many share this memory is not known
        return True
    try:
        family: ModelFamily = load("models", told["family"])
        shape = family.shape(told["config"])
        peak = need(shape, _setting(how, family, shape, Packed(length), None, processes))
    except Exception:  # what is foretold of a training must never be its end
        return False
    return peak.total * frugal.HOARD + program > there.free / processes


# ---- lines ---------------------------------------------------------------------------------------------------------


def _memory(peak: Memory, measuring: Memory, there: Room | None, how: Setting) -> list[str]:
    program = there.program if there else 0.0
    fits = there is None or _fits(peak, there, how)
    ok = "" if there is None else f"   {size(there.free)} free   {'ok' if fits else 'too little'}"
    several = "" if how.processes == 1 else f" {'for' if how.shared else 'in each of'} {how.processes} processes"
    asked = f"{size((peak.total + program) * how.copies)} of {there.where if there else 'memory'}{several}"
    lines = [f"memory    about {asked}{ok}"]
    terms = {**peak.terms, **({"program": program} if program else {})}
    told = [f"{name} {size(count)}" for name, count in terms.items()]
    told[0] = f"each: {told[0]}" if how.copies > 1 else told[0]
    lines += [f"          {'   '.join(told[at : at + 4])}" for at in range(0, len(told), 4)]
    if measuring.total > peak.total:
        lines.append(f"          evaluation more: {size((measuring.total + program) * how.copies)}")
    return lines


def _fits(peak: Memory, there: Room, how: Setting) -> bool:
    return (peak.total + there.program) * how.copies <= there.free


def _work(how: Method, spent: Cost, rows: Packed, free: int) -> list[str]:
    if spent.steps is None:
        steps = "steps     unknown: the rows are not packed yet"
    else:
        most = "" if spent.exact else "about " if how.tokens and rows.rows else "at most "
        why = "" if rows.rows else "; how many the rows make is known once they are packed"
        steps = f"steps     {most}{spent.steps:,} = {_count(spent.tokens or 0)} tokens{why}"
    number = "" if spent.checkpoints is None else f"{spent.checkpoints:,} "
    others = f", the weights of {spent.candidates} to choose among" if spent.candidates else ""
    standing = f"at most {spent.standing} at once{others}"
    disk = f"{number}checkpoints of {size(spent.checkpoint)}, {standing}: {size(spent.disk)}"
    return [steps, f"disk      {disk}   {size(free)} free   {'ok' if spent.disk <= free else 'too little'}"]


def _time(spent: Cost, measured: Rehearsed, took: float | None) -> str:
    probed = f"{measured.step:.2f} s a step, {size(measured.memory)} at most beside the program"
    if took is None:
        return f"time      unknown in all, since the steps are; measured {probed}"
    most = "" if spent.exact else "at most "
    return f"time      {most}{duration(took)}   measured: {probed}"


def _numbers(measured: Rehearsed | None) -> dict[str, Any]:
    from dataclasses import asdict

    return {"measured": asdict(measured)} if measured else {}


def _count(number: float) -> str:
    for unit in ("", "K", "M"):
        if number < 1000:
            return f"{number:.0f}{' ' if unit else ''}{unit}"
        number /= 1000
    return f"{number:.1f} G"


# ---- the probe -----------------------------------------------------------------------------------------------------


def _rehearsed(how: Method, told: Mapping[str, Any], rows: Packed, place: Path) -> Rehearsed:
    from kcoder.training.rehearsal import Request, rehearse

    options = how.model_dump(mode="json", exclude={"rows", "valid", "model"}, exclude_defaults=True)
    config = {name: value for name, value in told["config"].items() if name != "model_type"}
    place, there = _existing(place), room()
    return rehearse(
        Request(
            method=name_of(how),
            options=options,
            family=str(told["family"]),
            config=config,
            context=max(rows.length, 32),
            length=rows.length,
            trained=rows.share,
            device=os.environ.get("KCODER_DEVICE", "auto"),
            frugal=tight(how, told, rows.length, there, there.program if there else 0.0),
            folder=str(place),
        )
    )


def _existing(place: Path) -> Path:
    place = place.absolute()
    return next(folder for folder in (place, *place.parents) if folder.is_dir())
