"""The ways in which a model's text can be meant, and which of them is a program with the function under test.

It goes on where the prompt ended, or it is an answer: prose, fences, the function written anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kcoder.completions.candidate import Found, Prompt, answered, begun, completed, read
from kcoder.completions.fences import ASIDE, fenced, without_prose
from kcoder.completions.lacking import lacking
from kcoder.completions.naming import parameters
from kcoder.completions.needed import open_names
from kcoder.completions.tree import Piece, Tree
from kcoder.language import Syntax

#: the code, how its end was found, and what is wrong with it as a candidate
Read = tuple[str, str, str]


def reading(syntax: Syntax, prompt: str, text: str, entry: str, tests: str = "") -> Read | None:
    """The candidate in a text; None where no tree has the function under test.

    Of the ways to read a text the first that gives a whole function is right. A completion that closes its function by
    itself is no answer, whose prose would stand in that function's body. One that does not may be an answer; only where
    it is none is the missing brace put in. A function with faults comes last: they are for a compiler to name.
    """
    reader = _Reader(syntax, _prompt(syntax, prompt), entry, _called(syntax, tests))
    before, blocks = fenced(text)
    codes = [block.code for block in blocks]
    begins = "" if blocks and not without_prose(before) else before if blocks else text
    made = reader.completion(begins) if begins else None
    if made and made.whole and reader.prompt.function:
        return reader.completed(made, "tree")
    sources = codes or list(dict.fromkeys((text, without_prose(text))))
    trees = [reader.tree(source) for source in sources]
    answers = [reader.answer(tree) for tree in trees]
    if whole := _whole(answers):
        return reader.answered(reader.helped(whole, trees))
    if whole := _whole(map(reader.completion, codes)):
        return reader.completed(whole, "answer, tree")
    mended = [reader.answer(reader.tree(source, syntax.close)) for source in sources]
    if answer := _whole(mended) or _closed([*answers, *mended]):
        return reader.answered(answer)
    beside = {block.code for block in blocks if block.tag in ASIDE}
    pairs = zip(sources, trees, strict=True)
    bodies = [source for source, tree in pairs if source not in beside and reader.is_body(tree)]
    closed = [reader.completion(source, syntax.close) for source in bodies]
    if not codes and (whole := _whole(closed)):
        return reader.completed(whole, "tree")
    if renamed := next(filter(None, map(reader.renamed, trees)), None):
        return reader.answered(renamed, f"renamed: {renamed.name.decode('utf-8', 'replace')}")
    if completion := _whole(closed) or _closed([made, *closed]):
        return reader.completed(completion, "answer, tree" if codes else "tree")
    return None


def completing(
    syntax: Syntax, prompt: str, text: str, entry: str, head: str, tests: str
) -> tuple[str, list[str]] | None:
    """The candidate in a text that goes on where the prompt ended and closes its function by itself, and the names that
    it lacks between `head` and `tests`, what stands before and behind it in its program. None of any other text."""
    reader = _Reader(syntax, _prompt(syntax, prompt), entry, _called(syntax, tests))
    made = reader.completion(text)
    if not made or not made.whole or not reader.prompt.function:
        return None
    code, _, _ = reader.completed(made, "tree")
    program = Tree(syntax, f"{head}{code}\n{tests}".encode("utf-8", "surrogatepass"))
    return code, sorted(name.decode("utf-8", "replace") for name in lacking(program))


def _whole(found: Iterable[Found | None]) -> Found | None:
    return next((each for each in found if each and each.whole), None)


def _closed(found: Iterable[Found | None]) -> Found | None:
    """The first that ends where it should; else any: what is wrong with it is for a compiler to name."""
    told = [each for each in found if each]
    return next((each for each in told if each.closed), told[0] if told else None)


@lru_cache(64)
def _prompt(syntax: Syntax, prompt: str) -> Prompt:
    """Many completions share a prompt."""
    return read(syntax, prompt.encode("utf-8", "surrogatepass"))


@lru_cache(64)
def _called(syntax: Syntax, tests: str) -> frozenset[bytes]:
    """What tests name and do not define."""
    return open_names(Tree(syntax, tests.encode("utf-8", "surrogatepass")))


class _Reader:
    """Finds the function under test in texts that follow one prompt."""

    def __init__(self, syntax: Syntax, prompt: Prompt, entry: str, called: frozenset[bytes]) -> None:
        self.syntax, self.prompt, self.called = syntax, prompt, called
        self.name = entry.encode("utf-8", "surrogatepass")

    def completion(self, text: str, closer: str = "") -> Found | None:
        """The function that the prompt begins, in what goes on from there. With a closer: where that closes it."""
        source = self.prompt.source + text.encode("utf-8", "surrogatepass")
        closers = f"\n{closer}".encode() * (2 if self.prompt.home else 1) if closer else b""
        tree = Tree(self.syntax, source.rstrip() + closers + b"\n" if closers else source)
        for piece, home in tree.defined():
            if self._begun(piece) and (not closers or piece.node.end_byte > len(source.rstrip())):
                return Found(tree, min(piece.names, default=self.name), (piece,), home)
        return None

    def _begun(self, piece: Piece) -> bool:
        if self.prompt.function is None:
            return piece.callable and self.name in piece.names
        return begun(piece, self.prompt.source)

    def tree(self, text: str, closer: str = "") -> Tree:
        source = text.encode("utf-8", "surrogatepass")
        return Tree(self.syntax, source.rstrip() + f"\n{closer}\n".encode() if closer else source)

    def answer(self, tree: Tree) -> Found | None:
        """The function by its name. Of several that are whole in one place all stay, as the program means them."""
        places: dict[Piece | None, list[Piece]] = {}
        for piece, home in tree.defined():
            if piece.kind in ("functions", "values") and self.name in piece.names:
                places.setdefault(home, []).append(piece)
        if not places:
            return None
        told = self.prompt.home.names if self.prompt.home else frozenset()
        home = next((home for home in places if home and home.names == told), next(iter(places)))
        whole = tuple(piece for piece in places[home] if piece.whole)
        return Found(tree, self.name, whole or tuple(places[home][:1]), home)

    def helped(self, answer: Found, trees: list[Tree]) -> Found:
        """The answer with what its function uses and other fences define, if they do."""
        defined = frozenset().union(*(piece.names for piece, _ in answer.tree.defined()))
        lacking = frozenset().union(*map(answer.tree.uses, answer.functions)) - defined
        more = [tree for tree in trees if tree is not answer.tree and _defines(tree, lacking, self.name)]
        if not more:
            return answer
        found = self.answer(Tree(self.syntax, b"\n\n".join(tree.source for tree in (*more, answer.tree))))
        return found if found and found.whole else answer

    def is_body(self, tree: Tree) -> bool:
        """Whether a text can be the body of a function: it does something, and defines no class where functions lie in
        classes, though one may be in a method."""
        does = any(piece.kind in ("", "values") for piece in tree.pieces)
        return does and not any(piece.node.type in self.syntax.containers for piece in tree.pieces)

    def renamed(self, tree: Tree) -> Found | None:
        """The function under a name that differs in case and underscores alone; or, in a program that begins as files
        do and not as a function's body, under whatever name but with the prompt's parameters."""
        functions = [pair for pair in tree.defined() if pair[0].callable and pair[0].names]
        begun = next((piece.kind for piece in tree.pieces), "") in ("imports", "heads", "types", "functions")
        told = self.prompt.function and parameters(self.prompt.function.node)
        for piece, home in functions:
            if any(_plain(name) == _plain(self.name) for name in piece.names):
                return Found(tree, min(piece.names), (piece,), home)
        for piece, home in functions if begun and told else ():
            if piece.whole and parameters(piece.node) == told:
                return Found(tree, min(piece.names), (piece,), home)
        return None

    def completed(self, found: Found, how: str) -> Read:
        return _text(completed(self.prompt, found, self.called)), how, ""

    def answered(self, found: Found, fault: str = "") -> Read:
        return _text(answered(self.prompt, found, self.called)), "answer, tree", fault


def _defines(tree: Tree, names: frozenset[bytes], entry: bytes) -> bool:
    told = [piece.names for piece, _ in tree.defined() if piece.kind in ("functions", "types") and piece.whole]
    return any(each & names for each in told) and not any(entry in each for each in told)


def _plain(name: bytes) -> bytes:
    return name.replace(b"_", b"").lower()


def _text(code: bytes) -> str:
    return code.decode("utf-8", "surrogatepass")
