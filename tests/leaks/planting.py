"""Plants altered copies of published problems into rows, the way they turn up in training data.

    python planting.py DATA --seed 3 > rows.jsonl

Ten problems from three benchmarks, five alterations of each: fifty rows. Nothing of kcoder is imported: what is to
find these copies must not decide how they look. Docstrings are left out, since a copy without its docstring is the
harder one; only the reformatted ones keep theirs. Problems whose solutions are shorter than `LEAST` are passed over:
many people write those lines without ever having seen the problem.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import random
import re
import sys
import sysconfig
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: characters of a solution at least, blanks not counted
LEAST = 80
#: names that copies get: nothing that a problem would use
_BEASTS = """
walrus otter heron badger lynx marten stoat plover curlew osprey merlin kestrel dunlin avocet bittern grebe
siskin linnet twite brambling fieldfare redwing wryneck hoopoe oriole roller shrike nutcracker chough jackdaw
"""
NAMES = _BEASTS.split()
REMARKS = (
    "keep this simple",
    "see the notes of the meeting",
    "a detail that matters later",
    "checked by hand",
    "the next line does the work",
    "do not change without asking",
)
#: a page of Markdown; its apostrophes open no string
PAGE = "# Notes\n\nHere's what we've used so far:\n\n%s\n\nIt isn't much, but it's ours.\n"


@dataclass(frozen=True)
class Problem:
    """A program as a benchmark publishes it: what is given to complete, and what completes it."""

    benchmark: str
    id: str
    language: str
    prompt: str
    solution: str

    @property
    def program(self) -> str:
        return self.prompt + self.solution if self.benchmark != "mbpp" else self.solution


@dataclass(frozen=True)
class Copy:
    """A row with a copy of a problem in it."""

    benchmark: str
    problem: str
    alteration: str
    language: str
    text: str


def copies(data: Path, seed: int, least: int = LEAST) -> Iterator[Copy]:
    """Fifty rows: ten problems whose solutions have at least `least` characters, blanks not counted."""
    chance = random.Random(f"plant {seed}")
    for problem in chosen(data, chance, least):
        hand = Python(chance) if problem.language == "python" else JavaScript(chance)
        for name in ("renamed", "reformatted", "commented", "quoted", "split"):
            altered = getattr(hand, name)(problem)
            # a quoted copy stands in a file by nature; of the others half stand alone and half in a longer file
            text = altered if name == "quoted" else hand.surrounded(altered)
            yield Copy(problem.benchmark, problem.id, name, problem.language, text)


def chosen(data: Path, chance: random.Random, least: int) -> list[Problem]:
    every = {"humaneval": humaneval(data), "mbpp": mbpp(data), "humaneval-x": humaneval_x(data)}
    large = {name: [p for p in ps if len("".join(p.solution.split())) >= least] for name, ps in every.items()}
    shares = {"humaneval": 4, "mbpp": 3, "humaneval-x": 3}
    return [problem for name, n in shares.items() for problem in chance.sample(large[name], n)]


def humaneval(data: Path) -> list[Problem]:
    rows = _lines(data / "humaneval" / "HumanEval.jsonl.gz")
    return [Problem("humaneval", r["task_id"], "python", r["prompt"], r["canonical_solution"]) for r in rows]


def mbpp(data: Path) -> list[Problem]:
    rows = json.loads((data / "mbpp" / "sanitized-mbpp.json").read_text("utf-8"))
    return [Problem("mbpp", str(r["task_id"]), "python", r["prompt"], r["code"]) for r in rows]


def humaneval_x(data: Path) -> list[Problem]:
    rows = _lines(data / "humaneval-x" / "humaneval_js.jsonl.gz")
    return [Problem("humaneval-x", r["task_id"], "javascript", r["prompt"], r["canonical_solution"]) for r in rows]


def _lines(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def halfway(statements: list[str]) -> int:
    """Before which statement a body falls into two parts that are most nearly equal."""
    sizes = [len("".join(each.split())) for each in statements]
    return min(range(len(sizes)), key=lambda cut: abs(sum(sizes[:cut]) - sum(sizes[cut:])))


# ---- Python --------------------------------------------------------------------------------------------------


class Python:
    """Alterations by way of the syntax tree."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def renamed(self, problem: Problem) -> str:
        """The function, its arguments and every name it assigns are called otherwise."""
        tree = without_docstrings(ast.parse(problem.program))
        given = sorted(bound(tree))
        fresh = dict(zip(given, self.chance.sample(NAMES, len(given)), strict=True))
        return ast.unparse(Renamer(fresh).visit(tree)) + "\n"

    def reformatted(self, problem: Problem) -> str:
        """Blanks, indentation, quotes and brackets as a tree prints them, then lines broken and indented by two."""
        plain = ast.unparse(ast.parse(problem.program))
        lines = []
        for line in plain.splitlines():
            indent = len(line) - len(line.lstrip())
            lines.append(" " * (indent // 2) + line.lstrip())
        text = "\n".join(lines) + "\n"
        broken = re.sub(r"(?m)^( *)(return|if|while|elif) ((?!.*[\"'#:].*[\"'#:]).{30,}?)(:?)$", _bracketed, text)
        return broken if _parses(broken) else text

    def commented(self, problem: Problem) -> str:
        """A remark above or behind nearly every line; the docstring is gone."""
        lines = []
        for line in ast.unparse(without_docstrings(ast.parse(problem.program))).splitlines():
            indent = line[: len(line) - len(line.lstrip())]
            if self.chance.random() < 0.5:
                lines.append(f"{indent}# {self.chance.choice(REMARKS)}")
            lines.append(f"{line}  # {self.chance.choice(REMARKS)}" if self.chance.random() < 0.5 else line)
        return "\n".join(lines) + "\n"

    def quoted(self, problem: Problem) -> str:
        """The whole program as an example in the docstring of another file, or in a page of Markdown."""
        program = ast.unparse(without_docstrings(ast.parse(problem.program)))
        if self.chance.random() < 0.5:
            return PAGE % f"```python\n{program}\n```"
        quote = "'''" if '"""' in program else '"""'
        inside = textwrap.indent(program.replace("\\", "\\\\"), "    ")
        doc = f"{quote}Things to do.\n\nFor example::\n\n{inside}\n\nand so on.\n{quote}\n"
        return doc + self._host()

    def split(self, problem: Problem) -> str:
        """The second half of the body stands in a function of its own, which is given the names it needs."""
        tree = without_docstrings(ast.parse(problem.program))
        function = [node for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
        cut = halfway([ast.unparse(part) for part in function.body])
        first, second = function.body[:cut], function.body[cut:]
        known = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)} | bound_here(first)
        needed = sorted(known & {n.id for part in second for n in ast.walk(part) if isinstance(n, ast.Name)})
        head = f"def {function.name}_rest({', '.join(needed)}):\n    pass\n"
        helper = ast.parse(head).body[0]
        assert isinstance(helper, ast.FunctionDef)
        helper.body = second
        function.body = [*first, ast.Return(ast.Call(ast.Name(helper.name), [ast.Name(n) for n in needed], []))]
        at = tree.body.index(function)
        order = [helper, function] if self.chance.random() < 0.5 else [function, helper]
        tree.body[at : at + 1] = order
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"

    def surrounded(self, text: str) -> str:
        """Alone with a line or two, or between the functions of a file of the standard library."""
        if self.chance.random() < 0.5:
            return f"import sys\n\n\n{text}\n\nprint(sys.argv)\n"
        host = self._host()
        places = [found.start() for found in re.finditer(r"(?m)^(?=def |class |@)", host)]
        at = self.chance.choice(places) if places else len(host)
        return f"{host[:at]}{text}\n\n{host[at:]}"

    def _host(self) -> str:
        folder = Path(sysconfig.get_paths()["stdlib"])
        files = sorted(p for p in folder.glob("*.py") if 4_000 < p.stat().st_size < 60_000)
        return self.chance.choice(files).read_text("utf-8")


def without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def bound(tree: ast.AST) -> set[str]:
    """Names of functions and arguments and every name that is assigned, in the whole tree."""
    found = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ExceptHandler) and n.name}
    found |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return found | {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def bound_here(body: list[ast.stmt]) -> set[str]:
    """Names that later statements of the same function can use: not those of a comprehension or an inner function."""
    inner = {n for part in body for c in ast.walk(part) if isinstance(c, ast.comprehension) for n in ast.walk(c.target)}
    found = {part.name for part in body if isinstance(part, ast.FunctionDef)}
    names = (n for part in body if not isinstance(part, ast.FunctionDef) for n in ast.walk(part))
    return found | {n.id for n in names if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n not in inner}


class Renamer(ast.NodeTransformer):
    def __init__(self, fresh: dict[str, str]) -> None:
        self.fresh = fresh

    def visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "name"):
            told = getattr(node, field, None)
            if isinstance(told, str) and not isinstance(node, ast.alias | ast.keyword):
                setattr(node, field, self.fresh.get(told, told))
        return self.generic_visit(node)


