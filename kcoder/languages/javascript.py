"""JavaScript, run by node from 18 on, as a CommonJS module.

Packages beside node's own are those that lie in the folder that KCODER_NODE_MODULES names, as npm installs them.

Tests are executed in the scope of the program's own file, which may therefore define what it likes. What an assertion
in a loop compares is compared in the program's process, with a console, an assert, a JSON and a Math that it cannot
change; a program that looks for the driver in its memory can still say there that all is well.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kcoder import toolchain
from kcoder.causes import node as causes
from kcoder.expressions import node, node_values
from kcoder.language import Call, Language, Limits, Probe, Program, Syntax, Tests
from kcoder.records import Verdict

DRIVER = Path(__file__).with_name("drivers") / "node.js"
MODULES = "KCODER_NODE_MODULES"
#: what says a value, until the mark is known
SAY = "say_value"
#: Half of what a program may write to is for its objects: V8 dies without a word where it meets the kernel's limit
#: before its own. Chance is drawn from a fixed seed.
START = (
    'ulimit -d >limit; read kib <limit; export NODE_PATH="$1"; '
    'exec "$0" --max-old-space-size=$((kib / 2048)) --random-seed=1 kcoder.js'
)


class JavaScript(Language):
    """Programs are CommonJS modules; what a program prints itself is ignored."""

    revision = 3

    def version(self) -> str:
        told = f"node {toolchain.told_version(_node(), self.name, '--version')}"
        return f"{told} with {', '.join(found)}" if (found := _packages(_modules())) else told

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        text = f"({SAY}, console, require, JSON, Math) => {{\n{tests.text}\n}}".replace(SAY, f"say{mark}")
        driver = _driver().replace("{mark}", mark)
        files = {"candidate.js": code, "tests.js": text, "kcoder.js": driver}
        return Program(files, (("/bin/sh", "-c", START, _node(), _modules()),))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        sources = tuple(f"{entry}({', '.join(map(_literal, arguments))})" for arguments, _ in calls)
        return Tests("".join(f"{SAY}({source});\n" for source in sources), tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """console.assert and node's assert: what is compared with a literal, once, is said and compared outside."""
        return node.said(tests, SAY)

    def same(self, answer: Any, expected: Any) -> bool:
        return node_values.equal(answer, expected)

    def paths(self) -> tuple[str, ...]:
        found = None if self.image() else shutil.which("node")
        return (os.path.realpath(found), *([folder] if (folder := _modules()) else [])) if found else ()

    def verdict(self, status: int, stderr: str) -> Verdict:
        return node.ended(stderr) or super().verdict(status, stderr)


def _node() -> str:
    found = toolchain.program("node", "javascript", JAVASCRIPT.install)
    return found if JAVASCRIPT.image() else os.path.realpath(found)


def _modules() -> str:
    """The folder of packages that a person has installed; empty where there is none."""
    folder = os.environ.get(MODULES, "")
    return os.path.realpath(folder) if folder and not JAVASCRIPT.image() else ""


@cache
def _packages(folder: str) -> tuple[str, ...]:
    """The names of the packages in there, those of an organisation as @it/name, with their versions."""
    found = [*Path(folder).glob("[!.@]*/package.json"), *Path(folder).glob("@*/*/package.json")] if folder else []
    told = {str(path.parent.relative_to(folder)): json.loads(path.read_text("utf-8")) for path in found}
    return tuple(f"{name} {told[name].get('version', '?')}" for name in sorted(told))


@cache
def _driver() -> str:
    return DRIVER.read_text("utf-8")


def _literal(value: Any) -> str:
    """A JSON value as an expression, in which no key sets a prototype."""
    return json.dumps(value).replace('"__proto__":', '["__proto__"]:')


# connecting is asynchronous, so it is done in a thread of its own: to port 9 of this very machine, where nobody listens
_NETWORK = """function f(n) {
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
_PROBES = {
    "right": Probe(code="function f(n) {\n  return n + 1;\n}\n", verdict=Verdict.PASSED),
    "wrong": Probe(code="function f(n) {\n  return n - 1;\n}\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code="function f(n) {\n  return n.x.y;\n}\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code="function f(n) {\n  while (true) {}\n}\n", verdict=Verdict.TIMED_OUT),
    "network": Probe(code=_NETWORK, verdict=Verdict.SANDBOX_DENIED),
    "memory": Probe(
        code="function f(n) {\n  return new Uint8Array(3 * 2 ** 30).fill(1).length && n + 1;\n}\n",
        verdict=Verdict.OUT_OF_MEMORY,
    ),
}
_PROMPT = "// Return n plus 1.\nfunction f(n) {\n"
_LOOP = "  // one more\n\n  const one = 1;\n\n  return n + one;\n}\n"

JAVASCRIPT = JavaScript(
    name="javascript",
    aliases=("js",),
    suffixes=(".js", ".mjs", ".cjs"),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_javascript",
        functions=("function_declaration", "generator_function_declaration"),
        types=("class_declaration",),
        values=("lexical_declaration", "variable_declaration", "assignment_expression"),
        imports=("import_statement",),
        heads=("string",),
        wrappers=("export_statement", "expression_statement"),
        names=("identifier", "shorthand_property_identifier"),
        locals=("lexical_declaration", "variable_declaration", "for_in_statement"),
        given=node.GIVEN,
        unsaid=("export", "default"),
    ),
    generated=(r"(?m)^//[#@] sourceMappingURL=", r"\bwebpackBootstrap\b"),
    generated_paths=(
        r"\.min\.js$",
        r"(^|/)(node_modules|dist|bundle)/",
    ),
    install=f"apt install nodejs, or https://nodejs.org; packages: npm install, then {MODULES}=PROJECT/node_modules",
    stops=("\nconsole.log(", "\n```"),
    # landlock answers "no access" where nothing is: node would die of a settings file it cannot read
    environment={"OPENSSL_CONF": "/dev/null"},
    run=Limits(memory=512, processes=64),
    causes=causes.NODE,
    probes=_PROBES,
    solutions=(
        (_PROMPT, "  return n + 1;\n}\n", "  return n + 1;\n}\n"),
        (_PROMPT, "  return n + 1;\n}", "  return n + 1;\n}"),
        (_PROMPT, _LOOP, _LOOP),
        (_PROMPT, f"{_LOOP}\nfunction g() {{\n  return 1;\n}}\n", f"{_LOOP}\nfunction g() {{\n  return 1;\n}}\n"),
        (_PROMPT, "  return n + 1;\n}\nconsole.log(f(1));\n", "  return n + 1;\n}"),
    ),
)
