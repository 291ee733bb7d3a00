"""Complexity of Python as radon counts it, from one parse."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.scorer import Scorer

if TYPE_CHECKING:
    from radon.visitors import ComplexityVisitor

#: what an expression is made of that only writes down values: names, literals, and operators on them
_IDLE = (
    *(ast.Expr, ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Tuple, ast.Dict, ast.Set),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)


def _kinds(base: type[ast.AST]) -> Iterator[type[ast.AST]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


#: fields that hold no node in which either visitor counts anything
_PLAIN = frozenset(
    {"ctx", "op", "ops", "id", "attr", "name", "names", "arg", "asname", "module", "level", "kind", "conversion"}
    | {"type_comment", "type_ignores", "simple", "is_async"}
)
_FIELDS: Mapping[type[ast.AST], tuple[str, ...]] = {
    **{kind: tuple(name for name in kind._fields if name not in _PLAIN) for kind in _kinds(ast.AST)},
    # patterns stay as they are
    **dict.fromkeys([ast.Constant, *_kinds(ast.pattern)], ()),
    # of a function the visitors look at the body alone
    **dict.fromkeys([ast.FunctionDef, ast.AsyncFunctionDef], ("body",)),
}
#: the expressions that a visitor counts
_COUNTED = frozenset({ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.comprehension})
_STAYS = _COUNTED | {*_kinds(ast.stmt), ast.ExceptHandler, ast.match_case}
#: what a visitor looks into, so that it must be whole
_WHOLE = _COUNTED | {ast.AugAssign, ast.match_case}


class Radon(Scorer):
    """Radon's visitors; values equal those of its `cc_visit` and `h_visit`.

    Its cyclomatic complexity counts decision points: `if`, loops and their `else`, handlers, comprehensions, `assert`,
    `and`, `or`, cases. It does not count `with`, though its documents say so. Blocks are functions, methods and
    classes; a class counts the mean of its methods, and a nested function counts in none of them.

    Its Halstead counts see arithmetic, comparisons, `and`, `or`, `not` and augmented assignment alone: a function that
    opens, strips and prints has none. What is not defined there is 0, as radon gives it.
    """

    values: ClassVar[Mapping[str, str]] = {
        "cyclomatic": "mean over functions, methods and classes; 1 where there are none",
        "cyclomatic_max": "the most complex of them; 1 where there are none",
        "cyclomatic_sum": "over all of them; 0 where there are none",
        "cyclomatic_program": "decision points of the whole program and 1",
        "functions": "functions and methods, without nested ones",
        "halstead_vocabulary": "distinct operators and operands",
        "halstead_length": "operators and operands",
        "halstead_calculated_length": "n log2 n of distinct operators, and of distinct operands; 0 where one has none",
        "halstead_difficulty": "(distinct operators / 2) x (operands / distinct operands); 0 without operands",
        "halstead_volume": "length x log2(vocabulary)",
        "statements": "at the margin that do more than write down values: 0 in prose and data that parse",
    }
    languages: ClassVar[frozenset[str] | None] = frozenset({"python"})

    def score(self, program: str, language: str) -> Mapping[str, float | None] | None:
        """None where Python cannot parse the program, or it nests deeper than radon can follow."""
        from radon.visitors import ComplexityVisitor, HalsteadVisitor

        try:
            tree, statements = _read(program)
            if tree is None:
                return None
            visited = ComplexityVisitor.from_ast(tree)
            halstead = _halstead(HalsteadVisitor.from_ast(tree))
        except RecursionError:
            return None
        return _cyclomatic(visited) | halstead | {"statements": float(statements)}

    def functions(self, program: str, language: str) -> list[dict[str, Any]]:
        """Every function with its name, first line and values, nested ones too; empty where nothing can be read."""
        from radon.visitors import ComplexityVisitor, HalsteadVisitor

        try:
            tree, _ = _read(program)
            return [
                {
                    "function": node.name,
                    "line": node.lineno,
                    "cyclomatic": float(ComplexityVisitor.from_ast(node).functions[0].complexity),
                    **_halstead(HalsteadVisitor.from_ast(node)),
                }
                for node in _definitions(tree)
            ]
        except RecursionError:
            return []


@lru_cache(maxsize=1)  # who asks for the functions has often just asked for the score
def _read(program: str) -> tuple[ast.Module | None, int]:
    """What is left of the tree where nothing stays that counts nothing, and how many statements do something."""
    tree = parsed(program)
    if tree is None:
        return None, 0
    statements = sum(map(_does_something, tree.body))
    _trim(tree)
    return tree, statements


def parsed(program: str) -> ast.Module | None:
    """The tree; None where there is none. Warnings about escapes and comparisons are the program's own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(program)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _trim(node: ast.AST) -> bool:
    """Cuts off expressions in which nothing is counted, most of a tree; whether this node has to stay.

    Radon's visitors take ten times as long for a node as this does: without it they take twice the time.
    """
    kind = node.__class__
    stays, whole = kind in _STAYS, kind in _WHOLE
    for name in _FIELDS[kind]:
        value = getattr(node, name)
        if value.__class__ is list:
            kept = [each for each in value if each is not None and _trim(each)]
            stays = stays or bool(kept)
            if not whole and len(kept) < len(value):
                setattr(node, name, kept)
        elif value is not None:
            if _trim(value):
                stays = True
            elif not whole:
                setattr(node, name, None)
    return stays


def _cyclomatic(visited: ComplexityVisitor) -> dict[str, float | None]:
    blocks = [float(block.complexity) for block in visited.blocks]
    return {
        "cyclomatic": sum(blocks) / len(blocks) if blocks else 1.0,
        "cyclomatic_max": max(blocks, default=1.0),
        "cyclomatic_sum": float(sum(blocks)),
        "cyclomatic_program": float(visited.total_complexity),
        "functions": float(len(visited.functions) + sum(len(each.methods) for each in visited.classes)),
    }


def _halstead(visited: Any) -> dict[str, float | None]:
    from radon.metrics import halstead_visitor_report

    report = halstead_visitor_report(visited)
    return {
        "halstead_vocabulary": float(report.vocabulary),
        "halstead_length": float(report.length),
        "halstead_calculated_length": float(report.calculated_length),
        "halstead_difficulty": float(report.difficulty),
        "halstead_volume": float(report.volume),
    }


def _does_something(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return False
    return any(not isinstance(node, _IDLE) for node in ast.walk(statement))


def _definitions(tree: ast.Module | None) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    if tree is not None:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node
