"""Rust's test programs and imports, as MultiPL-E and HumanEval-X write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any

from kcoder.expressions.braces import blanked, level
from kcoder.expressions.conditions import compared
from kcoder.expressions.literal import NoLiteralError, Words, first, items, read, single
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, spoken
from kcoder.language import END, Tests

#: begins the names of the driver's modules and functions, until the mark is known
DRIVER = "_kcoder_"
#: comments; strings, of any number of lines; raw strings; characters, which lifetimes are not
SILENT = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    r"|(?<!')\b[bc]?r(?P<hashes>#*)\".*?\"(?P=hashes)"  # no label: break 'r"text"
    r'|"(?:\\.|[^"\\])*"'
    r"|'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\\n])'",
    re.S,
)
#: crates that are always there, and what stands for a crate in a path
_OWN = frozenset({"std", "core", "alloc", "crate", "self", "super", "Self"})
_USE = re.compile(
    r"(?m)^[ \t]*(?:pub\s+)?(?:use\s+(?:::)?(?P<used>\w+)(?P<path>[^;]*)|extern\s+crate\s+(?P<crate>\w+));"
)

_QUOTES = "\"'"
_ASSERTION = re.compile(r"\b(?:debug_)?(assert(?:_eq|_ne)?)!\s*(?=[(\[{])")
_TEST = re.compile(r"#\[test\]\s*(?:#\[[^\]]*\]\s*)*(?P<fn>(?:pub\s+)?fn\s+)(?P<name>\w+)[^{;]*\{")
_MAIN = re.compile(r"(?P<fn>(?:pub\s+)?fn\s+)(?P<name>main)\s*\([^{;]*\{")
_MODULE = re.compile(r"(?:pub\s+)?mod\s+(\w+)\s*\{")
_FOR_TESTS = re.compile(r"#\[(?:cfg\(test\)|test)\]")
_FIXED = re.compile(r"\blet\s+(\w+)\s*(?::[^=;]+)?=\s*([^;]+);")

_WORDS: Words = {
    **dict.fromkeys(("String::from", "Some", "Box::new", "Vec::from", ".to_string", ".to_owned", ".into"), first),
    **dict.fromkeys((".to_vec", ".clone", ".as_str", ".unwrap"), first),
    **dict.fromkeys(("HashMap::from", "BTreeMap::from"), lambda given: dict(given[0])),
    **dict.fromkeys(("HashSet::from", "BTreeSet::from"), lambda given: set(given[0])),
    **dict.fromkeys(("HashMap::new", "BTreeMap::new"), lambda _: {}),
    "vec!": items,
    "Vec::new": lambda _: [],
    "String::new": lambda _: "",
    "Ok": lambda given: {"Ok": given[0]},
    "Err": lambda given: {"Err": given[0]},
    "None": lambda _: None,
    "true": lambda _: True,
    "false": lambda _: False,
}


def without_unused(code: str, tests: str, crates: Collection[str]) -> str:
    """The code without imports from crates that are missing, where nothing else names what they import."""
    seen, rest = blanked(code, SILENT), blanked(tests, SILENT)
    for found in reversed(list(_USE.finditer(seen))):
        root = found["used"] or found["crate"]
        if root in _OWN or root in crates:
            continue
        names = {root, *re.findall(r"\w+", found["path"] or "")}
        if names.isdisjoint(re.findall(r"\w+", f"{seen[: found.start()]} {seen[found.end() :]} {rest}")):
            code = code[: found.start()] + re.sub(r"[^\n]", "", found[0]) + code[found.end() :]
    return code


def read_tests(prompt: str, tests: str) -> Tests:
    """Comparisons with literals say values, others whether they hold; what is compared in loops is compared there.

    The tests become functions that can be called, under names that a candidate has not taken, and one that calls them.
    Raises ValueError for what is no such test program.
    """
    seen = blanked(tests, SILENT)
    starts = list(_TEST.finditer(seen)) or list(_MAIN.finditer(seen))
    if not starts and seen.strip():
        raise ValueError("it has neither `fn main` nor a #[test]")
    modules = [(found.start(), closing(seen, found.end() - 1), found[1]) for found in _MODULE.finditer(seen)]
    edits = [*_assertions(prompt, tests, seen, starts), *_names(seen, starts)]
    calls = ""
    for start in starts:
        inside = [f"{DRIVER}_{name}" for begin, end, name in modules if begin < start.start() < end]
        path = "::".join((*inside, f"{DRIVER}_{start['name']}"))
        calls += f"    let _ = {path}();\n"
    whole = f"{tests}\npub fn {DRIVER}_tests() {{\n{calls}}}\n"
    end = len(whole) - len("}\n")
    ending = Edit(end, end, "    " + said(f'"{END}"') + ";\n")
    return spoken(whole, edits, ending, rf"crate::{DRIVER}::assert" if any(edit.said for edit in edits) else "")


def said(call: str) -> str:
    return f"crate::{DRIVER}::say!({call})"


def _names(seen: str, starts: Sequence[re.Match[str]]) -> Iterator[Edit]:
    for found in _FOR_TESTS.finditer(seen):
        yield Edit(found.start(), found.end(), "")
    for found in _MODULE.finditer(seen):
        yield Edit(found.start(), found.end() - 1, f"pub mod {DRIVER}_{found[1]} ")
    for start in starts:
        yield Edit(start.start("fn"), start.end("name"), f"pub fn {DRIVER}_{start['name']}")


def _assertions(prompt: str, tests: str, seen: str, starts: Sequence[re.Match[str]]) -> Iterator[Edit]:
    words = {**_WORDS, **_fixed(tests)}
    single_bits = "f32" in prompt.rpartition("->")[2]
    for found in _ASSERTION.finditer(seen):
        if not _once(seen, starts, found.start()):
            yield Edit(found.start(), found.end(1), f"crate::{DRIVER}::{found[1]}")
            continue
        end = closing(seen, found.end())
        call, value = _compared(found[1], tests[found.end() + 1 : end], words)
        shown = " ".join(call.split()), _shortest(value) if single_bits else value
        yield Edit(found.start(), end + 1, said(call), (shown,))


def _once(seen: str, starts: Sequence[re.Match[str]], at: int) -> bool:
    """Whether this place is reached exactly once: at the outermost level of a test, in no loop, branch or function."""
    bodies = [seen[start.end() : at] for start in starts if start.end() <= at]
    return bool(bodies) and level(bodies[-1]) == 0


def _compared(macro: str, inner: str, words: Words) -> tuple[str, Any]:
    """An expression, and the value that it must have: whether the assertion holds where it names no literal."""
    pieces = split(inner, ",", _QUOTES)
    if macro == "assert":
        whole = len(split(pieces[0], "&&", _QUOTES)) == len(split(pieces[0], "||", _QUOTES)) == 1
        return (compared(pieces[0], words) if whole else None) or (pieces[0], True)
    if len(pieces) < 2:
        raise ValueError(f"nothing is compared in {inner[:40]!r}")
    if macro == "assert_ne":
        return f"({pieces[0]}) != ({pieces[1]})", True
    for call, literal in (pieces[:2], pieces[1::-1]):
        try:
            return call, read(literal, words)
        except ValueError:
            continue
    return f"({pieces[0]}) == ({pieces[1]})", True


def _fixed(tests: str) -> dict[str, Any]:
    """Variables that hold a literal, as words: `let empty: Vec<String> = vec![];`."""
    found: dict[str, Any] = {}
    for name, text in _FIXED.findall(tests):
        try:
            found[name] = partial(_always, read(text, _WORDS))
        except NoLiteralError:
            continue
    return found


def _always(value: Any, _: list[Any]) -> Any:
    return value


def _shortest(value: Any) -> Any:
    """A value as numbers of 32 bits show it: with as few digits as tell them apart."""
    if isinstance(value, list | tuple):
        return type(value)(map(_shortest, value))
    if not isinstance(value, float):
        return value
    shown = (float(f"{single(value):.{digits}g}") for digits in range(1, 10))
    return next(short for short in shown if single(short) == single(value))
