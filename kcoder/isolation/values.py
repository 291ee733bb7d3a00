"""Values as they cross from a program to who judges it: plain data, rebuilt from nothing but built-in types.

On the wire they are JSON. What JSON lacks is an object of one key: `{"~t": [1, 2]}` a tuple, `~s` a set, `~z` a frozen
set, `~m` pairs of a mapping, `~b` bytes, `~c` a complex number, `~n` a range, `~y` a symbol, `~f` a number that is
none, `~h` a number too long for decimals, `~i` an iterator with what it gave, `~r` an object that stays where it is
(its number and its type). A program cannot pass anything that answers for itself: an object that equals everything
arrives as an object that equals nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

DEEPEST, LONGEST = 200, 100_000
#: items of a set up to which it does not matter how their hashes are spread
MANY = 2000
#: bits of a number up to which decimals are cheap
LONG = 8192
_OF: dict[type, str | None] = {list: None, tuple: "~t", set: "~s", frozenset: "~z"}
_BUILT_IN = (bool, int, float, str, dict, list, tuple, set, frozenset, bytes)


class Symbol(str):
    """A name that is no text: Ruby's :word."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Foreign:
    """An object that stayed in the program: equal to nothing but itself."""

    def __init__(self, number: int | None, kind: str) -> None:
        self.number, self.kind = number, kind

    def __repr__(self) -> str:
        return f"<{self.kind} object>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Foreign) and self.number is not None and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)


class Stream:
    """What an iterator gave: it can be gone through once, and equals no list."""

    def __init__(self, items: list[Any]) -> None:
        self._rest = iter(items)

    def __iter__(self) -> Iterator[Any]:
        return self._rest

    def __next__(self) -> Any:
        return next(self._rest)


def told(value: Any, stays: Callable[[Any], int] | None = None, depth: int = 0) -> Any:
    """A value as JSON can say it. `stays` gives the number under which an object that cannot cross is remembered."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if value.bit_length() < LONG else {"~h": hex(value)}
    if kind is str:
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if kind is float:
        return value if value - value == 0 else {"~f": repr(value)}
    if depth > DEEPEST:
        return {"~r": [None, "too deep"]}
    if kind in _OF:
        items, name = [told(each, stays, depth + 1) for each in value], _OF[kind]
        return {name: items} if name else items
    if kind is dict:
        return {"~m": [[told(k, stays, depth + 1), told(v, stays, depth + 1)] for k, v in value.items()]}
    if kind is bytes:
        return {"~b": value.hex()}
    if kind is complex:
        return {"~c": [repr(value.real), repr(value.imag)]}
    if kind is range:
        return {"~n": [value.start, value.stop, value.step]}
    for plain in _BUILT_IN:
        if isinstance(value, plain):
            return told(_stripped(value, plain), stays, depth)
    if isinstance(value, Foreign):
        return {"~r": [value.number, value.kind]}
    if hasattr(kind, "__next__"):
        return {"~i": [told(each, stays, depth + 1) for each in itertools.islice(value, LONGEST)]}
    return {"~r": [stays(value) if stays else None, kind.__name__]}


def _stripped(value: Any, plain: type) -> Any:
    """The built-in value that an object of a class made from it carries, whatever that class says of itself."""
    if plain is dict:
        return dict(dict.items(value))
    if plain in (list, tuple, set, frozenset):
        return plain(plain.__iter__(value))
    if plain is str:
        return str.__getitem__(value, slice(None))
    if plain is bytes:
        return bytes.__getitem__(value, slice(None))
    return {int: int.__int__, float: float.__float__}.get(plain, plain)(value)


def heard(wire: Any, stayed: Callable[[int], Any] | None = None) -> Any:
    """The value that was told. Raises ValueError for what no value looks like.

    `stayed` gives the object that a number stands for, on the side where it is.
    """
    if isinstance(wire, list):
        return [heard(each, stayed) for each in wire]
    if not isinstance(wire, dict):
        return wire
    if len(wire) != 1 or not next(iter(wire)).startswith("~"):
        return {key: heard(item, stayed) for key, item in wire.items()}
    (kind, inner) = next(iter(wire.items()))
    try:
        return _MADE[kind](inner, stayed)
    except (KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise ValueError(f"no value: {str(wire)[:80]}") from error


def _hashed(items: Iterable[Any]) -> Iterator[Any]:
    """What is to be found by its hash. Raises ValueError for what is made to have all the same: to look for one among
    them takes as long as there are many."""
    every = list(items)
    if len(every) > MANY and len(set(map(hash, every))) < len(every) // 4:
        raise ValueError("no value: nearly all its items have the same hash")
    return iter(every)


def _items(wire: Any, stayed: Callable[[int], Any] | None) -> Iterator[Any]:
    return (heard(each, stayed) for each in wire)


def _object(wire: Any, stayed: Callable[[int], Any] | None) -> Any:
    number, kind = wire
    return stayed(number) if stayed and number is not None else Foreign(number, str(kind))


_MADE: dict[str, Callable[[Any, Callable[[int], Any] | None], Any]] = {
    "~t": lambda wire, stayed: tuple(_items(wire, stayed)),
    "~s": lambda wire, stayed: set(_hashed(_items(wire, stayed))),
    "~z": lambda wire, stayed: frozenset(_hashed(_items(wire, stayed))),
    "~m": lambda wire, stayed: dict(
        zip(_hashed(heard(key, stayed) for key, _ in wire), [heard(item, stayed) for _, item in wire], strict=True)
    ),
    "~b": lambda wire, stayed: bytes.fromhex(wire),
    "~c": lambda wire, stayed: complex(float(wire[0]), float(wire[1])),
    "~n": lambda wire, stayed: range(*wire),
    "~y": lambda wire, stayed: Symbol(wire),
    "~f": lambda wire, stayed: float(wire),
    "~h": lambda wire, stayed: int(wire, 16),
    "~i": lambda wire, stayed: Stream(list(_items(wire, stayed))),
    "~r": _object,
}
