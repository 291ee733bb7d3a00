"""The candidate's file: prompt and completion, or an answer with what it leaves out of the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kcoder.completions.needed import TESTING, imports, needed
from kcoder.completions.tree import Piece, Tree
from kcoder.language import Syntax

_SPACE = re.compile(rb"\s+")
_STATIC = re.compile(rb"(?:\w+\s+)*static\b")


@dataclass(frozen=True)
class Prompt:
    """A prompt as a tree, with the function closed that it leaves open. It defines `before` itself, and `members` of
    the container in which the function lies, its `home`."""

    source: bytes
    tree: Tree
    function: Piece | None
    home: Piece | None
    before: tuple[Piece, ...]
    members: tuple[Piece, ...]


@dataclass(frozen=True)
class Found:
    """The function under test in a tree: several pieces where its name is overloaded."""

    tree: Tree
    name: bytes
    functions: tuple[Piece, ...]
    home: Piece | None

    @property
    def whole(self) -> bool:
        return all(piece.whole for piece in self.functions)

    @property
    def closed(self) -> bool:
        return all(piece.closed(self.tree.syntax.close) for piece in self.functions)

    @property
    def scope(self) -> tuple[Piece, ...]:
        return self.home.members if self.home else self.tree.pieces


def read(syntax: Syntax, source: bytes) -> Prompt:
    """A prompt, its function being the one that it leaves open."""
    tree, function, home = Tree(syntax, source), None, None
    for closer in _closers(syntax, source):
        tree = Tree(syntax, source + closer)
        function, home = next((pair for pair in tree.defined() if begun(pair[0], source)), (None, None))
        if function and function.whole:
            break
    before = tuple(piece for piece in tree.pieces if piece.end <= len(source))
    members = tuple(piece for piece in home.members if piece is not function) if home else ()
    return Prompt(source, tree, function, home, before, members)


def begun(piece: Piece, source: bytes) -> bool:
    """Whether a function begins in a text that is the start of its own, and goes on behind that."""
    return piece.callable and piece.node.start_byte < len(source.rstrip()) < piece.node.end_byte


def _closers(syntax: Syntax, source: bytes) -> Sequence[bytes]:
    if syntax.close:
        one = b"\n" + syntax.close.encode() + b"\n"
        return (one, one * 2) if syntax.containers else (one,)
    last = source.rstrip().rpartition(b"\n")[2]
    indent = last[: len(last) - len(last.lstrip())] + (b"    " if last.endswith(b":") else b"")
    return (b"\n" + indent + b"pass\n",)


def completed(prompt: Prompt, found: Found, called: frozenset[bytes]) -> bytes:
    """The prompt, the rest of its function, and what is defined after that and used.

    What follows a container goes before it, so that the brace which closes the container is the file's last.
    """
    tree, (function,), end = found.tree, found.functions, len(prompt.source)
    before = [piece for piece, _ in tree.defined() if piece.end <= end]
    taken = frozenset().union(function.names, *(piece.names for piece in before))
    after = [piece for piece in found.scope if piece.start >= function.end and not _again(piece, taken, found)]
    outside = [piece for piece in tree.pieces if found.home and piece.start >= found.home.end]
    called = called - taken
    kept = needed(tree, [function, *before], [*after, *outside], found.name, called)
    if not prompt.home:
        kept.update(piece for piece in imports(tree, kept) if piece.start >= function.end)
        return _joined([tree.source[: function.end], *(tree.text(piece) for piece in after if piece in kept)])
    start = prompt.home.start
    members = [tree.text(piece, member=True) for piece in after if piece in kept]
    home = _joined([tree.source[start : function.end], *members]) + b"}"
    if types := [tree.text(piece) for piece in outside if piece in kept]:
        return _joined([tree.source[:start].rstrip(), *types, home])
    return tree.source[:start] + home + b"\n"


def answered(prompt: Prompt, found: Found, called: frozenset[bytes]) -> bytes:
    """What an answer defines and its function uses, with what it leaves out of the prompt."""
    tree, home = found.tree, found.home
    others = [piece for piece in (*tree.pieces, *(home.members if home else ())) if found.name not in piece.names]
    kept = needed(tree, found.functions, [piece for piece in others if piece is not home], found.name, called)
    renamed = None
    if home and prompt.home and home.names != prompt.home.names:
        renamed = (min(home.names), min(prompt.home.names))
    inner, outer = _places(prompt, found, kept)
    mine = _Spelt(tree, kept)
    code = [
        *_heads(prompt, tree),
        b"\n".join(_imports(prompt, tree, kept)),
        *(prompt.tree.text(piece) for piece in prompt.before if mine.lacks(prompt.tree, piece)),
        *(tree.text(piece, renamed) for piece in outer),
    ]
    if not inner:
        return _joined(code)
    members = [prompt.tree.text(piece, member=True) for piece in prompt.members if mine.lacks(prompt.tree, piece)]
    members += [tree.text(piece, renamed, member=True) for piece in inner]
    head = tree.head(home, renamed) if home else prompt.tree.head(prompt.home) if prompt.home else b""
    return _joined([*code, head + b"\n" + _joined(members) + b"}"])


def _joined(parts: Iterable[bytes]) -> bytes:
    return b"\n\n".join(part for part in parts if part.strip()) + b"\n"


def _again(piece: Piece, taken: frozenset[bytes], found: Found) -> bool:
    """Whether a piece defines again what has been defined, and does not overload the function under test."""
    if not piece.names or not piece.names <= taken:
        return False
    if not piece.whole:
        return True
    heads = [_parameters(found.tree.of(each.node)) for each in (piece, *found.functions)]
    return not (found.tree.syntax.overloads and found.name in piece.names and heads[0] != heads[1])


def _parameters(text: bytes) -> bytes:
    return _SPACE.sub(b"", text.partition(b"(")[2].partition(b"{")[0])


def _places(prompt: Prompt, found: Found, kept: set[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What goes into a container, and what outside of it. An answer may leave the prompt's container out."""
    ordered = sorted(kept, key=lambda piece: piece.start)
    if found.home:
        members = set(found.home.members)
        return [p for p in ordered if p in members], [p for p in ordered if p not in members]
    if not prompt.home:
        return [], ordered
    inner = [p for p in ordered if p.kind != "types" or _STATIC.match(found.tree.of(p.node))]
    return inner, [p for p in ordered if p not in inner]


