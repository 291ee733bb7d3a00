"""The smallest change of a training with which it fits into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kcoder.plugin import load
from kcoder.shape import Shape
from kcoder.training.memory import Setting, need

#: rows shorter than this teach little
SHORTEST = 256
Change = tuple[str, Setting]


def fitting(shape: Shape, how: Setting, room: float, adapters: bool = True) -> list[tuple[str, float]]:
    """Changes that fit into so many bytes, each with what it needs: the first that makes the same steps, and the first
    that makes others. Without `adapters` all weights have to be trained, as those of a model made from nothing."""
    found = []
    for ways in (same(how), other(how, adapters)):
        fits = ((text, total) for text, changed in ways if (total := need(shape, changed).total) <= room)
        found += [first] if (first := next(fits, None)) else []
    return found


def same(how: Setting) -> Iterator[Change]:
    """Changes after which the same rows make each step, the least first. Every family whose memory has been counted has
    gradient checkpointing."""
    for text, eased in _eased(how):
        for batch in _batches(how):
            parts = [text] if text else []
            if batch != how.batch:
                parts.append(f"batch_size: {batch} and accumulate: {how.batch * how.accumulate // batch}")
            if parts:
                yield ", ".join(parts), replace(eased, batch=batch, accumulate=how.batch * how.accumulate // batch)


def other(how: Setting, adapters: bool = True) -> Iterator[Change]:
    """Changes after which something else is trained, or otherwise; each alone, then as small as it gets. Where a model
    is divided among processes, neither an optimizer nor weights in few bits are (`parallel.beyond_fsdp`)."""
    ways: list[Change] = []
    if "8bit" not in how.optimizer and not how.divided:
        ways.append(("optimizer: adamw_8bit", replace(how, optimizer="adamw_8bit")))
    length = how.length // 2
    while length >= SHORTEST:
        ways.append((f"sequence_length: {length}", replace(how, length=length)))
        length //= 2
    methods = () if not adapters else ("lora", "qlora") if how.rank is None else ("qlora",) if how.weight == 4 else ()
    for method in methods:
        if how.divided and method == "qlora":
            continue
        preset = load("stages", method)().setting(how.length, how.trained, half=how.half)
        kept = replace(preset, batch=how.batch, accumulate=how.accumulate, optimizer=how.optimizer)
        kept = replace(kept, processes=how.processes, divided=how.divided, shared=how.shared)
        ways.append((f"method: {method}", replace(kept, checkpointing=how.checkpointing or preset.checkpointing)))
    yield from ways
    for text, changed in ways:
        for more, smallest in list(same(changed))[-1:]:
            yield f"{text}, {more}", smallest


def _eased(how: Setting) -> Iterator[Change]:
    yield "", how
    if not how.checkpointing:
        yield "gradient_checkpointing: true", replace(how, checkpointing=True)


def _batches(how: Setting) -> list[int]:
    rows = how.batch * how.accumulate
    return [size for size in range(how.batch, 0, -1) if rows % size == 0 == size % how.processes]
