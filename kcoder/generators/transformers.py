"""A checkpoint answers, in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from kcoder.errors import UsageError
from kcoder.generator import Answer, Complete, Generator, Request
from kcoder.host import Host
from kcoder.plugin import option

if TYPE_CHECKING:
    from kcoder.training.checkpoint import Loaded


class Transformers(Generator):
    """Batches of requests, padded on the left, through `generate()` in float32.

    Greedy answers do not depend on the batch (they do in bfloat16). Sampled ones depend on which requests
    share a batch, and the same requests always share one.
    """

    revision: ClassVar[int] = 2

    batch: int = option(64, "prompts answered together", source="own choice, measured: as fast as 16", gt=0)

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
        # A checkpoint from the hub may bring sampling settings, which would fill what we leave open.
        loaded.model.generation_config = GenerationConfig()
        yield _Writer(loaded, self.batch, host)


class _Asked(NamedTuple):
    """What must be equal within a batch; `budget` is how many tokens there is room for."""

    budget: int
    temperature: float
    top_p: float
    stops: tuple[str, ...]


class _Writer:
    """Requests in, answers out: what stands between the words of the checkpoint's template and their end."""

    def __init__(self, loaded: Loaded, batch: int, host: Host) -> None:
        from kcoder.training.render import Renderer

        self.model, self.tokenizer, self.context = loaded.model, loaded.tokenizer, loaded.card.context
        self.batch, self.host = batch, host
        self.renderer = Renderer(loaded.card.template, loaded.tokenizer)
        self.ends, self.stop = self.renderer.ends(), self.renderer.stop()

    def __call__(self, requests: Iterable[Request]) -> Iterator[Answer]:
        waiting: list[tuple[_Asked, list[int], Request]] = []
        for request, ids in self._prompts(list(requests)):
            # Beyond its context CodeGen dies of an IndexError.
            budget = min(request.max_tokens, self.context - len(ids))
            if budget <= 0:
                yield Answer(request.id, "", "length", 0)
            else:
                waiting.append((_Asked(budget, request.temperature, request.top_p, request.stops), ids, request))
        waiting.sort(key=lambda one: (one[0], len(one[1])))
        done = 0
        for asked, group in groupby(waiting, key=lambda one: one[0]):
            alike = list(group)
            for at in range(0, len(alike), self.batch):
                self.host.check()
                part = alike[at : at + self.batch]
                yield from self._answers(asked, [ids for _, ids, _ in part], [request for *_, request in part])
                done += len(part)
                self.host.progress(f"{done:,} of {len(waiting):,} prompts completed")

    def _prompts(self, requests: Sequence[Request]) -> Iterator[tuple[Request, list[int]]]:
        from kcoder.training.render import Sample

        rendered = self.renderer([Sample(request.prompt) for request in requests])
        for request, (question, _) in zip(requests, rendered, strict=True):
            yield request, question or [self.tokenizer.eos_token_id]

    def _answers(self, asked: _Asked, prompts: list[list[int]], requests: list[Request]) -> Iterator[Answer]:
        import torch

        from kcoder.training.tokenizer import decode_after, padding

        pad, width = padding(self.tokenizer), max(map(len, prompts))
        ids = torch.tensor([[pad] * (width - len(row)) + row for row in prompts])
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in prompts])
        how: dict[str, Any] = {"do_sample": False}
        if asked.temperature > 0:
            # top_k is 50 where nobody says otherwise
            how = {"do_sample": True, "temperature": asked.temperature, "top_p": asked.top_p, "top_k": 0}
            torch.manual_seed(_seed(requests))
        stops = (*asked.stops, self.stop) if self.stop else asked.stops
        if stops:
            how["stopping_criteria"] = [_Stops(self.tokenizer, stops, width)]
        with torch.no_grad():
            written = self.model.generate(
                input_ids=ids.to(self.model.device),
                attention_mask=mask.to(self.model.device),
                max_new_tokens=asked.budget,
                eos_token_id=self.ends,
                pad_token_id=pad,
                **how,
            )
        for request, row in zip(requests, written[:, width:].tolist(), strict=True):
            tokens = [at for at, token in enumerate(row) if token in (*self.ends, pad)]
            kept = row[: tokens[0]] if tokens else row
            text = decode_after(self.tokenizer, kept)
            ended = bool(tokens) or any(stop in text for stop in stops)
            text = text.partition(self.stop)[0] if self.stop else text
            yield Answer(request.id, text, "stop" if ended else "length", len(kept))


class _Stops:
    """Tells generate() which rows hold a stop text. Only the newest tokens can have completed one."""

    def __init__(self, tokenizer: Any, stops: tuple[str, ...], width: int) -> None:
        # a token is at least one byte
        self.tokenizer, self.stops, self.width = tokenizer, stops, width
        self.newest = max(len(stop.encode()) for stop in stops)

    def __call__(self, ids: Any, scores: Any, **kwargs: Any) -> Any:
        import torch

        texts = self.tokenizer.batch_decode(ids[:, self.width :][:, -self.newest :])
        return torch.tensor([any(stop in text for stop in self.stops) for text in texts], device=ids.device)


def _seed(requests: Sequence[Request]) -> int:
    told = repr([(request.id, request.seed) for request in requests])
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:7], "big")
