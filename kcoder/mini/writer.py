"""What a programming language must know to be written by mini."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kcoder.mini.function import Apply, Choice, Function, Pair, Walk


class Writer:
    """Writes functions in one language: a table of operations, and a way to write each shape of body.

    Prompt and body together are a whole program. An operation's text takes its operands as {0} and {1}.
    Every operation binds tighter than `+` and `-` do, or stands alone, so no text needs brackets.
    """

    operations: ClassVar[Mapping[str, str]]

    def apply(self, use: Apply) -> str:
        return self.operations[use.operation].format(*use.operands)

    def prompt(self, function: Function) -> str:
        """The head of the function with what it says, up to where its body starts."""
        raise NotImplementedError

    def body(self, function: Function) -> str:
        """The rest of the function, ending with a line break."""
        match function.body:
            case Pair() as pair:
                return self.pair(pair)
            case Choice() as choice:
                return self.choice(choice)
            case Walk() as walk:
                return self.walk(walk)

    def pair(self, pair: Pair) -> str:
        raise NotImplementedError

    def choice(self, choice: Choice) -> str:
        raise NotImplementedError

    def walk(self, walk: Walk) -> str:
        raise NotImplementedError
