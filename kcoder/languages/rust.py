"""Rust, compiled by rustc without cargo: edition 2021, a debug build, so that an overflow is an error.

Crates beside the standard library are those that lie, built, in the folder that KCODER_RUST_CRATES names.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

from kcoder import toolchain
from kcoder.causes import rust as causes
from kcoder.errors import MachineLacksError, UsageError
from kcoder.expressions.braces import blanked, function, level
from kcoder.expressions.constants import Constants
from kcoder.expressions.rust import DRIVER, SILENT, read_tests, said, without_unused
from kcoder.language import COMPLAINT, PREPARED, Batch, Call, Language, Prepared, Probe, Program, Syntax, Tests
from kcoder.records import Verdict

CRATES = "KCODER_RUST_CRATES"
DRIVERS = Path(__file__).with_name("drivers")
FAILED = "failed assertion: "
_DEFINITION = re.compile(
    r"(?!#\[(?:cfg\(test\)|test)\])(?:#\[[^\n]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(?:(?:unsafe|async|const)\s+)*"
    r"(?:fn\s+(?!main\b)|(?:struct|enum|union|trait|type|mod|use|const|static)\s|impl\b|macro_rules!)"
)
#: what stands before a program's first line, which keeps its number
HEAD = "#![no_main] "
#: What reaches beyond a module into those it is built with, or tells that it is one, and what is not the same there.
#: Only text is looked at: so no macro of the program's own may put tokens together, and no attribute is left but these.
_REACHES = re.compile(
    r"(?<!\br)#(?!\[(?:(?:derive|allow|warn|deny|inline|must_use|test)\b|cfg\(test\)))"
    r"|\b(?:extern|crate|super|env|option_env|\w*asm|type_name\w*|type_id|module_path|Location|Backtrace|set_hook"
    r"|macro_rules|global_allocator)\b"
    r"|\bTypeId\s*::|\bTypeId\s+as\b"
    r"|\b(?:include\w*|file|line|column)\s*!|\buse\b[^;]*\b(?:include\w*|file|line|column)\b"
)
#: a comment within a comment, which is more than SILENT knows
_NESTED = re.compile(r"/\*(?:(?!\*/).)*/\*", re.S)
_BLAMED = re.compile(r"(?m)^\w+_(\d+)/program\.rs:\d+:\d+: error")
_JSON = Constants("Rust", "__json::", ("Null", "Bool", "Int", "Float", "Text", "List", "Map"), "&[", bits=128)


class Rust(Language):
    """The candidate's file is the root of a crate whose start is the driver's: a `main` of its own is never called."""

    revision = 4

    def version(self) -> str:
        crates = sorted(_crates())
        return _told("--version") + (f" with {', '.join(crates)}" if crates else "")

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        own = f"kcoder{mark}"
        text, crates = _whole(code, tests, own)
        files = _drivers([tests], mark)
        files["program.rs"] = f"{HEAD}{text}\n{_modules(files, own)}"
        return Program(files, (_build(crates), ("./program",)))

    def alone(self, code: str, tests: Tests) -> bool:
        seen = blanked(code, SILENT)
        return bool(_REACHES.search(seen) or _NESTED.search(code) or _whole(code, tests, "")[1])

    def batch(self, programs: Sequence[tuple[str, Tests]], mark: str) -> Batch:
        """Each program as a module of one crate, which is told the number of the one to start."""
        own = f"kcoder{mark}"
        files = _drivers([tests for _, tests in programs], mark)
        places = [f"{own}_{number}" for number in range(len(programs))]
        modules = "".join(f'#[path = "{place}/program.rs"] mod {place};\n' for place in places)
        starts = "".join(f"        {n} => {{ {place}::{own}_tests(); }}\n" for n, place in enumerate(places))
        asked = "::std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(-1)"
        start = f"pub fn {own}_tests() {{\n    match {asked} {{\n{starts}        _ => {{}}\n    }}\n}}\n"
        files["program.rs"] = f"{HEAD}\n{_modules(files, own)}{modules}{start}"
        for place, (code, tests) in zip(places, programs, strict=True):
            # columns are what they are behind HEAD
            files[f"{place}/program.rs"] = " " * len(HEAD) + _whole(code, tests, own)[0]
        commands = tuple((f"{PREPARED}/program", str(number)) for number in range(len(programs)))
        return Batch(Prepared(files, (_build({}),)), commands)

    def blamed(self, words: str) -> set[int]:
        return {int(number) for number in _BLAMED.findall(words)}

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        made = [", ".join(f"__json::given(&{_JSON.of(value)})" for value in arguments) for arguments, _ in calls]
        lines = [f"    use crate::{DRIVER}_arguments as __json;", *(said(f"{entry}({given})") + ";" for given in made)]
        sources = tuple(f"{entry}({', '.join(map(json.dumps, arguments))})" for arguments, _ in calls)
        text = "\n".join((f"pub fn {DRIVER}_tests() {{", *lines, "}\n"))
        return Tests(text, tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        try:
            return read_tests(prompt, tests)
        except ValueError as error:
            raise UsageError(f"a Rust test program cannot be read: {error}", "its tests are asserted in them") from None

    def paths(self) -> tuple[str, ...]:
        try:
            found = [] if self.image() else [_told("--print", "sysroot")]
        except (MachineLacksError, UsageError):
            return ()
        return (*found, *([os.environ[CRATES]] if _crates() else []))

    def complaint(self, words: str) -> str:
        fault = re.search(r"(?m)^(?:\S+\.rs:(\d+):\d+: )?(error.*)$", words)
        if not fault:
            return super().complaint(words)
        return f"{f'line {fault[1]}: ' if fault[1] else ''}{fault[2]}"[:COMPLAINT]

    def verdict(self, status: int, stderr: str) -> Verdict:
        if re.search(r"memory allocation of \d+ bytes failed", stderr):
            return Verdict.OUT_OF_MEMORY
        if f"\n{FAILED}" in stderr:
            return Verdict.WRONG_ANSWER
        return super().verdict(status, stderr)

    def cut(self, prompt: str, completion: str) -> str:
        """Up to the brace that closes the function, and the definitions after it that it may need."""
        return function(prompt, super().cut(prompt, completion), SILENT, _DEFINITION)


def _whole(code: str, tests: Tests, own: str) -> tuple[str, dict[str, str]]:
    """The candidate and its tests in one file, and where the crates lie that it names. What the driver is called stands
    in the tests alone: a candidate that writes it has written another name."""
    code, text = code.removeprefix("\ufeff"), tests.text.replace(DRIVER, own)
    if text.lstrip().startswith("}") and level(blanked(code, SILENT)) <= 0:
        text = text.lstrip()[1:]  # the completion has closed its function itself
    named = set(re.findall(r"\w+", blanked(f"{code}\n{text}", SILENT)))
    crates = {name: path for name, path in _crates().items() if name in named}
    return f"{without_unused(code, text, crates)}\n{text}", crates


def _drivers(tests: Sequence[Tests], mark: str) -> dict[str, str]:
    """The driver's files, which stand beside the candidates'."""
    files = {"kcoder.rs": _driver("rust.rs", mark)}
    if any(f"{DRIVER}_arguments" in each.text for each in tests):
        files["arguments.rs"] = _driver("rust_arguments.rs", mark)
    return files


def _modules(files: Collection[str], own: str) -> str:
    names = {"kcoder.rs": own, "arguments.rs": f"{own}_arguments"}
    return "".join(f'#[path = "{file}"] mod {names[file]};\n' for file in files)


# ---- the toolchain --------------------------------------------------------------------------------------------


def _build(crates: Mapping[str, str]) -> tuple[str, ...]:
    options = [part for name, path in crates.items() for part in ("--extern", f"{name}={path}")]
    options += ["-L", f"dependency={os.environ[CRATES]}"] if crates else []
    build = (_rustc(), "--edition=2021", "-Cdebuginfo=0", "-Awarnings", "--error-format=short", *options)
    return (*build, "program.rs", "-o", "program")


def _rustc() -> str:
    """The compiler itself: rustup's proxy would need all of rustup in the sandbox."""
    path = toolchain.program("rustc", "rust", RUST.install)
    return path if toolchain.image("rust") else f"{_told('--print', 'sysroot')}/bin/rustc"


