"""Requests through a generator: every answer kept as it is made, none asked for twice."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kcoder.errors import KcoderError
from kcoder.generator import Answer, Generator, Request
from kcoder.host import Host
from kcoder.plugin import name_of


def answered(
    generator: Generator, model: Path | None, requests: Mapping[str, Request], kept: Path, host: Host
) -> dict[str, Answer]:
    """The answer to every request, by id. Each batch stands in the file `kept` before the next is asked for, and none
    that stands there is asked for again.

    Raises KcoderError where the generator left requests without an answer.
    """
    answers = {answer.id: answer for answer in _kept(kept) if answer.id in requests}
    broken = kept.is_file() and kept.read_bytes()[-1:] not in (b"", b"\n")
    if answers:
        host.say(f"{len(answers):,} of {len(requests):,} completions are there already")
    kept.parent.mkdir(exist_ok=True)
    done = frozenset(answers)
    with generator.open(model, host) as complete, kept.open("ab") as written:
        if broken:  # a killed process left half a line; what follows must not be a part of it
            written.write(b"\n")
        for batch in complete(requests.values(), done=done):
            written.write(json.dumps([dataclasses.astuple(answer) for answer in batch]).encode() + b"\n")
            written.flush()
            os.fsync(written.fileno())
            answers |= {answer.id: answer for answer in batch if answer.id not in done}
    if missing := [name for name in requests if name not in answers]:
        raise KcoderError(f"{name_of(generator)} gave no answer to {len(missing)} prompts, {missing[0]} for one")
    return answers


def seed_of(seed: int, problem: str, sample: int) -> int:
    """The seed of one sample: no two share a stream of random numbers."""
    digest = hashlib.sha256(f"{seed}/{problem}/{sample}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _kept(file: Path) -> Iterator[Answer]:
    """The answers of whole batches that an earlier attempt has written down."""
    for line in file.read_bytes().split(b"\n") if file.is_file() else []:
        with contextlib.suppress(ValueError, TypeError):  # the last line of a process that was killed
            yield from [Answer(*each) for each in json.loads(line)]
