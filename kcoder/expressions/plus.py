"""EvalPlus's problems (Liu et al. 2023): many inputs and the canonical solution in place of expected values.

The test program asks the canonical solution first, then the candidate, and compares as EvalPlus does. It runs where
Python's tests run: in a process that nothing from the candidate reaches.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kcoder.errors import UsageError

Row = Mapping[str, Any]

#: MBPP+ problems whose answers are compared in another way, by the function's name
AS_SETS = (
    "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
    "intersection_array", "find_dissimilar", "Diff",
)  # fmt: skip
#: those whose expected value only says whether there is one
OR_NONE = ("check_str", "text_match_three", "text_starta_endb")

PROGRAM = """
import copy, itertools, math
_candidate, inf, nan = {entry}, float("inf"), float("nan")
_names = {{"__name__": "reference"}}
exec(compile({reference!r}, "reference.py", "exec"), _names)


def _floats(value):
    return isinstance(value, float) or (
        isinstance(value, (list, tuple)) and bool(value) and all(isinstance(each, float) for each in value))


def _near(answer, expected, atol):
    if isinstance(expected, (list, tuple)):
        return (type(answer) is type(expected) and len(answer) == len(expected)
                and all(_near(one, other, atol) for one, other in zip(answer, expected)))
    if isinstance(answer, (bool, str)) or isinstance(expected, (bool, str)):
        return answer == expected
    try:
        return answer == expected or abs(answer - expected) <= atol + 1e-7 * abs(expected)
    except TypeError:
        return False


def _same(answer, expected, arguments):
    atol = {atol!r} or (1e-6 if _floats(expected) else 0)
    {oracle}
    if answer == expected:
        return True
    return bool(atol) and type(answer) is type(expected) and _near(answer, expected, atol)


_asked = 0
for _input in {inputs}:
    try:
        _expected = _names[{entry!r}](*copy.deepcopy(_input))
    except AssertionError:
        continue  # the contract rules this input out
    _asked += 1
    _answer = _candidate(*copy.deepcopy(_input))
    assert _same(_answer, _expected, _input), \
        "{entry}(" + ", ".join(map(repr, _input))[:100] + ") gave " + repr(_answer)[:100] + ", expected " + repr(
            _expected)[:100]
assert _asked, "the contract rules out every input"
"""

#: what stands in `_same` for problems that take more answers than one
ORACLES: Mapping[str, str] = {
    # HumanEval/32: any zero of the polynomial
    "find_zero": "return abs(sum(c * math.pow(answer, i) for i, c in enumerate(arguments[0]))) <= atol",
    "are_equivalent": "return True",
    "sum_div": "answer = expected if answer == 0 else answer",
    # Mbpp/581: the height may be the pyramid's own or that of a side
    "surface_Area": (
        "base, height = arguments; own = base**2 + 2 * base * math.sqrt((base / 2) ** 2 + height**2)\n"
        "    answer = expected if abs(answer - round(own)) <= atol else answer"
    ),
    # Mbpp/558: the shorter number may be filled up with zeros
    "digit_distance_nums": (
        "pairs = itertools.zip_longest(str(arguments[0])[::-1], str(arguments[1])[::-1], fillvalue='0')\n"
        "    answer = expected if answer == sum(abs(int(a) - int(b)) for a, b in pairs) else answer"
    ),
    **dict.fromkeys(AS_SETS, "answer, expected = set(answer), set(expected)"),
    **dict.fromkeys(
        OR_NONE,
        "answer = answer if isinstance(answer, bool) else answer is not None\n    expected = expected is not None",
    ),
}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The problems of a JSON Lines file with their values as they are meant: 1 and "1" are two things.

    Raises UsageError with file and line.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}", "give EvalPlus's file") from None
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}:{number}: {error}", "each line is one problem of EvalPlus") from None
        if not isinstance(row, dict):
            raise UsageError(f"{path}:{number}: no problem in this line", "each line is one problem of EvalPlus")
        yield row


def program(row: Row) -> str:
    """The test program of a problem: base inputs, then EvalPlus's own. Raises KeyError for what the row lacks."""
    entry = row["entry_point"]
    inputs = [*row["base_input"], *row["plus_input"]]
    if str(row["task_id"]).startswith("Mbpp/"):
        inputs = restored(int(row["task_id"].rpartition("/")[2]), inputs)
    reference = with_contract(row["prompt"], row["canonical_solution"], row.get("contract") or "", entry)
    oracle = ORACLES.get(entry, "pass")
    return PROGRAM.format(
        entry=entry, reference=reference, atol=row.get("atol") or 0, oracle=oracle, inputs=repr(inputs)
    )


def with_contract(prompt: str, solution: str, contract: str, entry: str) -> str:
    """The canonical solution with the assertions on its arguments at the beginning of its body.

    HumanEval+'s solution goes on where its prompt ends; MBPP+'s is whole.
    """
    if f"def {entry}(" not in solution and f"def {entry} (" not in solution:
        return prompt + contract + solution
    lines = solution.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith((f"def {entry}(", f"def {entry} (")))
    return "\n".join([*lines[: at + 1], contract, *lines[at + 1 :]])


# ---- what JSON lost of MBPP+'s inputs: tuples, sets, complex numbers -------------------------------------------------

Value = Any


def restored(number: int, inputs: list[Value]) -> list[Value]:
    """The inputs of a problem of MBPP+ as its solution takes them, by EvalPlus's list of problems."""
    how = next((how for numbers, how in RESTORED if number in numbers), list)
    return [how(each) for each in inputs]


def _tuples(value: Value, *, below: int) -> Value:
    """Lists that lie so many lists deep as tuples."""
    if not below:
        return tuple(value) if isinstance(value, list) else value
    return [_tuples(each, below=below - 1) for each in value] if isinstance(value, list) else value


def _all(value: Value) -> Value:
    return tuple(_all(each) for each in value) if isinstance(value, list) else value


RESTORED: tuple[tuple[frozenset[int], Callable[[Value], Value]], ...] = (
    (
        frozenset(
            {2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809}
        ),
        lambda told: _tuples(told, below=1),
    ),
    (
        frozenset({63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780}),
        lambda told: _tuples(told, below=2),
    ),
    (frozenset({75, 413, 444, 753}), lambda told: [_tuples(told[0], below=1), *told[1:2]]),
    (frozenset({106, 750}), lambda told: [told[0], tuple(told[1])]),
    (frozenset({115}), lambda told: [[set(each) if isinstance(each, list) and each else {} for each in told[0]]]),
    (frozenset({124}), lambda told: [float(told[0]), complex(told[1])]),
    (frozenset({250, 405, 446, 617, 720, 763, 808}), lambda told: [tuple(told[0]), *told[1:2]]),
    (frozenset({259, 401, 445}), lambda told: [tuple(tuple(each) for each in one) for one in told]),
    (frozenset({278}), lambda told: [tuple(_tuples(told[0], below=1)), *told[1:]]),
    (frozenset({307}), lambda told: [tuple(told[0]), *told[1:]]),
    (frozenset({722}), lambda told: [{key: tuple(value) for key, value in told[0].items()}, *told[1:]]),
    (frozenset({252}), lambda told: [complex(told[0])]),
    (frozenset({580, 615, 791}), lambda told: list(_all(told))),
)
