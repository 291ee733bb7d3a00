"""Java, compiled and run by a JDK from 11 on.

A program's own file stands beside the driver (drivers/java.java), which starts the tests' main and says the values.
JSON arguments become what the method's parameters are declared with (drivers/java_calls.java): whole numbers int or
long, lists any collection, array or javatuple. Where nothing is declared they are what Java's literals would be.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kcoder import toolchain
from kcoder.causes import java as causes
from kcoder.errors import MachineLacksError, UsageError
from kcoder.expressions.bare import bare, unclosed, uncommented
from kcoder.expressions.conditions import Statement, body, compared, statements
from kcoder.expressions.literal import items
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, spoken
from kcoder.language import COMPLAINT, Call, Language, Limits, Probe, Program, Served, Syntax, Tests, same
from kcoder.records import Verdict

DRIVERS = Path(__file__).with_name("drivers")
#: begins the names of the driver's classes, until the mark is known
DRIVER = "Kcoder__"
#: how the class of `calls` begins: it is put into a file of its own
CALLS = f"class {DRIVER}Tests {{"
#: what the driver says an Optional with a value as: {"Optional": value}
OPTIONAL = "Optional"
#: MiB a program's objects may take; the rest of its memory is the JVM's own
HEAP = 1024
COMPILED = ("-nowarn", "-proc:none", "-Xmaxerrs", "1")
JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData")
TUPLES = ("usr/share/java/javatuples.jar", "usr/local/share/java/javatuples.jar")
#: characters of a string constant: a class file holds 65,535 bytes of one
LONGEST = 20_000

_MAIN = r"\bmain\s*\([^)]*\)\s*(?:throws[\w.,\s]+)?\{"
_PUBLIC = re.compile(r"(?m)^\s*public\s+(?:(?:final|abstract|sealed)\s+)*(?:class|interface|enum|record)\s+(\w+)")
_PACKAGE = re.compile(r"\A\s*package\s+[\w.]+\s*;")
_FAULT = re.compile(r"^\S*?(\w+\.java):(\d+): error: (.*)$", re.M)
_MISSING = re.compile(r"^\s*symbol:\s*(.*)$", re.M)
#: HumanEval-X: a list of conditions, and what is done where one does not hold
_LISTED = re.compile(r"List<Boolean>\s+\w+\s*=\s*Arrays\.asList\(")
_DOUBTED = re.compile(r"if\s*\(\s*\w+\.contains\(false\)\s*\)\s*\{\s*throw new AssertionError\(\s*\);\s*\}")
_EQUAL = r"equals|Objects\.equals"
#: what the JVM says of its end, most telling first
_SIGNS = {
    r"^assertion failed": Verdict.WRONG_ANSWER,
    r"^build failed": Verdict.BUILD_FAILED,
    r"unable to create native thread": Verdict.SANDBOX_DENIED,
    r"OutOfMemoryError|insufficient memory for the Java|Could not reserve enough space": Verdict.OUT_OF_MEMORY,
}
_WORDS = {
    **dict.fromkeys(("Arrays.asList", "List.of", "int", "long", "double", "String", "Integer"), items),
    **dict.fromkeys(("ArrayList", "LinkedList"), lambda given: given[0] if given else []),
    **dict.fromkeys(("HashMap", "TreeMap"), lambda given: given[0] if given else {}),
    **dict.fromkeys(("Pair.with", "Triplet.with", "Quartet.with", "Quintet.with"), tuple),
    **dict.fromkeys(("null", "Optional.empty"), lambda _: None),
    "Optional.of": lambda given: {OPTIONAL: given[0]},
    "Map.of": lambda given: dict(zip(given[::2], given[1::2], strict=True)),
    "true": lambda _: True,
    "false": lambda _: False,
}


class Java(Language):
    """A program is a file of classes; what it prints itself is ignored.

    Its objects may take HEAP MiB, however much more the executor allows.
    """

    revision = 5

    def version(self) -> str:
        _tool("javac")
        return toolchain.told_version(_tool("java"), "java", "-version")

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        driver, apart = f"Kcoder{mark}", tests.text.startswith(CALLS)
        text = tests.text.replace(DRIVER, driver)
        whole = f"{code}\n{'}' * unclosed(code)}\n" if apart else f"{code}\n{text}"
        whole = _PACKAGE.sub(lambda found: re.sub(r"\S", " ", found[0]), whole)
        of_code, of_tests = (list(_classes(each)) for each in (code, text))
        # MultiPL-E's main stands in the class that the prompt opened, whatever classes a completion adds
        begins = of_tests[-1] if of_tests else of_code[0] if of_code else "Main"
        public = _PUBLIC.search(bare(whole))
        files = {f"{public[1] if public else 'Program'}.java": whole, f"{driver}.java": _driver("java", mark)}
        if apart:
            files |= {f"{driver}Tests.java": text, f"{driver}Call.java": _driver("java_calls", mark)}
        java, tuples = (_tool("java"), *JVM, f"-Xmx{HEAP}m"), self._tuples(whole)
        server = (*java, "Server.java")
        build = Served(server, {"Server.java": _read("java_server.java")}, (":".join(tuples), *COMPILED))
        run = (*java, "-ea", "-Dfile.encoding=UTF-8", "-cp", ":".join((".", *tuples)))
        return Program(files, (build, (*run, driver, begins, *of_code)))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        lines = [f"    {DRIVER}Call.call({_quoted(entry)}, {_quoted(_json(arguments))});" for arguments, _ in calls]
        text = "\n".join((CALLS, "  static void main(String[] names) throws Throwable {", *lines, "  }", "}", ""))
        sources = tuple(f"{entry}({_json(arguments)[1:-1]})" for arguments, _ in calls)
        return Tests(text, tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """Conditions that compare with literals say their values, others whether they hold; what is tried in loops is
        tried in the program. MultiPL-E's `assert(..)` and HumanEval-X's `Arrays.asList(..)` of conditions are read."""
        tests = uncommented(tests)
        try:
            main = body(tests, _MAIN)
            edits = [*_listed(tests, main), *map(_asserted, statements(tests, r"\bassert\s*\(", main))]
        except ValueError as error:
            raise UsageError(f"tests in Java cannot be read: {error}", "they need a class with a main") from None
        ending = Edit(main[1], main[1], f"    {DRIVER}.end();\n")
        return spoken(tests, edits, ending, r"AssertionError|\bassert\b|\.check\(")

    def same(self, answer: Any, expected: Any) -> bool:
        """An Optional is not what it holds; where JSON names what is expected it has no word for one."""
        return same(answer, expected) or same(_held(answer), expected)

    def paths(self) -> tuple[str, ...]:
        return () if self.image() else _home()

    def complaint(self, words: str) -> str:
        fault = _FAULT.search(words)
        if not fault:
            return super().complaint(words)
        missing = _MISSING.search(words, fault.end()) if fault[3] == "cannot find symbol" else None
        return f"line {fault[2]}: {fault[3]}{f': {missing[1]}' if missing else ''}"[:COMPLAINT]

    def verdict(self, status: int, stderr: str) -> Verdict:
        for sign, verdict in _SIGNS.items():
            if re.search(sign, stderr, re.M):
                return verdict
        return super().verdict(status, stderr)

    def _tuples(self, text: str) -> tuple[str, ...]:
        """Where javatuples lies, for a program that imports it. Raises MachineLacksError where it is missing."""
        if "org.javatuples" not in text:
            return ()
        found = next((path for path in TUPLES if (Path(self.image() or "/") / path).exists()), None)
        if found is None:
            raise MachineLacksError("org.javatuples, which programs in Java import, is missing", self.install)
        return (f"/{found}",)


def _held(answer: Any) -> Any:
    """An answer with what its Optionals hold in their place."""
    if isinstance(answer, list | tuple):
        return type(answer)(map(_held, answer))
    if not isinstance(answer, dict):
        return answer
    if answer.keys() == {OPTIONAL}:
        return _held(answer[OPTIONAL])
    return {key: _held(item) for key, item in answer.items()}


def _asserted(statement: Statement) -> Edit:
    if not statement.once:
        return statement.replaced(f"{DRIVER}.check({statement.inner}, {_quoted(statement.inner.strip())});")
    text, said = _said(statement.inner)
    return statement.replaced(text, said)


def _said(condition: str) -> tuple[str, tuple[str, Any]]:
    """What says the value of a condition, and (its call, that value)."""
    call, value = compared(condition, _WORDS, _EQUAL) or (condition.strip(), True)
    return f"{DRIVER}.say({call});", (call, value)


def _listed(tests: str, main: tuple[int, int]) -> Iterator[Edit]:
    """HumanEval-X: `List<Boolean> correct = Arrays.asList(..)` holds conditions, and is then asked whether all hold."""
    seen = bare(tests)
    for found in _LISTED.finditer(seen, *main):
        end = closing(seen, found.end() - 1)
        told = [_said(each) for each in split(tests[found.end() : end], ",") if each]
        yield Edit(
            found.start(), seen.index(";", end) + 1, " ".join(text for text, _ in told), tuple(said for _, said in told)
        )
    for found in _DOUBTED.finditer(tests, *main):
        yield Edit(found.start(), found.end(), "")


def _classes(text: str) -> Iterator[str]:
    """The names of the outermost classes."""
    seen = bare(text)
    for found in re.finditer(r"\b(?:class|interface|enum|record)\s+(\w+)", seen):
        before = seen[: found.start()]
        if before.count("{") <= before.count("}"):
            yield found[1]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _quoted(text: str) -> str:
    """A text as an expression in Java."""
    pieces = [json.dumps(text[at : at + LONGEST]) for at in range(0, max(1, len(text)), LONGEST)]
    return pieces[0] if len(pieces) == 1 else f'String.join("", {", ".join(pieces)})'


def _tool(name: str) -> str:
    found = toolchain.program(name, "java", JAVA.install)
    return found if JAVA.image() else os.path.realpath(found)


def _driver(name: str, mark: str) -> str:
    return _read(f"{name}.java").replace(DRIVER, f"Kcoder{mark}").replace("{mark}", mark)


@cache
def _read(name: str) -> str:
    return (DRIVERS / name).read_text("utf-8")


def _home() -> tuple[str, ...]:
    """Where the JDK lies, and the folder its settings are links into; nothing where there is no JDK."""
    java = shutil.which("java")
    if java is None:
        return ()
    home = Path(java).resolve().parents[1]
    return (str(home), *sorted({str(path.resolve().parent) for path in (home / "conf").glob("*") if path.is_symlink()}))


_PROMPT = """class Problem {
    // Return n plus 1.
    public static long f(long n) {
"""


def _probe(body: str, verdict: Verdict) -> Probe:
    return Probe(code=f"import java.util.*;\n\n{_PROMPT}{body}    }}\n}}\n", verdict=verdict)


JAVA = Java(
    name="java",
    suffixes=(".java",),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_java",
        functions=("method_declaration",),
        types=(
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "annotation_type_declaration",
        ),
        values=("field_declaration", "local_variable_declaration"),
        imports=("import_declaration",),
        heads=("package_declaration",),
        others=("constructor_declaration", "static_initializer", "block"),
        containers=("class_declaration",),
        names=("identifier", "type_identifier"),
        locals=("local_variable_declaration", "enhanced_for_statement"),
        unsaid=("public",),
        overloads=True,
    ),
    generated=(r"(?m)^@(?:[\w.]+\.)?Generated\b",),
    generated_paths=(r"(^|/)(target|build)/generated",),
    install="apt install openjdk-17-jdk-headless libjavatuples-java",
    run=Limits(memory=3072, processes=128),
    causes=causes.JAVA,
    probes={
        "right": _probe("        return n + 1;\n", Verdict.PASSED),
        "wrong": _probe("        return n - 1;\n", Verdict.WRONG_ANSWER),
        "crash": _probe('        return "".charAt((int) n);\n', Verdict.RUNTIME_ERROR),
        "endless": _probe("        while (n == n) n += 2;\n        return n;\n", Verdict.TIMED_OUT),
        # port 9 of this very machine, where nobody listens: to be refused takes a network, if only the loopback
        "network": _probe(
            '        try { new java.net.Socket("127.0.0.1", 9).close(); }\n'
            "        catch (java.net.ConnectException refused) { }\n"
            "        catch (java.io.IOException none) { throw new RuntimeException(none); }\n"
            "        return n + 1;\n",
            Verdict.SANDBOX_DENIED,
        ),
        "memory": _probe(
            "        List<long[]> all = new ArrayList<>();\n"
            "        while (all.size() < 300) all.add(new long[1 << 20]);\n        return n + 1;\n",
            Verdict.OUT_OF_MEMORY,
        ),
    },
    solutions=(
        (_PROMPT, "        return n + 1;\n    }\n", "        return n + 1;\n    }\n"),
        (_PROMPT, "        return n + 1;\n    }\n}\n", "        return n + 1;\n    }\n}\n"),
    ),
)
