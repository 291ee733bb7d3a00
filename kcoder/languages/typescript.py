"""TypeScript, checked and compiled by tsc, run by node from 18 on.

A program is one module: what tsc finds wrong in it, or in how the tests call it, is a failed build. Of node it knows
the names and no types (drivers/node.d.ts), and `strict` is off, as in MultiPL-E. tsc is looked for on PATH and, from
the current folder upward, in node_modules. See JavaScript for what compares where.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kcoder import toolchain
from kcoder.causes import typescript as causes
from kcoder.errors import MachineLacksError
from kcoder.expressions import node, node_values
from kcoder.language import COMPLAINT, Call, Language, Limits, Probe, Program, Syntax, Tests
from kcoder.records import Verdict

DRIVERS = Path(__file__).with_name("drivers")
#: what says a value, until the mark is known
SAY = "say_value"
#: see JavaScript
START = 'ulimit -d >limit; read kib <limit; exec "$0" --max-old-space-size=$((kib / 2048)) --random-seed=1 kcoder.js'
#: tsc runs too shortly for V8 to gain by optimising it: 370 instead of 540 ms of processor time
BRIEF = ("--no-opt", "--min-semi-space-size=64")
OPTIONS = (
    *("--pretty", "false", "--strict", "false", "--skipLibCheck", "--esModuleInterop", "--sourceMap"),
    *("--target", "es2022", "--lib", "esnext", "--module", "commonjs"),
)
_FAULT = re.compile(r"^\S*?candidate\.ts\((\d+),\d+\): error (TS\d+): (.*)$", re.M)


class TypeScript(Language):
    """Programs are modules; what a program prints itself is ignored."""

    def version(self) -> str:
        compiler = f"{self.image() or ''}{_tsc()}"
        told = (
            toolchain.told_version(_node(), self.name, *given) for given in (("--version",), (compiler, "--version"))
        )
        return "node {}, tsc {}".format(*(each.removeprefix("Version ") for each in told))

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        parameters = f"say{mark}: any, console: any, require: any, JSON: any, Math: any"
        text = f"function tests{mark}({parameters}) {{\n{tests.text.replace(SAY, f'say{mark}')}\n}}\nexport {{}};\n"
        files = {
            "candidate.ts": f"{code}\n{text}",
            "node.d.ts": _driver("node.d.ts"),
            "tests.js": f"tests{mark}",
            "kcoder.js": _driver("node.js").replace("{mark}", mark),
        }
        build = (_node(), *BRIEF, _tsc(), *OPTIONS, "candidate.ts", "node.d.ts")
        return Program(files, (build, ("/bin/sh", "-c", START, _node())))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        """Arguments are of any type: only the program itself is checked."""
        sources = tuple(f"{entry}({', '.join(map(_literal, arguments))})" for arguments, _ in calls)
        lines = (f"{SAY}(({entry} as any){source.removeprefix(entry)});\n" for source in sources)
        return Tests("".join(lines), tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """node's assert and console.assert: what is compared with a literal, once, is said and compared outside."""
        return node.said(tests, SAY)

    def same(self, answer: Any, expected: Any) -> bool:
        return node_values.equal(answer, expected)

    def paths(self) -> tuple[str, ...]:
        if self.image():
            return ()
        found, compiler = shutil.which("node"), _found_tsc()
        paths = [os.path.realpath(found)] if found else []
        if compiler:
            # tsc is a small file in `bin`; its library lies beside that folder, what it is made of beside the whole
            package = Path(os.path.realpath(compiler)).parents[1]
            paths += [str(package), str(package.parent / "@typescript")]
        return tuple(paths)

    def complaint(self, words: str) -> str:
        fault = _FAULT.search(words)
        return f"line {fault[1]}: {fault[3]} ({fault[2]})"[:COMPLAINT] if fault else super().complaint(words)

    def verdict(self, status: int, stderr: str) -> Verdict:
        return node.ended(stderr) or super().verdict(status, stderr)


def _node() -> str:
    found = toolchain.program("node", "typescript", "apt install nodejs, or https://nodejs.org")
    return found if TYPESCRIPT.image() else os.path.realpath(found)


def _tsc() -> str:
    if TYPESCRIPT.image():
        return toolchain.program("tsc", "typescript", TYPESCRIPT.install)
    if found := _found_tsc():
        return os.path.realpath(found)
    raise MachineLacksError("tsc, which typescript needs, was not found on PATH or in node_modules", TYPESCRIPT.install)


