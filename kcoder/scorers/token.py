"""Halstead's measures over all tokens of a program, in any language whose comments are known."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
import warnings
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from kcoder.errors import UsageError
from kcoder.language import Language
from kcoder.plugin import load
from kcoder.scorer import Scorer

#: these words are values, so they are operands
_LITERALS = frozenset({"True", "False", "None"})
_LAYOUT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
#: where a statement begins or ends
_BORDERS = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
#: how f-strings begin and end where the tokenizer opens them (Python 3.12)
_OPENS, _CLOSES = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)


class Token(Scorer):
    """Operators are keywords and signs, a pair of brackets once; operands are names, numbers and texts.

    Python is read by its own tokenizer, other languages by comments, quotes and keywords (`scoring/lexicon.py`).
    Comments, layout and, in Python, texts that stand alone as a statement (documentation) count for nothing.
    """

    values: ClassVar[Mapping[str, str]] = {
        "halstead_vocabulary": "distinct operators and operands",
        "halstead_length": "operators and operands",
        "halstead_calculated_length": "n log2 n of the distinct operators, and of the distinct operands; 0 of none",
        "halstead_difficulty": "(distinct operators / 2) x (operands / distinct operands); null without operands",
        "halstead_volume": "length x log2(vocabulary)",
    }

    def score(self, program: str, language: str) -> Mapping[str, float | None] | None:
        """None where Python cannot parse or tokenize the program, and for a language whose comments nobody knows."""
        from kcoder.scoring.halstead import halstead

        if language != "python":
            parts = _other(program, language)
            return halstead(*parts) if parts else None
        tokens = _python(program)
        return halstead(*_parted(tokens)) if tokens is not None else None

    def functions(self, program: str, language: str) -> list[dict[str, Any]]:
        """Every function of Python, nested ones too, from `def` to its last line. None of others: where a function ends
        is for a grammar to tell.
        """
        from kcoder.scoring.halstead import halstead

        tokens = _python(program) if language == "python" else None
        if tokens is None:
            return []
        lines = [token.start[0] for token in tokens]
        told = []
        for node in _definitions(program):
            inside = tokens[bisect_left(lines, node.lineno) : bisect_right(lines, node.end_lineno or node.lineno)]
            told.append({"function": node.name, "line": node.lineno, **halstead(*_parted(inside))})
        return told


@lru_cache(maxsize=1)  # who asks for the functions has often just asked for the score
def _python(program: str) -> list[tokenize.TokenInfo] | None:
    """The tokens that count; None where Python cannot parse or tokenize the program."""
    if not load("languages", "python").parses(program):
        return None
    try:
        return list(_told(program))
    except (tokenize.TokenError, SyntaxError):  # not every text that parses can be tokenized: a form feed in layout
        return None


def _parted(tokens: Iterable[tokenize.TokenInfo]) -> tuple[Counter[str], Counter[str]]:
    """Operators and operands."""
    operators: Counter[str] = Counter()
    operands: Counter[str] = Counter()
    for token in tokens:
        if token.type == tokenize.OP or (token.type == tokenize.NAME and keyword.iskeyword(token.string)):
            kind = operands if token.string in _LITERALS else operators
            if token.string not in (")", "]", "}"):
                kind[token.string] += 1
        else:
            operands[token.string] += 1
    return operators, operands


def _definitions(program: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Of a program that parses. No other statement begins in the first line of a definition, or ends in its last."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(program)
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _told(program: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens that count: no layout, an f-string as one text, no text that is a whole statement."""
    before = tokenize.NEWLINE
    held: tokenize.TokenInfo | None = None
    for token in _whole_texts(program):
        if held and token.type not in _BORDERS:
            yield held
        held = None
        if token.type == tokenize.STRING and before in _BORDERS:
            held = token
        elif token.type not in _LAYOUT:
            yield token
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type


def _whole_texts(program: str) -> Iterator[tokenize.TokenInfo]:
    """Tokens with each f-string as one text, as Python 3.11 gives them and later versions do not."""
    depth, begun = 0, (0, 0)
    lines = program.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(program).readline):
        if token.type == _OPENS:
            begun = begun if depth else token.start
            depth += 1
        elif token.type == _CLOSES:
            depth -= 1
            if not depth:
                yield tokenize.TokenInfo(
                    tokenize.STRING, _between(lines, begun, token.end), begun, token.end, token.line
                )
        elif not depth:
            yield token


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    whole = lines[start[0] : end[0] - 1]
    return "".join([lines[start[0] - 1][start[1] :], *whole, lines[end[0] - 1][: end[1]]])


def _other(program: str, language: str) -> tuple[Counter[str], Counter[str]] | None:
    from kcoder.scoring.lexicon import part

    try:
        known: Language = load("languages", language)
    except UsageError:
        return None
    comments = ((known.block_comment,) if known.block_comment else ()) + ((known.comment, "\n"),)
    return part(program, language, comments)
