"""A Python program in a process of its own, and the tests that call it from another.

The program's side defines the candidate and answers calls; it never holds the tests. The tests' side runs here, in the
process that nothing from the program reaches but plain values (`values.py`): its asserts, its comparisons, its
standard library. The two talk in JSON lines over two pipes.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from kcoder.isolation.limits import Watch
from kcoder.isolation.values import Foreign, Stream, heard, told

#: descriptors of the program's side, out of the way of those that a program opens
ASKED, ANSWERED = 198, 199
#: bytes of one answer, and of what the tests say; of all answers of a program
LONGEST_ANSWER, ALL_ANSWERS = 16 << 20, 64 << 20
MESSAGE = 200
#: names that are the tests' own, whatever a program calls its things
OWN = frozenset(dir(builtins))
#: exceptions that would not be raised but end a loop over what raises them
SILENT = (StopIteration, StopAsyncIteration)
#: a name that its programs find themselves under
MODULE = "candidate"

Wire = dict[str, Any]


class DiedError(BaseException):
    """The program ended, or said what no program of ours says."""


class EndedError(BaseException):
    """The program was ended, with why: time, output, abandoned."""


# ---- the program's side -------------------------------------------------------------------------------------


def given() -> str:
    """The program, which comes before all calls."""
    text = b""
    while not text.endswith(b"\n") and (data := os.read(ASKED, 1 << 16)):
        text += data
    return json.loads(text)  # type: ignore[no-any-return]


def serve(code: str, seed: int) -> NoReturn:
    """Define the program, then answer calls until there are no more. Never returns."""
    module = type(sys)(MODULE)
    sys.modules[MODULE] = module
    names = module.__dict__
    answer = _Answers(names)
    try:
        compiled = compile(code, f"{MODULE}.py", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        answer.give({"build": str(error)[:MESSAGE], "class": type(error).__name__})
        os._exit(0)
    if "random" in sys.modules:
        sys.modules["random"].seed(seed)
    try:
        exec(compiled, names)
        answer.give({"names": answer.public()})
    except BaseException as error:
        answer.give(_raised(error))
        os._exit(0)
    answer.serve()
    os._exit(0)


class _Answers:
    """Reads calls and writes what came of them. Takes all it needs before a program can replace it."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.stayed: list[Any] = []
        self.numbers: dict[int, int] = {}
        self._loads, self._dumps, self._write, self._read = json.loads, json.dumps, os.write, os.read
        self._rest = b""

    def keep(self, value: Any) -> int:
        """The number of an object that stays here. It is held, so that no other gets its address."""
        number = self.numbers.setdefault(id(value), len(self.stayed))
        if number == len(self.stayed):
            self.stayed.append(value)
        return number

    def object(self, number: int) -> Any:
        return self.stayed[number]

    def public(self) -> dict[str, Any]:
        """Every name of the program, a module by its own name."""
        names = {name: value for name, value in list(self.names.items()) if not name.startswith("__")}
        module = type(sys)
        return {
            name: {"module": str(value.__name__)} if type(value) is module else told(value, self.keep)
            for name, value in names.items()
        }

    def give(self, wire: Wire) -> None:
        try:
            data = self._dumps(wire).encode() + b"\n"
        except (ValueError, RecursionError, MemoryError):
            data = b'{"raised": "ValueError", "message": "an answer that cannot be told"}\n'
        while data:
            data = data[self._write(ANSWERED, data) :]

    def serve(self) -> None:
        while line := self._line():
            call = self._loads(line)
            try:
                function = self.object(call["of"])
                arguments = [heard(each, self.object) for each in call["arguments"]]
                named = {name: heard(each, self.object) for name, each in call["named"].items()}
                result = told(function(*arguments, **named), self.keep)
                changed = [told(each, self.keep) for each in arguments]
                self.give({"result": result} | ({"changed": changed} if changed != call["arguments"] else {}))
            except BaseException as error:
                self.give(_raised(error))

    def _line(self) -> bytes:
        while b"\n" not in self._rest:
            data = self._read(ASKED, 1 << 16)
            if not data:
                return b""
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line