def _found_tsc() -> str | None:
    """Where tsc lies on the machine: installed for all, or for a project around the current folder."""
    here = Path.cwd()
    local = (folder / "node_modules" / ".bin" / "tsc" for folder in (here, *here.parents))
    return shutil.which("tsc") or next((str(path) for path in local if path.exists()), None)


@cache
def _driver(name: str) -> str:
    return (DRIVERS / name).read_text("utf-8")


def _literal(value: Any) -> str:
    """A JSON value as an expression, in which no key sets a prototype."""
    return json.dumps(value).replace('"__proto__":', '["__proto__"]:')


# connecting is asynchronous, so it is done in a thread of its own: to port 9 of this very machine, where nobody listens
_NETWORK = """function f(n: number): number {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const connect = `const { workerData: state } = require('worker_threads');
    const told = (number) => { Atomics.store(state, 0, number); Atomics.notify(state, 0); };
    require('net').connect(9, '127.0.0.1', () => told(1))
      .on('error', (error) => told(error.code === 'ECONNREFUSED' ? 1 : error.errno));`;
  new (require('worker_threads').Worker)(connect, { eval: true, workerData: state });
  Atomics.wait(state, 0, 0);
  if (state[0] !== 1) throw new Error(require('util').getSystemErrorName(state[0]));
  return n + 1;
}
"""
_HEAD = "function f(n: number): number {\n"
_PROBES = {
    "right": Probe(code=f"{_HEAD}  return n + 1;\n}}\n", verdict=Verdict.PASSED),
    "wrong": Probe(code=f"{_HEAD}  return n - 1;\n}}\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code=f"{_HEAD}  return (n as any).x.y;\n}}\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code=f"{_HEAD}  while (true) {{}}\n}}\n", verdict=Verdict.TIMED_OUT),
    "network": Probe(code=_NETWORK, verdict=Verdict.SANDBOX_DENIED),
    "memory": Probe(
        code=f"{_HEAD}  return new Uint8Array(3 * 2 ** 30).fill(1).length && n + 1;\n}}\n",
        verdict=Verdict.OUT_OF_MEMORY,
    ),
}
_PROMPT = f"// Return n plus 1.\n{_HEAD}"
_LONGER = "  // one more\n\n  const one: number = 1;\n\n  return n + one;\n}\n"

TYPESCRIPT = TypeScript(
    name="typescript",
    aliases=("ts",),
    suffixes=(".ts", ".tsx", ".mts", ".cts"),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_typescript",
        loader="language_typescript",
        functions=("function_declaration", "generator_function_declaration", "function_signature"),
        types=(
            "class_declaration",
            "abstract_class_declaration",
            "interface_declaration",
            "type_alias_declaration",
            "enum_declaration",
            "internal_module",
        ),
        values=("lexical_declaration", "variable_declaration", "assignment_expression"),
        imports=("import_statement",),
        heads=("string",),
        wrappers=("export_statement", "expression_statement", "ambient_declaration"),
        names=("identifier", "type_identifier", "shorthand_property_identifier"),
        locals=("lexical_declaration", "variable_declaration", "for_in_statement"),
        given=f"{node.GIVEN} Exclude Extract Iterable NonNullable Omit Partial Pick Readonly ReadonlyArray Record "
        "Required ReturnType",
        unsaid=("export", "default"),
        overloads=True,
    ),
    content={".ts": r"\A(?!\s*<[?!])"},  # Qt's translations have the ending too
    generated_paths=(r"(^|/)(node_modules|dist|bundle)/",),
    install="npm install -g typescript@5.4",
    stops=("\nconsole.log(", "\n```"),
    # landlock answers "no access" where nothing is: node would die of a settings file it cannot read
    environment={"OPENSSL_CONF": "/dev/null"},
    run=Limits(memory=512, processes=64),
    causes=causes.TYPESCRIPT,
    probes=_PROBES,
    solutions=(
        (_PROMPT, "  return n + 1;\n}\n", "  return n + 1;\n}\n"),
        (_PROMPT, "  return n + 1;\n}", "  return n + 1;\n}"),
        (_PROMPT, _LONGER, _LONGER),
        (_PROMPT, "  return n + 1;\n}\nconsole.log(f(1));\n", "  return n + 1;\n}"),
    ),
)
