"""JSON to and from a server: tried again where that can help, and never telling the key.

What is not promised: a server may bill an answer that was lost on its way.
"""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import json
import os
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from kcoder.errors import KcoderError, MachineLacksError, UsageError
from kcoder.host import Host

#: statuses after which the same request may succeed
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
#: seconds: the first wait doubles with each attempt up to the longest; a server may ask for more, up to the last
FIRST, LONGEST, ASKED = 1.0, 60.0, 600.0
#: characters of what a server said that are told
WORDS = 300


class Faulty(Exception):  # noqa: N818 - what is wrong with one attempt, not what a person is told
    """An attempt that failed, and may succeed the next time. `wait` is what the server asked for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key goes to the server it was given for, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class Server:
    """A server at `url`. `key` is the name of the environment variable that holds the key to it, if it needs one."""

    url: str
    key: str
    host: Host
    timeout: float = 120.0
    retries: int = 6
    #: set where the others shall stop trying
    halt: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        # a server on this machine is not asked through a proxy
        proxies = [urllib.request.ProxyHandler({})] if _is_here(self.url) else []
        self._open = urllib.request.build_opener(*proxies, _NoRedirect).open
        self._secret = os.environ.get(self.key, "") if self.key else ""

    def get(self, path: str) -> Any:
        return self._asked("GET", path, None, lambda told: told)

    def post(self, path: str, body: Any, read: Callable[[Any], Any] = lambda told: told) -> Any:
        """What the server answers, as `read` takes it. An answer in which `read` raises Faulty is asked for again.

        Raises UsageError for what is asked wrongly, MachineLacksError where there is no server or no key to it, and
        KcoderError for an answer that stays faulty.
        """
        return self._asked("POST", path, body, read)

    def _asked(self, method: str, path: str, body: Any, read: Callable[[Any], Any]) -> Any:
        for attempt in range(self.retries + 1):
            try:
                return read(self._once(method, path, body))
            except Faulty as fault:
                told, wait = self._hidden(str(fault)), fault.wait
            if attempt < self.retries:
                delay = min(LONGEST, FIRST * 2**attempt) * random.uniform(0.5, 1.0)
                delay = delay if wait is None else max(wait, 0.0)
                self.host.say(f"{self.url}: {told}; again in {delay:.0f} s")
                self._sleep(delay)
        raise MachineLacksError(
            f"{self.url}: {told}; {self.retries + 1} attempts",
            "is the server running? what was answered is kept: run the same command again",
        )

    def _once(self, method: str, path: str, body: Any) -> Any:
        headers = {"Accept": "application/json", "User-Agent": "kcoder"}
        if self._secret:
            headers["Authorization"] = f"Bearer {self._secret}"
        data = None
        if body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url.rstrip('/')}{path}", data, headers, method=method)
        try:
            with self._open(request, timeout=self.timeout) as response:
                content = response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except (OSError, http.client.HTTPException) as error:  # refused, cut, timed out, no such name
            reason = getattr(error, "reason", None) or error
            raise Faulty(f"no answer ({type(reason).__name__}: {reason})".replace(": )", ")")) from None
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise Faulty(f"the answer is no JSON: {content[:60]!r}") from None

    def _refusal(self, error: urllib.error.HTTPError) -> Exception:
        """What an HTTP status means for the person, or for the next attempt."""
        try:
            content = error.read()
        except (OSError, http.client.HTTPException):
            content = b""
        words, code = _said(content)
        told = self._hidden(f"{error.code} {words or error.reason}")
        where = f"{self.url}: {told}"
        if error.code in (401, 403):
            if not self.key:
                return MachineLacksError(where, "name the environment variable that holds the key: key: NAME")
            there = "is set, but refused" if self._secret else "is not set"
            return MachineLacksError(where, f"the environment variable {self.key} {there}")
        if code == "insufficient_quota":
            return KcoderError(where, "no credit is left there; what was answered is kept")
        if error.code in AGAIN:
            return Faulty(told, _retry_after(error.headers.get("Retry-After")))
        if 300 <= error.code < 400:
            return UsageError(f"{where}: it moved to {error.headers.get('Location', 'another place')}", "say url: so")
        return UsageError(where, "look at url, model and the options of the generator")

    def _sleep(self, seconds: float) -> None:
        """Raises InterruptedRun where the person asks to stop meanwhile, KcoderError where the others have failed."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.host.check()
            if self.halt.wait(min(left, 0.2)):
                raise KcoderError(f"{self.url}: given up, since another request failed")

    def _hidden(self, text: str) -> str:
        """The text without the key, which a server may repeat."""
        return text.replace(self._secret, "***") if self._secret else text


def _said(content: bytes) -> tuple[str, str]:
    """The words of an error, and its code: {"error": {"message": ..., "code": ...}}, as far as it is that."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return content[:WORDS].decode("utf-8", "replace").strip().partition("\n")[0], ""
    inner = told.get("error", told) if isinstance(told, dict) else told
    if not isinstance(inner, dict):
        return str(inner)[:WORDS], ""
    words = inner.get("message") or inner.get("detail") or ""
    return " ".join(str(words).split())[:WORDS], str(inner.get("code") or inner.get("type") or "")


def _retry_after(told: str | None) -> float | None:
    """Seconds, from seconds or a date; none that cannot be read, and never more than ASKED."""
    if not told:
        return None
    try:
        return min(ASKED, max(0.0, float(told)))
    except ValueError:
        pass
    try:
        return min(ASKED, max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time()))
    except (ValueError, TypeError):
        return None


def _is_here(url: str) -> bool:
    name = urlsplit(url).hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