def _bracketed(found: re.Match[str]) -> str:
    indent, word, rest, colon = found.groups()
    return f"{indent}{word} (\n{indent}      {rest}\n{indent}  ){colon}"


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


# ---- JavaScript ----------------------------------------------------------------------------------------------

#: strings, comments, or a piece of code
PIECES = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|//[^\n]*|/\*[\s\S]*?\*/)""")
DECLARED = re.compile(r"\b(?:const|let|var|function)\s+([A-Za-z_$][\w$]*)|\(([^()]*)\)\s*=>|\b([A-Za-z_$][\w$]*)\s*=>")
OTHER_FILE = """'use strict';

const path = require('path');

function resolveAll(root, names) {
  return names.map((name) => path.resolve(root, name)).filter(Boolean);
}

%s
class Registry {
  constructor() {
    this.entries = new Map();
  }

  register(name, factory) {
    if (this.entries.has(name)) {
      throw new Error(`already registered: ${name}`);
    }
    this.entries.set(name, factory);
    return this;
  }
}

module.exports = { resolveAll, Registry };
"""


class JavaScript:
    """Alterations of the text: only code outside strings and comments is touched."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def renamed(self, problem: Problem) -> str:
        text = code_alone(problem.program)
        given = sorted(declared(text))
        fresh = dict(zip(given, self.chance.sample(NAMES, len(given)), strict=True))
        names = re.compile(r"(?<![\w$.])(" + "|".join(map(re.escape, given)) + r")(?![\w$])(?!\s*:)")
        return outside(text, lambda code: names.sub(lambda found: fresh[found[1]], code))

    def reformatted(self, problem: Problem) -> str:
        """Tabs, braces on lines of their own, other quotes, no blanks around operators, semicolons everywhere."""
        text = outside(problem.program, lambda code: re.sub(r" ?([-+*/%<>=!&|?]+) ?", r"\1", code))
        text = re.sub(r"'([^'\"\\\n]*)'", r'"\1"', text)
        lines = []
        for line in text.splitlines():
            indent = len(line) - len(line.lstrip())
            line = line.strip()
            line = line + ";" if re.search(r"[\w\])]$", line) and not line.startswith(("*", "/")) else line
            lines.append("\t" * (indent // 2) + line)
        return "\n".join(lines) + "\n"

    def commented(self, problem: Problem) -> str:
        lines = []
        for line in code_alone(problem.program).splitlines():
            indent = line[: len(line) - len(line.lstrip())]
            if self.chance.random() < 0.5:
                lines.append(f"{indent}// {self.chance.choice(REMARKS)}")
            lines.append(f"{line} /* {self.chance.choice(REMARKS)} */" if self.chance.random() < 0.5 else line)
        return "\n".join(lines) + "\n"

    def quoted(self, problem: Problem) -> str:
        program = code_alone(problem.program)
        if self.chance.random() < 0.5:
            return (
                f"# Notes\n\nHere's what we've used so far:\n\n```js\n{program}```\n\nIt isn't much, but it's ours.\n"
            )
        return OTHER_FILE % ("/**\n" + textwrap.indent(program, " * ", lambda line: True) + " */\n")

    def split(self, problem: Problem) -> str:
        """The second half of the statements between the outer braces stands in a function of its own."""
        text = code_alone(problem.program)
        name = re.findall(r"(?m)^(?:const|let|var|function)\s+([\w$]+)", text)[-1]
        start = text.index("{", text.rindex(name + " =") if name + " =" in text else text.index(name)) + 1
        end = text.rindex("}")
        statements = top_level(text[start:end])
        cut = halfway(statements)
        first, second = "".join(statements[:cut]), "".join(statements[cut:])
        known = declared(text[:start] + first)
        needed = sorted(n for n in known - {name} if re.search(rf"(?<![\w$.]){re.escape(n)}(?![\w$])", second))
        helper = f"const {name}Rest = ({', '.join(needed)}) => {{\n{second.strip(chr(10))}\n}}\n\n"
        main = f"{text[:start]}\n{first.strip(chr(10))}\n  return {name}Rest({', '.join(needed)});\n{text[end:]}\n"
        return helper + main if self.chance.random() < 0.5 else main + helper

    def surrounded(self, text: str) -> str:
        if self.chance.random() < 0.5:
            return f"'use strict';\n\n{text}\n\nconsole.log(process.argv);\n"
        return OTHER_FILE % (text + "\n")


def outside(text: str, change: Callable[[str], str]) -> str:
    """The text with its code changed and its strings and comments as they were."""
    return "".join(part if number % 2 else change(part) for number, part in enumerate(PIECES.split(text)))


def code_alone(text: str) -> str:
    """Without comments and empty lines."""
    parts = ("" if n % 2 and part.startswith("/") else part for n, part in enumerate(PIECES.split(text)))
    return "".join(f"{line}\n" for line in "".join(parts).splitlines() if line.strip())


def declared(text: str) -> set[str]:
    """Names of functions, arguments and variables."""
    found = set()
    for name, several, one in DECLARED.findall(text):
        found |= set(re.findall(r"[A-Za-z_$][\w$]*", several)) | {name, one}
    for several in re.findall(r"\bfunction\b[^(]*\(([^()]*)\)", text):
        found |= set(re.findall(r"[A-Za-z_$][\w$]*", several))
    return found - {""}


def top_level(body: str) -> list[str]:
    """Statements: pieces that end with a line on which no bracket is open."""
    found, depth, piece = [], 0, ""
    for line in body.splitlines(keepends=True):
        piece += line
        code = "".join(part for n, part in enumerate(PIECES.split(line)) if not n % 2)
        depth += sum(code.count(c) for c in "{([") - sum(code.count(c) for c in "})]")
        if depth <= 0 and piece.strip():
            found.append(piece)
            piece = ""
    return found + ([piece] if piece.strip() else [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with humaneval/, mbpp/ and humaneval-x/")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--least", type=int, default=LEAST, help="characters of a solution at least, blanks not counted"
    )
    told = parser.parse_args()
    for copy in copies(told.data, told.seed, told.least):
        sys.stdout.write(json.dumps(vars(copy)) + "\n")


if __name__ == "__main__":
    main()