def _told(*arguments: str) -> str:
    return toolchain.told_version(toolchain.program("rustc", "rust", RUST.install), "rust", *arguments)


def _crates() -> dict[str, str]:
    """The crates that a person has built, by name."""
    folder = os.environ.get(CRATES)
    return _built(folder) if folder else {}


@cache
def _built(folder: str) -> dict[str, str]:
    found = sorted(Path(folder).glob("lib*.rlib"))
    return {path.stem.removeprefix("lib").partition("-")[0]: str(path) for path in found}


@cache
def _text(name: str) -> str:
    return (DRIVERS / name).read_text("utf-8")


def _driver(name: str, mark: str) -> str:
    return _text(name).replace("{mark}", mark)


_PROMPT = "/// Returns n plus 1.\nfn f(n: i64) -> i64 {\n"
_PROBES = {
    "right": Probe(code="fn f(n: i64) -> i64 {\n    n + 1\n}\n", verdict=Verdict.PASSED),
    "wrong": Probe(code="fn f(n: i64) -> i64 {\n    n - 1\n}\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code="fn f(n: usize) -> i64 {\n    vec![1][n]\n}\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code="fn f(n: i64) -> i64 {\n    loop {}\n}\n", verdict=Verdict.TIMED_OUT),
    # port 9 of this very machine, where nobody listens: to be refused takes a network, if only the loopback
    "network": Probe(
        code="use std::io::ErrorKind;\nuse std::net::TcpStream;\n\nfn f(n: i64) -> i64 {\n"
        '    match TcpStream::connect("127.0.0.1:9") {\n'
        '        Err(why) if why.kind() != ErrorKind::ConnectionRefused => panic!("{}", why),\n'
        "        _ => n + 1,\n    }\n}\n",
        verdict=Verdict.SANDBOX_DENIED,
    ),
    "memory": Probe(
        code="fn f(n: i64) -> i64 {\n    let bytes = vec![1u8; 3 << 30];\n    n + bytes[7] as i64\n}\n",
        verdict=Verdict.OUT_OF_MEMORY,
    ),
}

