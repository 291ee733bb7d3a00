"""Swift, compiled by its frontend and linked by lld: the driver `swiftc` that does the same takes twice as long.

Not interpreted, which costs the same: a program of its own has limits of its own, and dies without a compiler's words.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from kcoder import toolchain
from kcoder.causes import swift as causes
from kcoder.errors import MachineLacksError, UsageError
from kcoder.expressions.braces import blanked, function, level
from kcoder.expressions.conditions import compared
from kcoder.expressions.constants import Constants, quoted
from kcoder.expressions.literal import Words
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, spoken
from kcoder.language import (
    COMPLAINT,
    END,
    PREPARED,
    Call,
    Language,
    Prepared,
    Probe,
    Program,
    Syntax,
    Tests,
    drawn,
)
from kcoder.records import Verdict

DRIVERS = Path(__file__).with_name("drivers")
#: what begins the names of the driver, until they are drawn
DRIVER = "_kcoder_"
FAILED = "failed assertion: "
QUOTES = '"'
_STRING = r'"(?:\\.|[^"\\\n])*"'
#: what an interpolation holds: strings, and brackets in brackets
_INSIDE = rf"(?:[^()\"\n]|{_STRING}|\((?:[^()\"\n]|{_STRING}|\((?:[^()\"\n]|{_STRING})*\))*\))*"
#: comments; raw strings, texts of several lines and of one
SILENT = re.compile(
    r'//[^\n]*|/\*.*?(?:\*/|\Z)|(?P<hashes>#+)".*?"(?P=hashes)|"""(?:\\.|[^\\])*?"""'
    rf'|"(?:\\\({_INSIDE}\)|\\[^(]|[^"\\\n])*"|{_STRING}',
    re.S,
)
#: where that is a place in the program, the line
_FATAL = re.compile(r"(?m)^(?:main/main\.swift:(\d+)|\S+): (Fatal error: .*)$")
_ASSERTION = re.compile(r"(?<![\w.])(?<!func )(?:assert|precondition)\s*(?=\()")
_CASE = re.compile(r"(?<![\w)\]\"'.])(?:[A-Z]\w*)?\.([a-z]\w*)")
_DEFINITION = re.compile(
    r"(?P<line>import\s+[\w.]+)|(?:@\w+\s*)*(?:(?:public|private|fileprivate|internal|final|indirect|mutating)\s+)*"
    r"(?:func|struct|class|enum|extension|protocol|actor)\s"
)
_WORDS: Words = {"nil": lambda _: None, "true": lambda _: True, "false": lambda _: False}
_JSON = Constants("Swift", ".", ("null", "bool", "int", "float", "text", "list", "map"), "[", bits=64)
#: what any program may need; as many as are there are named where a program imports more
_LIBRARIES = ("Core", "SwiftOnoneSupport", "_Concurrency", "_StringProcessing", "_RegexParser", "Glibc")


class Swift(Language):
    """The candidate's file is main.swift, whose statements at file scope are executed one after another."""

    revision = 3

    def version(self) -> str:
        return toolchain.told_version(f"{_folder()}/swift-frontend", "swift", "--version")

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        code, text = code.removeprefix("\ufeff"), tests.text
        if text.lstrip().startswith("}") and level(blanked(code, SILENT)) <= 0:
            text = text.lstrip()[1:]  # the completion has closed its function itself
        own = f"kcoder{drawn()}"
        text = text.replace(f"{DRIVER}.say(", f'{own}.say("{mark}", ').replace(DRIVER, own)
        files, main = _driver(own), f"{code}\n{text}"
        needed = ["kcoder", "arguments"] if f"{own}_argument" in text else ["kcoder"]
        linked = _linked(needed, imports=bool(re.search(r"\bimport\b", code)))
        if linked is None:
            swiftc = toolchain.program("swiftc", "swift", SWIFT.install)
            files = {"main.swift": main} | {name: files[name] for name in map("{}.swift".format, needed)}
            return Program(files, ((swiftc, "-Onone", *files, "-o", "program", "-lm"), ("./program",)))
        frontend = (f"{_folder()}/swift-frontend", "-c", "-Onone", "-suppress-warnings", "-module-name", "main")
        made = tuple(
            (*frontend, *_first(f"{name}.swift", files), "-o", f"{name}.o") for name in ("kcoder", "arguments")
        )
        beside = (f"{PREPARED}/{name}.swift" for name in needed)
        build = (*frontend, "-primary-file", "main.swift", *beside, "-o", "program.o")
        return Program({"main.swift": main}, (build, linked, ("./program",)), Prepared(files, made))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        """Through a variable that holds the function, which then is called without labels."""
        made = [", ".join(f"{DRIVER}_argument({_JSON.of(value)})" for value in arguments) for arguments, _ in calls]
        text = "".join(f"{DRIVER}.say(try {DRIVER}_entry({given}))\n" for given in made)
        sources = tuple(f"{entry}({', '.join(map(json.dumps, arguments))})" for arguments, _ in calls)
        return Tests(f"let {DRIVER}_entry = {entry}\n{text}", tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """Comparisons with literals say values, others whether they hold; what is in loops is compared there."""
        try:
            edits = list(_assertions(tests))
        except ValueError as error:
            raise UsageError(f"a Swift test program cannot be read: {error}", "its tests are asserted in it") from None
        ending = Edit(len(tests), len(tests), f'\n{DRIVER}.say("{END}")\n')
        return spoken(tests, edits, ending, rf"{DRIVER}\.check" if any(edit.said for edit in edits) else "")

    def paths(self) -> tuple[str, ...]:
        try:
            return () if self.image() else (str(Path(_folder()).parent),)
        except (MachineLacksError, UsageError):
            return ()

    def complaint(self, words: str) -> str:
        fault = re.search(r"(?m)^(?:\S+\.swift:(\d+):\d+: |\S+: )?(?:fatal )?error: (.*)$", words)
        if not fault:
            return super().complaint(words)
        return f"{f'line {fault[1]}: ' if fault[1] else ''}{fault[2]}"[:COMPLAINT]

    def verdict(self, status: int, stderr: str) -> Verdict:
        if "Could not allocate memory" in stderr or "std::bad_alloc" in stderr:
            return Verdict.OUT_OF_MEMORY
        if f"\n{FAILED}" in stderr:
            return Verdict.WRONG_ANSWER
        return super().verdict(status, stderr)

    def last_words(self, stderr: str) -> str:
        """Of a fatal error what it says: after that comes a trace of addresses."""
        if said := _FATAL.search(stderr):
            return f"{f'line {said[1]}: ' if said[1] else ''}{said[2]}"[:COMPLAINT]
        return super().last_words(stderr)

    def cut(self, prompt: str, completion: str) -> str:
        """Up to the brace that closes the function, and the definitions after it that it may need."""
        return function(prompt, super().cut(prompt, completion), SILENT, _DEFINITION)


# ---- the toolchain --------------------------------------------------------------------------------------------


def _folder() -> str:
    """Where the compiler's programs lie, as its image names it. Raises MachineLacksError."""
    path = toolchain.program("swiftc", "swift", SWIFT.install)
    root = toolchain.image("swift") or ""
    return str(Path(_real(root, path)).parent)


@cache
def _real(root: str, path: str) -> str:
    return os.path.realpath(f"{root}{path}").removeprefix(root)


def _linked(needed: Sequence[str], imports: bool) -> tuple[str, ...] | None:
    """The command that links a program; None where the parts it takes are not where they are expected."""
    parts = tuple(f"{PREPARED}/{name}.o" for name in needed)
    return _command(toolchain.image("swift") or "", _folder(), parts, imports)


@cache
def _command(root: str, folder: str, parts: tuple[str, ...], imports: bool) -> tuple[str, ...] | None:
    machine = platform.machine()
    libraries = f"{Path(folder).parent}/lib/swift/linux"
    starts = [f"/usr/lib/{machine}-linux-gnu", "/usr/lib64", "/usr/lib"]
    start = next((place for place in starts if Path(f"{root}{place}/Scrt1.o").exists()), "")
    linker = next((path for path in (f"{folder}/ld.lld", "/usr/bin/ld.lld") if Path(f"{root}{path}").exists()), "")
    loader = next((f"/{path.relative_to(root or '/')}" for path in Path(root or "/").glob("lib*/ld-linux-*.so.*")), "")
    head = f"{libraries}/{machine}/swiftrt.o"
    if not (start and linker and loader and Path(f"{root}{head}").exists()):
        return None
    there = sorted(path.stem.removeprefix("lib") for path in Path(f"{root}{libraries}").glob("lib*.so"))
    named = [name for name in there if imports or name.removeprefix("swift") in _LIBRARIES]
    return (
        *(linker, "-pie", "--build-id=none", "-o", "program", "-dynamic-linker", loader),
        *(f"{start}/Scrt1.o", f"{start}/crti.o", head, "program.o", *parts),
        *("-L", libraries, "-L", start, "--as-needed", *(f"-l{name}" for name in named)),
        *("-lm", "-lc", "-rpath", libraries, f"{start}/crtn.o"),
    )


@cache
def _text(name: str) -> str:
    return (DRIVERS / f"{name}.swift").read_text("utf-8")


def _driver(own: str) -> dict[str, str]:
    """The files of the driver, whose names begin with `own`, and a program that it can be compiled with."""
    names = {"kcoder": "swift", "arguments": "swift_arguments"}
    files = {f"{name}.swift": _text(file).replace("kcoder{own}", own) for name, file in names.items()}
    return files | {"main.swift": ""}


def _first(file: str, files: Iterable[str]) -> Iterator[str]:
    """The arguments that compile one file of a module. Of the others no more is read than this one takes: that it need
    not be compiled with every program saves a third of the time."""
    yield from ("-primary-file", file, *(other for other in files if other != file))


# ---- test programs --------------------------------------------------------------------------------------------


def _assertions(tests: str) -> Iterator[Edit]:
    """Every assertion, without the words for when it fails. It is reached once where no brace is open around it."""
    seen = blanked(tests, SILENT)
    outermost = -1 if seen.lstrip().startswith("}") else 0
    words: dict[str, Any] = {**_WORDS, **{case[0]: partial(_payload, case[1]) for case in _CASE.finditer(tests)}}
    for found in _ASSERTION.finditer(seen):
        end = closing(seen, found.end())
        condition = split(tests[found.end() + 1 : end], ",", QUOTES)[0]
        if level(seen[: found.start()]) == outermost:
            call, value = compared(condition, words, quotes=QUOTES) or (condition, True)
            yield Edit(found.start(), end + 1, f"{DRIVER}.say({call})", ((" ".join(call.split()), value),))
        else:
            yield Edit(found.start(), end + 1, f"{DRIVER}.check({condition}, {quoted(condition)})")


def _payload(case: str, given: list[Any]) -> Any:
    """What a case of an enumeration is, as the driver says it; those of optional values say what they hold."""
    if case in ("some", "none"):
        return given[0] if given else None
    return {case: given[0] if len(given) == 1 else tuple(given) or None}


_PROMPT = "/// Returns n plus 1.\nfunc f(n: Int) -> Int {\n"
_PROBES = {
    "right": Probe(code="func f(n: Int) -> Int {\n    return n + 1\n}\n", verdict=Verdict.PASSED),
    "wrong": Probe(code="func f(n: Int) -> Int {\n    return n - 1\n}\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code="func f(n: Int) -> Int {\n    return [1][n]\n}\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code="func f(n: Int) -> Int {\n    while true {}\n}\n", verdict=Verdict.TIMED_OUT),
    # a socket needs no network to be made: only the sandbox refuses it
    "network": Probe(
        code="import Glibc\n\nfunc f(n: Int) -> Int {\n"
        "    if socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) < 0 { fatalError(String(cString: strerror(errno))) }\n"
        "    return n + 1\n}\n",
        verdict=Verdict.SANDBOX_DENIED,
    ),
    "memory": Probe(
        code="func f(n: Int) -> Int {\n    return n + Int([UInt8](repeating: 1, count: 3 << 30)[7])\n}\n",
        verdict=Verdict.OUT_OF_MEMORY,
    ),
}

SWIFT = Swift(
    name="swift",
    suffixes=(".swift",),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_swift",
        functions=("function_declaration",),
        types=("class_declaration", "protocol_declaration", "typealias_declaration"),
        values=("property_declaration",),
        imports=("import_declaration",),
        others=("class_declaration:extension", "operator_declaration", "precedence_group_declaration"),
        names=("simple_identifier", "type_identifier"),
        locals=("property_declaration", "for_statement"),
        overloads=True,
        spellings=(
            (r"\bArray\s*(:[^{]*?)\s*where\s+Element\s*==\s*([^\s{]+)", r"[\2]\1"),
            (r"\bArray<([^>{]*)>", r"[\1]"),
        ),
    ),
    generated=(r"(?m)^// swift-module-flags:",),
    generated_paths=(
        r"\.(pb|generated)\.swift$",
        r"(^|/)R\.generated\.swift$",
    ),
    install="https://swift.org/install; or unpack an image that has it: KCODER_TOOLCHAIN_SWIFT=FOLDER",
    environment={"SWIFT_BACKTRACE": "enable=no"},  # a crash then ends with its own words
    stops=("\nprint(", "\nassert(", "\n```"),
    causes=causes.SWIFT,
    probes=_PROBES,
    solutions=(
        (_PROMPT, "    return n + 1\n}\n", "    return n + 1\n}\n"),
        (_PROMPT, "    return n + 1\n}", "    return n + 1\n}"),
        (_PROMPT, "    return n + 1\n}\n\nprint(f(n: 1))\n", "    return n + 1\n}\n"),
        (
            _PROMPT,
            "    return more(n)\n}\n\n/// Helps {f}.\nfunc more(_ n: Int) -> Int {\n    n + 1\n}\n\nlet a = f(n: 1)\n",
            "    return more(n)\n}\n\n/// Helps {f}.\nfunc more(_ n: Int) -> Int {\n    n + 1\n}\n",
        ),
        (
            _PROMPT,
            '    let open = ["{", "\\([n].map { "{\\($0)" })", """\n}\n"""] // {\n    return n + 1\n}\n}\n',
            '    let open = ["{", "\\([n].map { "{\\($0)" })", """\n}\n"""] // {\n    return n + 1\n}\n',
        ),
        (_PROMPT, "    return n +", "    return n +"),
    ),
)
