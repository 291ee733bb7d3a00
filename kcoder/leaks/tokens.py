"""Texts as tokens that renaming, reformatting and commenting do not change.

Of code stay names, numbers, strings and operators. Brackets, commas, colons and semicolons go: formatters add and
remove them. What stands in comments and in strings of several lines goes as well and becomes a passage of its own,
read as code again, so that a program inside a docstring is found and a comment inside a program hides nothing.

A name is a mere identifier, unless it is a keyword, a builtin that is called, a type, or a member (`.append`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.leaks.vocabulary import BUILTINS, KEYWORDS

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: comments and strings shorter than this hold no program
PASSAGE = 24
#: a string longer than this may hold a program, even on one line
LONG_STRING = 80
#: characters of an identifier, and of a string with its quotes, that is telling
TELLING_NAME, TELLING_STRING = 3, 10
#: a text, a program in its docstring, what that one's comments hold
DEPTH = 3

_OPERATORS = r"\*\*=?|//=?|<<=?|>>=?|===|!==|[-+*/%&|^=!<>]=|&&|\|\||->|=>|::|\+\+|--|\.\.\.?|[^\w\s]"
_PREFIX = "[rRbBuUfF]{0,2}"
_DROPPED = frozenset("(){};,:`\\.") | {"::", "->"}


@dataclass(frozen=True)
class Marks:
    """What begins a comment that ends with the line, and what encloses one of several lines."""

    comment: str
    block: tuple[str, str] | None = None


@dataclass(frozen=True)
class Tokens:
    """Tokens of many passages, one passage after another; all arrays but `rows` have one entry a token.

    `name` tells tokens apart as they are written; `value` is the same, but 0 for every identifier. Both are hashes
    that hold for this process only. `telling` marks identifiers and strings long enough not to be chosen by chance.
    """

    passage: Places
    name: Hashes
    value: Hashes
    telling: Flags
    #: the row each passage comes from, and its text
    rows: Places
    texts: pl.Series

    @property
    def bounds(self) -> Places:
        """Where each passage begins, and at the end where the last one ends."""
        return np.searchsorted(self.passage, np.arange(len(self.rows) + 1))


@cache
def pattern(marks: Marks) -> str:
    """A regular expression whose matches are the tokens, for Python's engine and for polars' alike."""
    kinds = [
        r"(?m:^[ \t]*(?:>>>|\.\.\.)(?:[ \t]|$))",  # a session of the interpreter
        r"```\w*",
        _PREFIX + r'"""(?s:(?:\\.|[^\\])*?)"""',
        _PREFIX + r"'''(?s:(?:\\.|[^\\])*?)'''",
    ]
    if marks.block:
        begin, end = map(re.escape, marks.block)
        kinds.append(rf"{begin}(?s:.*?){end}")
    kinds.append(re.escape(marks.comment) + r"[^\n]*")
    kinds += [_PREFIX + r'"(?:\\.|[^"\\\n])*"', _PREFIX + r"'(?:\\.|[^'\\\n])*'", r"\d[\w.]*", r"\w+", _OPERATORS]
    return "|".join(kinds)


def code(texts: pl.Series, marks: Marks, depth: int = DEPTH) -> Tokens:
    """The tokens of each text and of what its comments and long strings hold, as passages of the text's row.

    The first passages are the texts themselves; with a depth of 1 there are no others.
    """
    level = pl.DataFrame({"row": np.arange(len(texts)), "text": texts.fill_null("")})
    columns = ("passage", "name", "value", "telling")
    parts, passages = [], []
    first = 0
    for _ in range(depth):
        level = level.with_columns(passage=pl.int_range(first, first + level.height))
        first += level.height
        tokens = _split(level, marks)
        parts.append(tokens.filter(~pl.col("kind").is_in(["dropped", "passage"])).select(*columns))
        passages.append(level.select("row", "text"))
        level = _inside(tokens, marks)
        if level.is_empty():
            break
    told, rows = pl.concat(parts), pl.concat(passages)
    passage, name, value, telling = (told[column].to_numpy() for column in columns)
    return Tokens(passage, name, value, telling, rows["row"].to_numpy(), rows["text"])


def _split(level: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    """Every token of the passages with its kind, also those that will be left out."""
    each = pl.col("token")
    tokens = level.select("row", "passage", token=pl.col("text").str.extract_all(pattern(marks))).explode("token")
    tokens = tokens.filter(each.is_not_null()).with_columns(name=each.hash())
    # Python sees each different token once; there are twenty times fewer
    unique = tokens.select("token", "name").unique("name", keep="any")
    kinds = pl.Series([kind(token, marks) for token in unique["token"]], dtype=pl.String)
    bare = each.str.replace(rf"^{_PREFIX}(\"\"\"|'''|[\"'])", "").str.replace_all(r"[\\\"']", "")
    string = pl.col("kind").is_in(["string", "long string"])
    unique = unique.with_columns(kind=kinds).with_columns(value=pl.when(string).then(bare.hash(1)).otherwise("name"))
    tokens = tokens.join(unique.select("name", "kind", "value"), on="name", how="left", maintain_order="left")
    here, within = pl.col("kind"), pl.col("passage") == pl.col("passage").shift(1)
    members = [".", "->", "::", ":"] if marks.comment == "--" else [".", "->", "::"]
    named = here.is_in(["identifier", "builtin", "word"])
    member = (named & within & each.shift(1).is_in(members)).fill_null(False)
    called = (each.shift(-1) == "(").fill_null(False)
    loose = ~member & ((here == "identifier") | ((here == "builtin") & ~called))
    value = pl.when(member).then(pl.col("value") ^ 1).when(loose).then(0).otherwise("value")
    long = each.str.len_chars()
    telling = (loose & (long >= TELLING_NAME)) | (here.is_in(["string", "long string"]) & (long >= TELLING_STRING))
    return tokens.with_columns(value=value, telling=telling)


def kind(token: str, marks: Marks) -> str:
    """dropped, passage, string, long string, number, word, builtin, identifier or operator."""
    bare = token.lstrip("rRbBuUfF") if token[-1] in "\"'" else token
    if token in _DROPPED or token.startswith("```") or token.lstrip(" \t").startswith((">>>", "...")):
        return "dropped"
    if token.startswith(marks.comment) or (marks.block and token.startswith(marks.block[0]) and len(token) > 3):
        return "passage"
    if bare.startswith(('"""', "'''")):
        return "passage"
    if bare[0] in "\"'" and len(bare) > 1:
        return "long string" if len(token) > LONG_STRING else "string"
    if token[0].isdigit():
        return "number"
    if not (token[0].isalpha() or token[0] == "_"):
        return "operator"
    if token in KEYWORDS.get(marks.comment, ()):
        return "word"
    typed = token[0].isupper() and not token.isupper()
    if token in BUILTINS.get(marks.comment, ()) or (typed and marks.comment == "#"):
        return "builtin"
    return "word" if typed else "identifier"


