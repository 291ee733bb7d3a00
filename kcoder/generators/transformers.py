"""A checkpoint answers, in this process."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from kcoder.errors import UsageError
from kcoder.generator import Answer, Complete, Generator, Request
from kcoder.host import Host
from kcoder.plugin import option

if TYPE_CHECKING:
    from kcoder.training.checkpoint import Loaded


class Transformers(Generator):
    """Batches of requests, padded on the left, through `generate()`. A prompt that is asked for several times is read
    once (1.7 times as fast for 512 tokens and 16 samples).

    Each answer draws from a stream of random numbers of its own, so that in float32 it does not depend on what it
    shares a batch with; in bfloat16 the model's numbers themselves do, and only equal batches give equal answers.
    """

    revision: ClassVar[int] = 6

    batch: int = option(64, "answers made together", source="own choice, measured: as fast as 16", gt=0)
    precision: Literal["fp32", "bf16", "auto"] = option(
        "fp32", "numbers of the model; auto is bf16 where a GPU has it", source="own choice: independent of the batch"
    )

    @contextmanager
    def open(self, model: Path | None, host: Host) -> Iterator[Complete]:
        if model is None:
            raise UsageError("the generator transformers needs a checkpoint")
        import torch
        from transformers import GenerationConfig

        from kcoder.training.card import read_card
        from kcoder.training.checkpoint import load
        from kcoder.training.machine import settle

        machine = settle(host, read_card(model).parameters, self.precision)
        loaded = load(model, machine.device)
        if machine.dtype == "bfloat16":
            loaded.model.to(torch.bfloat16)
        # A checkpoint from the hub may bring sampling settings, which would fill what we leave open.
        loaded.model.generation_config = GenerationConfig()
        yield _Writer(loaded, self.batch, host)


class _Asked(NamedTuple):
    """What must be equal within a batch; `budget` is how many tokens there is room for."""

    budget: int
    temperature: float
    top_p: float
    stops: tuple[str, ...]
    fills: bool = False


class _Waiting(NamedTuple):
    """A request with its prompt as tokens."""

    asked: _Asked
    ids: tuple[int, ...]
    request: Request


class _Writer:
    """Requests in, answers out: what stands between the words of the checkpoint's template and their end."""

    def __init__(self, loaded: Loaded, batch: int, host: Host) -> None:
        from kcoder.training.marks import closing
        from kcoder.training.render import Renderer

        self.model, self.tokenizer, self.context = loaded.model, loaded.tokenizer, loaded.card.context
        self.batch, self.host = batch, host
        self.renderer = Renderer(loaded.card.template, loaded.tokenizer)
        self.ends = sorted({*self.renderer.ends(), *closing(loaded.tokenizer)})
        self.stop = self.renderer.stop()
        #: how a hole is put before the model, once there is one, and the tokens that end its filling
        self.filler, self.filling = self.renderer, list[int]()

    def __call__(self, requests: Iterable[Request], done: Container[str] = frozenset()) -> Iterator[Sequence[Answer]]:
        full, waiting = self._prompts(list(requests))
        if not all(answer.id in done for answer in full):
            yield full
        # samples of one prompt stand together, and prompts of one length near each other
        waiting.sort(key=lambda one: (one.asked, len(one.ids), one.ids, one.request.id))
        made = 0
        for asked, group in groupby(waiting, key=lambda one: one.asked):
            alike = list(group)
            for at in range(0, len(alike), self.batch):
                self.host.check()
                part = alike[at : at + self.batch]
                if not all(one.request.id in done for one in part):
                    yield list(self._answers(asked, part))
                made += len(part)
                self.host.progress(f"{made:,} of {len(waiting):,} prompts completed")

    def _prompts(self, requests: Sequence[Request]) -> tuple[list[Answer], list[_Waiting]]:
        """Those that leave no room in the model's context, answered with nothing; and the others."""
        full, waiting = [], []
        for request, told in zip(requests, self._rendered(requests), strict=True):
            ids = tuple(told or [self.tokenizer.eos_token_id])
            # Beyond its context CodeGen dies of an IndexError.
            budget = min(request.max_tokens, self.context - len(ids))
            fills = request.suffix is not None
            asked = _Asked(budget, request.temperature, request.top_p, request.stops, fills)
            if budget > 0:
                waiting.append(_Waiting(asked, ids, request))
            else:
                full.append(Answer(request.id, "", "length", 0))
        return full, waiting

    def _rendered(self, requests: Sequence[Request]) -> list[list[int]]:
        """The tokens of each prompt in the template's words; of one with a suffix, between the tokenizer's marks."""
        from kcoder.training.infill import Hole
        from kcoder.training.render import Renderer, Sample

        holes = [Sample("", r.prompt + r.suffix, "", Hole(len(r.prompt), len(r.prompt), "psm"))
                 for r in requests if r.suffix is not None]  # fmt: skip
        if holes and not self.filling:
            from kcoder.training.marks import ends_of_filling, marks_in

            marks = self.renderer.template.fim or marks_in(self.tokenizer)
            self.filler = Renderer(replace(self.renderer.template, fim=marks), self.tokenizer)
            self.filling = ends_of_filling(self.tokenizer, marks)
        plain = iter(self.renderer([Sample(r.prompt) for r in requests if r.suffix is None]))
        filled = iter(self.filler(holes) if holes else [])
        return [next(plain).question if r.suffix is None else [*chain(*next(filled))] for r in requests]

    def _answers(self, asked: _Asked, part: Sequence[_Waiting]) -> Iterator[Answer]:
        import torch

        from kcoder.training.tokenizer import decode_after, padding

        pad, width = padding(self.tokenizer), max(len(one.ids) for one in part)
        ids = torch.tensor([[pad] * (width - len(one.ids)) + list(one.ids) for one in part])
        mask = torch.tensor([[0] * (width - len(one.ids)) + [1] * len(one.ids) for one in part])
        ids, mask = ids.to(self.model.device), mask.to(self.model.device)
        how: dict[str, Any] = {}
        if asked.temperature > 0:
            how["logits_processor"] = [_Draw(asked, [one.request.seed for one in part], width)]
        ends, stop = (self.filling, "") if asked.fills else (self.ends, self.stop)
        stops = (*asked.stops, stop) if stop else asked.stops
        asking = _Ended(self.tokenizer, [one.request.ended for one in part], width)
        how["stopping_criteria"] = [
            *([_Stops(self.tokenizer, stops, width)] if stops else ()),
            *([asking] if any(asking.asked) else ()),
        ]
        with torch.no_grad():
            written = self.model.generate(
                input_ids=ids,
                attention_mask=mask,
                past_key_values=self._read_once(ids, mask, [one.ids for one in part], asked.budget),
                do_sample=False,
                max_new_tokens=asked.budget,
                eos_token_id=ends,
                pad_token_id=pad,
                **how,
            )
        for number, (one, row) in enumerate(zip(part, written[:, width:].tolist(), strict=True)):
            tokens = [at for at, token in enumerate(row) if token in (*ends, pad)]
            kept = row[: tokens[0]] if tokens else row
            text = decode_after(self.tokenizer, kept)
            places = [at for stop in stops if (at := text.find(stop)) >= 0]
            places += [asking.found[number]] if number in asking.found else []
            ended = bool(tokens or places)
            yield Answer(one.request.id, text[: min(places, default=None)], "stop" if ended else "length", len(kept))

    def _read_once(self, ids: Any, mask: Any, prompts: Sequence[tuple[int, ...]], budget: int) -> Any:
        """What the model remembers, with room for the answers: of all but the last token of each row, where prompts
        repeat, read once for each; else of nothing yet."""
        import torch

        from kcoder.training.cache import roomy

        cache = roomy(self.model.config, ids.shape[1] + budget)
        first = {prompt: row for row, prompt in reversed(list(enumerate(prompts)))}
        # what a state space model carries on cannot be chosen row by row
        rowwise = all(hasattr(layer, "batch_select_indices") for layer in cache.layers)
        if len(first) == len(prompts) or ids.shape[1] == 1 or not rowwise:
            return cache
        rows = sorted(first.values())
        before, seen = ids[rows, :-1], mask[rows, :-1]
        positions = (seen.cumsum(-1) - 1).clamp(min=0)
        self.model(
            input_ids=before, attention_mask=seen, position_ids=positions, past_key_values=cache, use_cache=True,
            logits_to_keep=1,
        )  # fmt: skip
        place = {row: at for at, row in enumerate(rows)}
        cache.batch_select_indices(torch.tensor([place[first[prompt]] for prompt in prompts], device=ids.device))
        return cache


