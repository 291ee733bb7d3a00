"""Parting a program into operators and operands without its grammar: by comments, literals, names and signs.

This is no compiler's lexer. Where a language has literals that only its grammar can tell (heredocs, regular
expressions between slashes, nested templates), their text is counted sign by sign.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

#: a number of the common forms, with underscores, exponents and type suffixes
_NUMBER = r"0[xXoObB][\da-fA-F_]+\w*|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?\w*"
#: one character between single quotes, also where a single quote begins no text (in Rust it may begin a lifetime)
_CHARACTER = r"'(?:[^'\\\n]|\\[^\n']{1,8})'"
#: signs of several characters, longest first, so that >>= is one operator; a single sign is the last resort
_SIGNS = (
    r">>>=|<<=|>>=|>>>|\.\.\.|\.\.=|\.\.<|===|!==|<=>|\*\*=|//=|&&=|\|\|=|\?\?=|->|=>|::|\?\.|\?:|\?\?|\.\.|==|!=|<=|>="
    r"|&&|\|\||<<|>>|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|~=|:=|<-|\*\*|//"
)
_CLOSING = frozenset(")]}")


@dataclass(frozen=True)
class Words:
    """What the words and quotes of a language mean here: keywords are operators, all other names are operands."""

    keywords: frozenset[str]
    #: what encloses a text; three of a kind enclose one of several lines
    quotes: tuple[str, ...] = ('"', "'")


def _words(told: str, quotes: tuple[str, ...] = ('"', "'")) -> Words:
    return Words(frozenset(told.split()), quotes)


#: literals such as true and null are operands, so they stand in no list
WORDS: Mapping[str, Words] = {
    "cpp": _words(
        "alignas alignof and auto bool break case catch char class concept const consteval constexpr const_cast "
        "continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit "
        "export extern final float for friend goto if inline int long mutable namespace new noexcept not "
        "operator or override private protected public register reinterpret_cast requires return short signed "
        "sizeof static static_assert static_cast struct switch template thread_local throw try typedef typeid "
        "typename union unsigned using virtual void volatile while xor"
    ),
    "go": _words(
        "break case chan const continue default defer else fallthrough for func go goto if import interface map "
        "package range return select struct switch type var",
        ('"', "'", "`"),
    ),
    "java": _words(
        "abstract assert boolean break byte case catch char class const continue default do double else enum "
        "extends final finally float for goto if implements import instanceof int interface long native new "
        "package permits private protected public record return sealed short static strictfp super switch "
        "synchronized throw throws transient try var void volatile while yield",
        ('"""', '"', "'"),
    ),
    "javascript": _words(
        "async await break case catch class const continue debugger default delete do else export extends finally "
        "for function get if import in instanceof let new of return set static super switch throw try typeof var "
        "void while with yield",
        ('"', "'", "`"),
    ),
    "lua": _words("and break do else elseif end for function goto if in local not or repeat return then until while"),
    "ruby": _words(
        "alias and begin break case class def do else elsif end ensure for if in module next not or redo rescue "
        "retry return super then undef unless until when while yield"
    ),
    "rust": _words(
        "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move "
        "mut pub ref return static struct super trait type union unsafe use where while",
        ('"',),
    ),
    "swift": _words(
        "actor as associatedtype async await break case catch class continue default defer deinit do else enum "
        "extension fallthrough fileprivate final for func guard if import in init inout internal is lazy let "
        "mutating open operator override private protocol public repeat rethrows return some static struct "
        "subscript super switch throw throws try typealias var weak where while",
        ('"""', '"'),
    ),
}


#: for a language that is not listed: what is a keyword in at least a third of those that are
_COUNTS = Counter(word for words in WORDS.values() for word in words.keywords)
COMMON = Words(frozenset(word for word, count in _COUNTS.items() if count >= len(WORDS) / 3))


def part(program: str, language: str, comments: tuple[tuple[str, str], ...]) -> tuple[Counter[str], Counter[str]]:
    """The operators and operands of a program with their counts.

    `comments` are what begins and ends a comment. Operators are keywords and signs, a pair of brackets once; operands
    are all other names, numbers and texts.
    """
    words = WORDS.get(language, COMMON)
    operators: Counter[str] = Counter()
    operands: Counter[str] = Counter()
    for match in _lexer(words.quotes, comments).finditer(program):
        kind, token = match.lastgroup, match.group()
        if kind == "operand" or (kind == "name" and token not in words.keywords):
            operands[token] += 1
        elif kind in ("name", "sign") and token not in _CLOSING:
            operators[token] += 1
    return operators, operands


@cache
def _lexer(quotes: tuple[str, ...], comments: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One pattern; its alternatives are tried in order at each place. What ends nowhere ends with the program."""
    skipped = "|".join(f"{re.escape(begin)}(?s:.*?)(?:{re.escape(end)}|\\Z)" for begin, end in comments)
    texts = "|".join(map(_text, quotes))
    # a lone quote that opens nothing is a sign like any other
    return re.compile(
        f"(?P<comment>{skipped or '(?!)'})|(?P<operand>{texts}|{_CHARACTER}|{_NUMBER})"
        rf"|(?P<name>[^\W\d]\w*)|(?P<sign>{_SIGNS}|[^\s\w])"
    )


def _text(quote: str) -> str:
    inside = rf"(?:\\(?s:.)|(?!{quote})[^\\])*" if len(quote) == 3 or quote == "`" else rf"(?:\\.|[^\\\n{quote}])*"
    return f"{quote}{inside}{quote}"
