"""What completes prompts: a local model, a server, a file of answers."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from kcoder.host import Host
from kcoder.plugin import Plugin


@dataclass(frozen=True)
class Request:
    """A prompt with the sampling wanted. `seed` makes the answer repeatable.

    The prompt is the problem's own. A generator that opens a checkpoint renders it through the template in the
    checkpoint's card, as training did. With a `suffix` the answer is what belongs between the two
    (fill-in-the-middle), and stands in no template.

    An answer ends before the first of `stops`, and where `ended` says so of what is written so far: how many characters
    of it count, or None while it must go on. That saves time and loses nothing: a generator need not ask.
    """

    id: str
    prompt: str
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    seed: int = 0
    stops: tuple[str, ...] = ()
    suffix: str | None = None
    ended: Callable[[str], int | None] | None = None


@dataclass(frozen=True)
class Answer:
    """A raw completion without its prompt. `finish` is "stop" or "length", or what else a server says ended it.

    `prompt_tokens` is what a server counted of the prompt, once for all answers that were made of it together.
    """

    id: str
    text: str
    finish: str
    tokens: int
    prompt_tokens: int = 0


class Complete(Protocol):
    """Requests in, answers out in any order, matched by id: those that were made together, together.

    What is made together is the unit of resuming. The same requests are always put together in the same way, and
    where every id of such a batch is in `done` it is passed over: what is made after an interruption is equal to what
    would have been made without it.
    """

    def __call__(
        self, requests: Iterable[Request], done: Container[str] = frozenset()
    ) -> Iterator[Sequence[Answer]]: ...


class Generator(Plugin):
    """Opens a way to complete prompts with a checkpoint (None where it brings its own model)."""

    group: ClassVar[str] = "generators"
    #: whether it brings its own model, so that there is no checkpoint to open
    own_model: ClassVar[bool] = False
    #: whether the same request gives the same answer again
    repeatable: ClassVar[bool] = True

    def open(self, model: Path | None, host: Host) -> AbstractContextManager[Complete]:
        raise NotImplementedError
