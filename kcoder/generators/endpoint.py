"""A server answers that speaks as OpenAI's does: OpenAI, `vllm serve`, llama.cpp, `transformers serve`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import field_validator

from kcoder.errors import KcoderError, UsageError, choice
from kcoder.generator import Answer, Complete, Generator, Request
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.remote import Faulty, Server

#: stop texts that OpenAI's servers take; the end of a completion is found afterwards all the same
STOPS = 4
#: seconds of a request for the list of models
LISTING = 10.0


class Endpoint(Generator):
    """Samples of one prompt are asked for together, several such requests at a time.

    Seeds are sent. No server promises that the same seed gives the same answer, so a run that is stopped goes on with
    what it has, and what it has is the record. Tokens are the server's own count; those of answers that came together
    are shared out evenly.
    """

    unkeyed: ClassVar[frozenset[str]] = frozenset({"key", "concurrency", "retries", "timeout"})
    own_model: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False

    url: str = option(help="up to /v1: http://127.0.0.1:8000/v1", min_length=1)
    model: str = option(help="its name there; an answer by another model is refused", min_length=1)
    form: Literal["completions", "chat"] = option(
        "completions", "the prompt is continued, or asked for in words", source="own choice"
    )
    words: str = option(
        "Complete this code. Answer with the whole of it in one code block.\n\n{prompt}",
        "what a chat is asked; {prompt} is the problem's",
        source="own choice",
    )
    key: str = option(
        "OPENAI_API_KEY", "the environment variable that holds the key; empty for none", source="OpenAI's clients"
    )
    together: int = option(16, "samples of one prompt in one request at most", source="own choice", ge=1, le=128)
    concurrency: int = option(4, "requests at a time", source="own choice", ge=1, le=256)
    retries: int = option(6, "attempts after the first", source="own choice", ge=0, le=20)
    timeout: float = option(300.0, "seconds a server may be silent", source="own choice", gt=0)

    @field_validator("url")
    @classmethod
    def _plain(cls, url: str) -> str:
        told = urlsplit(url)
        if told.scheme not in ("http", "https") or not told.hostname:
            raise ValueError("expected an address such as http://127.0.0.1:8000/v1")
        if told.username or told.password or told.query:
            raise ValueError("a key has no place in an address: it comes from an environment variable, key: NAME")
        return url.rstrip("/")

    @field_validator("key")
    @classmethod
    def _a_name(cls, key: str) -> str:
        if key and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", key):
            raise ValueError("expected the name of an environment variable, never the key itself: OPENAI_API_KEY")
        return key

    @field_validator("words")
    @classmethod
    def _with_a_place(cls, words: str) -> str:
        if "{prompt}" not in words:
            raise ValueError("there is no {prompt} in it")
        return words

    @contextmanager
    def open(self, model: Path | None, host: Host) -> Iterator[Complete]:
        if model is not None:
            raise UsageError("the generator endpoint answers with its own model, not with a checkpoint")
        yield _Asker(self, host)


class _Asker:
    """Requests in, answers out: in threads, as many as there may be requests at a time."""

    def __init__(self, asked: Endpoint, host: Host) -> None:
        self.asked, self.host = asked, host
        self.server = Server(asked.url, asked.key, host, asked.timeout, asked.retries)
        self.counts: Counter[str] = Counter()

    def __call__(self, requests: Iterable[Request], done: Container[str] = frozenset()) -> Iterator[Sequence[Answer]]:
        """Where a request fails, what the others brought is handed out before that is told: it has been paid for."""
        waiting = self._together([request for request in requests if request.id not in done])
        if not waiting:
            return
        self._require_model()
        failure: BaseException | None = None
        todo, pending = iter(waiting), set[Future[list[Answer]]]()
        with ThreadPoolExecutor(self.asked.concurrency) as pool:
            while True:
                while failure is None and len(pending) < self.asked.concurrency and (part := next(todo, None)):
                    pending.add(pool.submit(self._answers, part))
                if not pending:
                    break
                ready, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                try:
                    for each in ready:
                        if not each.exception():
                            yield each.result()
                    self.host.check()
                    failure = failure or next(filter(None, (each.exception() for each in ready)), None)
                except GeneratorExit:
                    self.server.halt.set()
                    raise
                except KcoderError as stopped:  # the person asked to stop
                    failure = failure or stopped
                if failure:
                    self.server.halt.set()
        self.host.say(f"{self.asked.model}: {', '.join(f'{n:,} {what}' for what, n in sorted(self.counts.items()))}")
        if failure:
            raise failure

    def _together(self, requests: Sequence[Request]) -> list[list[Request]]:
        """Requests that differ in their seeds alone, at most `together` of them, in the order they came in."""
        alike: dict[Any, list[Request]] = {}
        for each in requests:
            how = (each.prompt, each.suffix, each.temperature, each.top_p, each.max_tokens, each.stops)
            alike.setdefault(how, []).append(each)
        most = self.asked.together
        return [group[at : at + most] for group in alike.values() for at in range(0, len(group), most)]

    def _require_model(self) -> None:
        """Raises UsageError where the server lists its models and this one is not among them. Not all do."""
        asked = self.asked
        server = Server(asked.url, asked.key, self.host, min(LISTING, asked.timeout), asked.retries)
        try:
            told = server.get("/models")
        except UsageError:
            return
        listed = told.get("data") if isinstance(told, dict) else None
        names = [str(each["id"]) for each in listed or () if isinstance(each, dict) and "id" in each]
        if names and asked.model not in names:
            raise UsageError(f"{asked.url}: there is no model {asked.model}", choice(asked.model, names))

    def _answers(self, part: list[Request]) -> list[Answer]:
        """An answer for each. A server that gives fewer than were asked for is asked again for the others."""
        answers: list[Answer] = []
        while len(answers) < len(part):
            left = part[len(answers) :]
            path = "/completions" if self.asked.form == "completions" else "/chat/completions"
            found = self.server.post(path, self._body(left), self._read)
            texts, tokens = found[: len(left)], found[0].tokens
            self.counts["tokens of prompts"] += found[0].prompt_tokens
            for number, (request, told) in enumerate(zip(left, texts, strict=False)):
                share = tokens // len(texts) + (number < tokens % len(texts))
                self.counts[f"ended by {told.finish}"] += 1
                self.counts["tokens of answers"] += share
                prompt = found[0].prompt_tokens if not number else 0
                answers.append(Answer(request.id, told.text, told.finish, share, prompt))
        self.host.progress(f"{self.counts['tokens of answers']:,} tokens written")
        return answers

    def _body(self, part: Sequence[Request]) -> dict[str, Any]:
        first = part[0]
        told: dict[str, Any] = {
            "model": self.asked.model,
            "n": len(part),
            "max_tokens": first.max_tokens,
            "temperature": first.temperature,
            "top_p": first.top_p,
            "seed": first.seed,
        }
        if first.stops and self.asked.form == "completions":  # in a chat they would end the words before the code
            told["stop"] = list(first.stops[:STOPS])
        if self.asked.form == "completions":
            return told | {"prompt": first.prompt} | ({"suffix": first.suffix} if first.suffix is not None else {})
        if first.suffix is not None:
            raise UsageError("a chat cannot be asked to fill a hole", "form: completions, or no infill")
        asked = self.asked.words.replace("{prompt}", first.prompt)
        return told | {"messages": [{"role": "user", "content": asked}]}

    def _read(self, told: Any) -> list[Answer]:
        """The choices of a reply; the first carries the tokens of all. Raises Faulty for what is no such reply, and
        UsageError where another model gave it."""
        choices = told.get("choices") if isinstance(told, dict) else None
        if not isinstance(choices, list) or not choices or not all(isinstance(each, dict) for each in choices):
            raise Faulty("an answer without choices")
        by = told.get("model", self.asked.model)
        if by != self.asked.model:
            raise UsageError(
                f"{self.asked.url}: asked for {self.asked.model}, but {by} answered",
                f"name what answers, so that the record is right: model: {by}",
            )
        usage = told.get("usage") if isinstance(told.get("usage"), dict) else {}
        written, read = (_count(usage, name) for name in ("completion_tokens", "prompt_tokens"))
        return [
            Answer("", _text(each), str(each.get("finish_reason") or "stop"), written, read)
            for each in sorted(choices, key=lambda each: _count(each, "index"))
        ]


def _count(told: dict[str, Any], name: str) -> int:
    found = told.get(name)
    return found if isinstance(found, int) and found > 0 else 0


def _text(told: dict[str, Any]) -> str:
    """The text of a choice; of a refusal, which has none, its words."""
    message = told.get("message")
    if isinstance(message, dict):
        return str(message.get("content") or message.get("refusal") or "")
    if not isinstance(told.get("text"), str):
        raise Faulty("a choice without a text")
    return str(told["text"])