def _heads(prompt: Prompt, tree: Tree) -> list[bytes]:
    told = [piece for piece in prompt.before if piece.kind == "heads"]
    types = {piece.node.type for piece in told}
    own = [piece for piece in tree.pieces if piece.kind == "heads" and piece.node.type not in types]
    return [*(prompt.tree.text(piece) for piece in told), *(tree.text(piece) for piece in own)]


def _imports(prompt: Prompt, tree: Tree, kept: set[Piece]) -> list[bytes]:
    """The prompt's, and those of the answer that are needed. Where it is an error to use none of an import, the
    prompt's own are there for tests that it begins, or not at all."""
    own = {_SPACE.sub(b"", text): text.strip() for text in map(tree.text, imports(tree, kept))}
    told = [piece for piece in prompt.before if piece.kind == "imports"]
    texts = {piece: prompt.tree.text(piece).strip() for piece in told}
    if tree.syntax.specs and not any(TESTING.search(text) for text in texts.values()):
        used = frozenset().union(*map(tree.packages, kept))
        told = [piece for piece in told if piece.names & used]
    return [*(texts[p] for p in told if _SPACE.sub(b"", texts[p]) not in own), *own.values()]


class _Spelt:
    """What is kept of an answer, as far as a prompt may define it too: by name, or in the very words."""

    def __init__(self, tree: Tree, kept: Iterable[Piece]) -> None:
        pieces = list(kept)
        self.names = frozenset().union(*(piece.names for piece in pieces))
        self.texts = {_spelt(tree, piece) for piece in pieces if not piece.names}

    def lacks(self, tree: Tree, piece: Piece) -> bool:
        if piece.kind in ("", "imports", "heads"):
            return False
        return not piece.names <= self.names if piece.names else _spelt(tree, piece) not in self.texts


def _spelt(tree: Tree, piece: Piece) -> str:
    text = tree.of(piece.node).decode("utf-8", "replace")
    for pattern, spelling in tree.syntax.spellings:
        text = re.sub(pattern, spelling, text)
    return re.sub(r"\s+", "", text)