def _inside(tokens: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    """What comments and long strings hold: neighbouring comments are one passage."""
    kept = pl.col("kind").is_in(["passage", "long string"])
    runs = tokens.with_columns(run=(pl.col("kind") != "passage").cum_sum()).filter(kept)
    text = pl.col("token").str.replace(rf"^{_PREFIX}(\"\"\"|'''|[\"'])", "").str.replace(r"(\"\"\"|'''|[\"'])$", "")
    text = text.str.replace_all(r"\\n", "\n").str.replace_all(r"\\([\"'\\])", "${1}")
    if marks.block:
        begin, end = map(re.escape, marks.block)
        text = text.str.replace(f"^{begin}", "").str.replace(f"{end}$", "").str.replace_all(r"(?m)^[ \t]*\*", "")
    text = text.str.replace_all(rf"(?m)^[ \t]*(?:{re.escape(marks.comment)})+", "")
    found = runs.group_by("row", "passage", "run", maintain_order=True).agg(text=text.str.join("\n"))
    return found.filter(pl.col("text").str.len_bytes() >= PASSAGE).select("row", "text")


# ---- prose ---------------------------------------------------------------------------------------------------

#: marks at the start of a line that comments and quotes carry; words; numbers; operators between them
PROSE = r"(?m:^[\s/*#>|-]+)|\p{L}+|\p{N}+|[-+*/%<>=!]+"
OPERATOR_WORDS = ("+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!=")


def words(texts: pl.Series) -> Tokens:
    """The words of each text in lower case, with numbers and single operators: what rewrapping does not change."""
    texts = texts.fill_null("")
    told = pl.DataFrame({"passage": np.arange(len(texts)), "token": texts.str.to_lowercase().str.extract_all(PROSE)})
    each = pl.col("token")
    told = told.explode("token").filter(each.str.contains(r"^[\p{L}\p{N}]") | each.is_in(OPERATOR_WORDS))
    name = told.select(each.hash()).to_series().to_numpy()
    return Tokens(told["passage"].to_numpy(), name, name, np.zeros(len(name), np.bool_), np.arange(len(texts)), texts)