def _raised(error: BaseException) -> Wire:
    """An exception by name and message, and the built-in classes it is made from."""
    try:
        message = str(error)
    except BaseException:
        message = ""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    line = 0
    trace = error.__traceback__
    while trace:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == f"{MODULE}.py" else line
        trace = trace.tb_next
    try:
        arguments = [told(each) for each in error.args]
    except BaseException:
        arguments = []
    told_of = {"raised": type(error).__name__, "message": message[:MESSAGE], "kinds": kinds, "line": line}
    return told_of | {"arguments": arguments}


# ---- the tests' side ----------------------------------------------------------------------------------------


class CandidateError(Exception):
    """An exception of a class that is not built in."""


class Judge:
    """Runs tests against the program behind two pipes. `watch` tells when it has taken too much. `entry` is the one
    function that may be called like a built-in one."""

    def __init__(self, watch: Watch, ask: int, answers: int, entry: str = "") -> None:
        self.watch, self._ask, self._answers, self.entry = watch, ask, answers, entry
        self.said: list[Any] = []
        self.last: Wire = {}
        self._left = ALL_ANSWERS
        self._over: BaseException | None = None

    def give(self, code: str) -> None:
        """Tell the program its own code. Raises DiedError and EndedError."""
        self._say(json.dumps(code).encode() + b"\n")

    def judge(self, tests: str) -> Wire:
        """What came of the tests: `finished`, or how it ended. Raises DiedError and EndedError."""
        loaded = self._heard()
        if "names" not in loaded:
            return _built(loaded) if "build" in loaded else _failed(loaded)
        names: dict[str, Any] = {"__name__": "tests", "say": self.said.append}
        hidden = OWN | names.keys() - {self.entry}
        try:
            found = {name: wire for name, wire in loaded["names"].items() if name == self.entry or name not in hidden}
            names |= {name: self._local(wire) for name, wire in found.items()}
        except (ValueError, AttributeError, TypeError, RecursionError, MemoryError) as error:
            raise DiedError("names that are none") from error
        try:
            exec(compile(tests, "tests.py", "exec"), names)
            self._alive()
        except (DiedError, EndedError):
            raise
        except BaseException as error:
            self._alive()
            if getattr(error, "_of_program", False):
                return self.last
            if isinstance(error, AssertionError):
                return {"wrong": str(error)[:MESSAGE]}
            return {"tests": f"{type(error).__name__}: {error}"[:MESSAGE]}
        return {"finished": True}

    def _alive(self) -> None:
        """Whether the program was there to the end: tests may have caught whatever told them that it was not."""
        if self._over:
            raise self._over

    def answers(self) -> list[Any]:
        """What the tests said, as it goes over the wire. Raises DiedError where that is too much."""
        said = [told(value) for value in self.said]
        if len(json.dumps(said)) > LONGEST_ANSWER:
            raise DiedError("answers that are too long")
        return said

    def _local(self, wire: Any) -> Any:
        """A thing of the program as the tests may use it: one that stayed there can be called; a module that this
        side has loaded too is this side's."""
        if isinstance(wire, dict) and set(wire) == {"module"}:
            return sys.modules.get(wire["module"])
        value = heard(wire)
        return self._called(value) if isinstance(value, Foreign) else value

    def _called(self, function: Foreign) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            wire = [told(_foreign(each)) for each in arguments]
            sent = {"of": function.number, "arguments": wire}
            answer = self._heard(sent | {"named": {name: told(_foreign(each)) for name, each in named.items()}})
            if "raised" in answer:
                self.last = _failed(answer)
                raise _rebuilt(self.last, answer.get("arguments"))
            try:
                for mine, theirs in zip(arguments, answer.get("changed", ()), strict=False):
                    _change(mine, heard(theirs))
                return heard(answer["result"])
            except (ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
                raise self._ended(DiedError("an answer that is none")) from error

        call.foreign = function  # type: ignore[attr-defined]
        return call

    def _ended(self, why: BaseException) -> BaseException:
        self._over = self._over or why
        return self._over

    def _heard(self, sent: Wire | None = None) -> Wire:
        """The next line of the program, after this one of ours."""
        self._alive()
        try:
            return self._exchanged(sent)
        except (DiedError, EndedError) as why:
            raise self._ended(why) from None

    def _exchanged(self, sent: Wire | None) -> Wire:
        if sent is not None:
            self._say(json.dumps(sent).encode() + b"\n")
        line = bytearray()
        while not line.endswith(b"\n"):
            if (why := self.watch.until(self._answers)) not in ("", "ready"):
                raise EndedError(why)
            data = b"" if why == "" and not _ready(self._answers) else os.read(self._answers, 1 << 20)
            self._left -= len(data)
            if not data or len(line) > LONGEST_ANSWER or self._left < 0:
                raise DiedError("ended")
            line += data
        try:
            wire = json.loads(line)
        except (ValueError, RecursionError, MemoryError) as error:
            raise DiedError("an answer that is no JSON") from error
        if not isinstance(wire, dict):
            raise DiedError("an answer that is none")
        return wire

    def _say(self, data: bytes) -> None:
        # a program that does not read must not hold the judge
        os.set_blocking(self._ask, False)
        while data:
            try:
                data = data[os.write(self._ask, data) :]
            except BlockingIOError:
                if (why := self.watch.until(self._answers)) in ("time", "output", "abandoned"):
                    raise EndedError(why) from None
                time.sleep(0.001)
            except BrokenPipeError:
                raise DiedError("ended") from None


def _ready(stream: int) -> bool:
    import select

    return bool(select.select([stream], [], [], 0)[0])


def _foreign(value: Any) -> Any:
    return getattr(value, "foreign", value)


def _change(mine: Any, theirs: Any) -> None:
    """What a call changed in its arguments, changed here."""
    if isinstance(mine, list) and isinstance(theirs, list):
        mine[:] = theirs
    elif isinstance(mine, dict | set) and isinstance(theirs, type(mine)):
        mine.clear()
        mine.update(theirs)
    elif isinstance(mine, Stream) and isinstance(theirs, Stream):
        mine.__init__(list(theirs))  # type: ignore[misc]


def _built(wire: Wire) -> Wire:
    """What a program said of its own building, and nothing else that it may have added."""
    return {"build": str(wire["build"])[:MESSAGE], "class": str(wire.get("class"))[:MESSAGE]}


def _failed(wire: Wire) -> Wire:
    """What a program said of an exception, likewise. Raises DiedError where it said something else."""
    kinds, line = wire.get("kinds", ()), wire.get("line", 0)
    if "raised" not in wire or not isinstance(kinds, list | tuple) or not isinstance(line, int):
        raise DiedError("an answer that is none")
    told_of = {"raised": str(wire["raised"])[:MESSAGE], "message": str(wire.get("message", ""))[:MESSAGE]}
    return told_of | {"kinds": [str(kind)[:MESSAGE] for kind in kinds[:MESSAGE]], "line": line}


def _rebuilt(failed: Wire, arguments: Any) -> BaseException:
    """The nearest built-in exception, so that tests which expect one find it."""
    for name in failed["kinds"]:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            if issubclass(kind, SILENT):
                continue
            try:
                error: Exception = kind(*[heard(each) for each in arguments])
            except (TypeError, ValueError, KeyError, RecursionError):
                continue
            break
    else:
        error = CandidateError(f"{failed['raised']}: {failed['message']}")
    error._of_program = True  # type: ignore[attr-defined]
    return error