RUST = Rust(
    name="rust",
    aliases=("rs",),
    suffixes=(".rs",),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_rust",
        functions=("function_item",),
        types=("struct_item", "enum_item", "union_item", "type_item", "mod_item", "macro_definition"),
        values=("const_item", "static_item"),
        imports=("use_declaration", "extern_crate_declaration"),
        heads=("inner_attribute_item",),
        others=("impl_item", "trait_item", "macro_invocation:thread_local"),
        attributes=("attribute_item",),
        names=("identifier", "type_identifier"),
        locals=("let_declaration", "for_expression"),
    ),
    content={".rs": r"(?m)^\s*(pub\b|fn |use |mod |struct |enum |impl\b|extern |macro_rules!|#!?\[|//)"},
    install="https://rustup.rs, and a C compiler to link with; crates: cargo build, then "
    f"{CRATES}=PROJECT/target/debug/deps",
    stops=("\nfn main()", "\n#[cfg(test)]", "\n#[test]", "\n```"),
    together=32,
    causes=causes.RUST,
    probes=_PROBES,
    solutions=(
        (_PROMPT, "    n + 1\n}\n", "    n + 1\n}\n"),
        (_PROMPT, "    n + 1\n}", "    n + 1\n}"),
        (_PROMPT, '    n + 1\n}\n\nfn main() {\n    println!("{}", f(1));\n}\n', "    n + 1\n}\n"),
        (
            _PROMPT,
            "    one_more(n)\n}\n\n/// Helps {f}.\nfn one_more(n: i64) -> i64 {\n    n + 1\n}\n\nThis adds one.",
            "    one_more(n)\n}\n\n/// Helps {f}.\nfn one_more(n: i64) -> i64 {\n    n + 1\n}\n",
        ),
        (
            _PROMPT,
            '    let open = (\'{\', "{ }", r#""{"#); // {\n    n + 1\n}\nf(1);\n',
            '    let open = (\'{\', "{ }", r#""{"#); // {\n    n + 1\n}\n',
        ),
        (_PROMPT, "    n +", "    n +"),
    ),
)
