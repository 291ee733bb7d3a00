"""Go's test programs and imports, as MultiPL-E and HumanEval-X write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kcoder.expressions.bare import bare, uncommented
from kcoder.expressions.conditions import body, statements
from kcoder.expressions.literal import read
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, edited, spoken
from kcoder.language import Tests

#: begins the names of what says values, until the mark is known
DRIVER = "kcoder__"
PACKAGE = re.compile(r"(?m)^\s*package\s+(\w+)[ \t]*;?")
#: what HumanEval-X compares with; its tests are read, so that it need not be there
TESTIFY = "github.com/stretchr/testify/assert"
#: packages that HumanEval-X's own evaluator imports for a program that uses them
GIVEN = ("bytes", "crypto/md5", "fmt", "math", "math/rand", "regexp", "sort", "strconv", "strings", "time")

_IMPORT = re.compile(r'(?m)^import\s*(?:\([^)]*\)|(?:[\w.]+\s+)?"[^"]*")')
_SPEC = re.compile(r'([\w.]+\s+)?"([^"]+)"')
_TEST = r"\bfunc\s+(Test\w*)\s*\(\s*\w+\s+\*testing\.T\s*\)\s*\{"
_WORDS = {"map_": lambda _: {}, "true": lambda _: True, "false": lambda _: False, "nil": lambda _: None}
#: a type before the braces of a literal
_TYPE = re.compile(r"(?:\[[\w.]*\]|interface\{\}|map\[(?:[\w.]+|interface\{\})\]|\*?[A-Za-z_][\w.]*)+(?=\{)")
#: for testing.Main: every test is wanted; one is run, and when it has not failed the end is said
_ALL = "func(_, _ string) (bool, error) { return true, nil }"
_RUN = f'func(t *testing.T) {{{{ defer func() {{{{ {DRIVER}check(!t.Failed(), "{{0}}") }}}}(); {{0}}(t) }}}}'
_LAST = f"func(t *testing.T) {{ {DRIVER}end() }}"


def read_tests(tests: str) -> Tests:
    """Comparisons with literals say values, others whether they hold; what is compared in loops is compared there.

    Raises ValueError for what is no such test program.
    """
    tests = uncommented(tests)
    test = body(tests, _TEST)
    edits = [*_table(tests, test), *_equals(tests, test)]
    name = re.findall(_TEST, bare(tests))[0]
    if "fmt." in tests:  # it was imported for what is edited away
        edits.append(Edit(test[0], test[0], "\n\t_ = fmt.Sprint"))
    ending = Edit(test[1], test[1], f"\t{DRIVER}end()\n")
    if not re.search(r"\bt\.", edited(tests, edits)):
        return spoken(f"{tests}\n{begins(f'{name}(nil)')}", edits, ending, rf"{DRIVER}check\(")
    run = f'{{"{name}", {_RUN.format(name)}}}, {{"end", {_LAST}}}'
    asked = f"testing.Main({_ALL}, []testing.InternalTest{{{run}}}, nil, nil)"
    return spoken(f"{tests}\n{begins(asked)}", edits, Edit(test[1], test[1], ""), "")


def begins(*lines: str) -> str:
    """What the driver calls."""
    return "\n".join((f"func {DRIVER}tests() {{", *(f"\t{line}" for line in lines), "}", ""))


def _table(tests: str, test: tuple[int, int]) -> Iterator[Edit]:
    """MultiPL-E: a table of what is given and expected, and a loop that compares the two as they are printed."""
    seen = bare(tests)
    table = re.compile(r"type\s+\w+\s+struct\s*\{\s*actual\s+interface\{\}").search(seen, *test)
    if not table:
        return
    lines, said = [], []
    for row in re.compile(r"\{\s*actual\s*:").finditer(seen, table.end(), test[1]):
        call, expected = split(tests[row.end() : closing(seen, row.start())], ",")[:2]
        expected = expected.partition(":")[2].strip()
        try:
            found = (call, _value(expected))
        except ValueError:
            found = (f'fmt.Sprintf("%v", {call}) == fmt.Sprintf("%v", {expected})', True)
        lines.append(f"{DRIVER}say({found[0]})\n")
        said.append(found)
    yield Edit(table.start(), test[1], "\t".join(lines), tuple(said))


def _equals(tests: str, test: tuple[int, int]) -> Iterator[Edit]:
    """HumanEval-X: testify's comparisons."""
    if made := re.compile(r"\bassert\s*:=\s*assert\.New\(\w+\)").search(tests, *test):
        yield Edit(made.start(), made.end(), "")
    unknown = re.search(r"\bassert\.(?!Equal\b|New\b)\w+", bare(tests))
    if unknown:
        raise ValueError(f"{unknown[0]} is none of what is known")
    for each in statements(tests, r"\bassert\.Equal\s*\(", test, semicolons=False):
        expected, actual = split(each.inner, ",")[:2]
        equal = f"{DRIVER}equal({expected}, {actual})"
        if not each.once:
            yield each.replaced(f"{DRIVER}check({equal}, {json.dumps(f'{actual} == {expected}')})")
            continue
        try:
            found = (actual, _value(expected))
        except ValueError:
            found = (equal, True)
        yield each.replaced(f"{DRIVER}exact({found[0]})", found)


def _value(literal: str) -> Any:
    """The value of a literal. Raises ValueError (a letter is a number in Go, and none that is read here)."""
    seen = bare(literal)
    if "'" in seen:
        raise ValueError(literal)
    pieces, place = [], 0
    for found in _TYPE.finditer(seen):
        empty = found[0].startswith("map[") and re.compile(r"\{\s*\}").match(literal, found.end())
        pieces += [literal[place : found.start()], "map_" if empty else ""]
        place = empty.end() if empty else found.end()
    return read("".join([*pieces, literal[place:]]), _WORDS)


def imported(code: str, tests: str) -> str:
    """A program of HumanEval-X, made of parts that import for themselves: each package once, and those that it uses."""
    seen, found = bare(code), {}
    for block in reversed(list(_IMPORT.finditer(seen))):
        for spec in _SPEC.finditer(code[block.start() + len("import") : block.end()]):
            found[spec[2]] = (spec[1] or "").strip()
        code = code[: block.start()] + re.sub(r"[^\n]", " ", code[block.start() : block.end()]) + code[block.end() :]
    words = f"{bare(code)}\n{bare(tests)}"
    wanted = {path: found.get(path, "") for path in sorted({*found, *GIVEN} - {TESTIFY})}
    used = [
        f'import {name} "{path}"; '
        for path, name in wanted.items()
        if re.search(rf"\b{re.escape(name or path.rpartition('/')[2])}\.", words) or name in ("_", ".")
    ]
    package = PACKAGE.search(bare(code))
    at = package.end() if package else 0
    return f"{code[:at]}{'; ' if package else ''}{''.join(used)}{code[at:]}"
