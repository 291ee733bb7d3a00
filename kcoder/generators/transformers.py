"""A checkpoint answers, in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from kcoder.errors import UsageError
from kcoder.generator import Answer, Complete, Generator, Request
from kcoder.host import Host
from kcoder.plugin import option


class Transformers(Generator):
    """Batches of requests, padded on the left, through `generate()` in float32.

    Greedy answers do not depend on the batch (they do in bfloat16). Sampled ones depend on the seeds of the batch
    they are in, so the same requests give the same answers.
    """

    batch: int = option(64, "prompts answered together", source="own choice, measured: 64 is as fast as 16", gt=0)

    @contextmanager
    def open(self, model: Path | None, host: Host) -> Iterator[Complete]:
        if model is None:
            raise UsageError("the generator transformers needs a checkpoint")
        from transformers import GenerationConfig

        from kcoder.training.card import read_card
        from kcoder.training.checkpoint import load
        from kcoder.training.machine import settle

        machine = settle(host, read_card(model).parameters)
        loaded = load(model, machine.device)
        # A checkpoint from the hub brings sampling settings of its own, which would fill what we leave open.
        loaded.model.generation_config = GenerationConfig()
        yield _Writer(loaded.model, loaded.tokenizer, loaded.card.context, self.batch, host)


class _Writer:
    """Requests in, answers out; raw text without the prompt and without marks of the tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, context: int, batch: int, host: Host) -> None:
        from kcoder.training.tokenizer import padding

        self.model, self.tokenizer, self.context, self.batch, self.host = model, tokenizer, context, batch, host
        self.pad = padding(tokenizer)

    def __call__(self, requests: Iterable[Request]) -> Iterator[Answer]:
        from kcoder.training.tokenizer import encode, opening

        told = list(requests)
        first = opening(self.tokenizer)
        prompts = [[*first, *ids] or [self.tokenizer.eos_token_id] for ids in encode(self.tokenizer, [r.prompt for r in told])]
        done = 0
        for (budget, *_), group in groupby(sorted(zip(told, prompts, strict=True), key=self._alike), key=self._alike_key):
            members = list(group)
            for at in range(0, len(members), self.batch):
                self.host.check()
                part = members[at : at + self.batch]
                yield from self._answers(part, budget)
                done += len(part)
                self.host.progress(f"completed {done:,} of {len(told):,}")
