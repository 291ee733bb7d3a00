"""A command that is carried out by a process which is started once for many programs, since it is slow to start: a
compiler.

It never executes anything of a program. It is kept in as programs are, in namespaces of processes and mounts of its
own, and no program can name it: it is given a program's files and gives back others over two pipes that only the
launcher holds.

On the wire: a request is two lists, of words and of files (name, content); an answer is a status, what the command
said, and a list of files. Numbers are 32 bits, the highest first; texts and lists come after their length. Before the
first request the server says a status of 0, no words and no files.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import struct
from pathlib import Path
from typing import Any

from kcoder.isolation import child
from kcoder.isolation.child import FAULT, Wire
from kcoder.isolation.levels import Level
from kcoder.isolation.limits import CHUNK, OURS

#: bytes of the longest answer
LONGEST = 64 << 20
#: statuses of an answer: done; not done, in words; out of memory. After others than the first two it is started anew
DONE, FAILED, MEMORY = 0, 1, 2
#: seconds of processor time that a server may take in its whole life
LIFE = 1 << 24


class LostError(Exception):
    """A server gives no answer; says why: "time", "memory", "output" or nothing, where it died."""


class Server:
    """The launcher's end of a server, which lives until it fails a request."""

    def __init__(self, wanted: Wire, limits: Wire, level: Level) -> None:
        self.limits = limits
        (asked, self._ask), (self._answers, answered) = os.pipe(), os.pipe()
        (errors, write_errors), (fault, write_fault) = os.pipe(), os.pipe()
        with level.room() as self.folder:
            write(self.folder, wanted["files"])
            self.pid = os.fork()
            if self.pid == 0:
                with child.failing(write_fault):
                    _become(wanted["command"], limits, level, (asked, answered, write_errors))
            OURS.add(self.pid)
            for descriptor in (asked, answered, write_errors, write_fault):
                os.close(descriptor)
            self._errors, self._fault = errors, fault
            self._watch = child.watch(self.pid, (errors,), limits, self.pid)
            self._heard = bytearray()
            try:
                self._answer()
            except LostError:
                self.close()
                raise

    def ask(self, words: list[str], files: dict[str, str]) -> tuple[int, str, dict[str, bytes]]:
        """Status, what was said, and files. Raises LostError."""
        listed = [*map(_text, words)], [(_text(name), _text(text)) for name, text in files.items()]
        told = _number(len(words)) + b"".join(listed[0])
        told += _number(len(files)) + b"".join(name + text for name, text in listed[1])
        self._watch.renew()
        try:
            while told:
                told = told[os.write(self._ask, told) :]
        except OSError:
            raise LostError("") from None
        return self._answer()

    def _answer(self) -> tuple[int, str, dict[str, bytes]]:
        self._heard.clear()
        status = self._next_number()
        said = self._next(self._next_number()).decode("utf-8", "replace")
        files = {}
        for _ in range(self._next_number()):
            name = self._next(self._next_number()).decode("utf-8", "replace")
            files[name] = self._next(self._next_number())
        return status, said, files

    def _next_number(self) -> int:
        return int(struct.unpack(">I", self._next(4))[0])

    def _next(self, count: int) -> bytes:
        if count > LONGEST:
            raise LostError("output")
        while len(self._heard) < count:
            why = self._watch.until(self._answers)
            if why == "abandoned":
                os._exit(1)
            data = os.read(self._answers, CHUNK) if why == "ready" else b""
            if not data:
                raise LostError(why.removesuffix("ready"))
            self._heard += data
        found = bytes(self._heard[:count])
        del self._heard[:count]
        return found

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        OURS.discard(self.pid)
        self._watch.close()
        for descriptor in (self._ask, self._answers, self._errors, self._fault):
            os.close(descriptor)


class Servers:
    """The server that was asked last: a launcher's programs are of one language."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._wanted: Wire = {}
        self._server: Server | None = None

    def done(self, step: Wire, files: dict[str, str]) -> tuple[Wire, dict[str, bytes]]:
        """How a command ended, as `child.ended` tells it, and the files it made."""
        why, said = "", ""
        made: dict[str, bytes] = {}
        try:
            server = self._started(step)
            status, said, made = server.ask(step["request"], files)
        except LostError as error:
            why, status = str(error), -signal.SIGKILL
        why = "memory" if status == MEMORY else why
        if status not in (DONE, FAILED):
            self.close()
        if any(Path(name).is_absolute() or ".." in Path(name).parts for name in made):
            status, made = FAILED, {}
        return child.told(status, why, b"", said.encode()), made

    def _started(self, step: Wire) -> Server:
        if self._server is not None and self._wanted == step["server"]:
            return self._server
        self.close()
        self._server = Server(step["server"], step, self._level)
        self._wanted = step["server"]
        return self._server

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def write(folder: str, files: dict[str, Any]) -> None:
    """Files, of text or bytes, into a folder."""
    for name, content in files.items():
        place = Path(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)


def _become(command: list[str], limits: Wire, level: Level, descriptors: tuple[int, int, int]) -> None:
    """In the child: confined, the first of its namespaces."""
    asked, answered, errors = descriptors
    level.keep()
    child.settled(level.folder, answered, errors)
    os.dup2(asked, 0)
    os.closerange(3, FAULT)
    os.closerange(FAULT + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    environment = os.environ | {"HOME": level.folder, "TMPDIR": level.folder}
    level.confine(limits | {"seconds": LIFE}, last=False)
    os.execvpe(command[0], command, environment)


def _number(value: int) -> bytes:
    return struct.pack(">I", value)


def _text(text: str) -> bytes:
    coded = text.encode("utf-8", "replace")
    return _number(len(coded)) + coded