class _Draw:
    """Draws each row's next token with a random number of its own stream, and leaves the others no chance.

    One number for each token, counted off the cumulative shares of the tokens by likelihood: the same distribution as
    by noise on every token (Gumbel), for a thousandth of the random numbers. `top_p` keeps the likeliest tokens up to
    and with the one that reaches this share.
    """

    def __init__(self, asked: _Asked, seeds: Sequence[int], width: int) -> None:
        import numpy as np
        import torch

        streams = [np.random.Generator(np.random.Philox(seed)).random(asked.budget) for seed in seeds]
        self.numbers = torch.from_numpy(np.stack(streams))
        self.temperature, self.top_p, self.width = asked.temperature, asked.top_p, width

    def __call__(self, ids: Any, scores: Any) -> Any:
        import torch

        shares = torch.softmax(scores.float() / self.temperature, dim=-1).double()
        likely, tokens = shares.sort(dim=-1, descending=True, stable=True)
        upto = likely.cumsum(dim=-1)
        last = (upto < self.top_p).sum(dim=-1, keepdim=True).clamp(max=upto.shape[-1] - 1)
        drawn = self.numbers[:, ids.shape[1] - self.width].to(upto.device).unsqueeze(1) * upto.gather(1, last)
        place = torch.searchsorted(upto, drawn, right=True).minimum(last)
        chosen = torch.full_like(scores, -torch.inf)
        return chosen.scatter(1, tokens.gather(1, place), 0.0)


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


class _Ended:
    """Asks of each row, at the end of a line, whether its answer has ended, and notes where. What is said of a row
    depends on that row alone."""

    def __init__(self, tokenizer: Any, asked: Sequence[Callable[[str], int | None] | None], width: int) -> None:
        self.tokenizer, self.asked, self.width = tokenizer, asked, width
        self.found: dict[int, int] = {}

    def __call__(self, ids: Any, scores: Any, **kwargs: Any) -> Any:
        import torch

        from kcoder.training.tokenizer import decode_after

        newest = self.tokenizer.batch_decode(ids[:, -1:])
        for row, ask in enumerate(self.asked):
            if ask and row not in self.found and "\n" in newest[row]:
                at = ask(decode_after(self.tokenizer, ids[row, self.width :].tolist()))
                self.found |= {} if at is None else {row: at}
        return torch.tensor([row in self.found for row in range(len(self.asked))], device=ids.device)
