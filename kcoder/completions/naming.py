"""What a node of a tree gives a name to, in the many ways in which grammars say that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

#: a name as programs write it; Ruby's may end in a question or exclamation mark
WORD = re.compile(rb"[A-Za-z_$@\x80-\xff][\w$@\x80-\xff]*[?!]?")
#: fields of a node in which the defined name stands, perhaps further down
_NAMING = frozenset({"name", "declarator", "left", "pattern", "bound_identifier"})
#: `a.b`, `a[b]`, `a::b`: what is named belongs to `a`
_PATH = re.compile(r"member|index|subscript|attribute|qualified|scop|field_exp|navigation|element_ref|selector|dot_")
#: what stands for types where names could
_TYPED = re.compile(r"_type$|^template_|generic")
_HOLDER = re.compile(r"spec|declarator")
_FUNCTION = re.compile(
    r"^(generator_)?function(_expression|_definition)?$|lambda|arrow|closure|func_literal|anonymous_function"
)
#: what leads from a variable to its value
_VALUED = frozenset({"value", "right"})
#: what an argument is when none is given, and what its type is
GIVEN = frozenset({"value", "right", "default_value", "type"})
_VERSION = re.compile(rb"/v\d+$")


def named(node: Node, is_function: bool) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The names a definition gives, and those of what it belongs to. Operators have none."""
    names: set[bytes] = set()
    of: set[bytes] = set()
    if receiver := node.child_by_field_name("receiver"):
        return frozenset(), frozenset(leaves(receiver))
    waiting = [node]
    while waiting:
        holder = waiting.pop()
        children = holder.children
        naming = [child for place, child in enumerate(children) if holder.field_name_for_child(place) in _NAMING]
        if not naming:
            inner = holder.named_children
            waiting += [child for child in inner if _HOLDER.search(child.type)] or inner[:1]
        # what a function returns may stand in a field called `name` too
        for child in naming[:1] if is_function else naming:
            if _TYPED.search(child.type):
                continue
            if _PATH.search(child.type):
                of.update(list(leaves(child))[:1])
            elif "declarator" in child.type:
                waiting.append(child)
            else:
                names.update(leaves(child))
    return frozenset(names | set(_constants(node))), frozenset(of)


def parameters(node: Node) -> frozenset[bytes]:
    """What a function calls its arguments: within it these names mean nothing defined elsewhere."""
    names: set[bytes] = set()
    waiting = [node]
    while waiting:
        holder = waiting.pop()
        for place, child in enumerate(holder.children):
            field = holder.field_name_for_child(place)
            if field == "parameters" or child.type == "parameter":
                names.update(leaves(child, GIVEN))
            elif "declarator" in child.type or field == "definition":
                waiting.append(child)
    return frozenset(names)


def functional(node: Node) -> bool:
    """Whether a variable is given a function."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        for place, child in enumerate(node.children):
            if node.field_name_for_child(place) in _VALUED and _FUNCTION.search(child.type):
                return True
            if _HOLDER.search(child.type) or child.type in ("assignment_statement", "expression_list"):
                waiting.append(child)
    return False


def imported(node: Node) -> frozenset[bytes]:
    """The names an import gives, and perhaps parts of its path; none where it gives whatever there is."""
    text = node.text or b""
    name = node.child_by_field_name("name")
    if b"*" in text or (name and name.type in ("dot", "blank_identifier")):
        return frozenset()
    path = node.child_by_field_name("path")
    if path and name is None and b'"' in text and b"include" not in text:
        return frozenset({_VERSION.sub(b"", text.strip(b"\"'`")).rpartition(b"/")[2]})
    return frozenset(leaves(node))


def _constants(node: Node) -> Iterator[bytes]:
    """Those of an enumeration, where they are used without its name."""
    body = node.child_by_field_name("body")
    for child in body.children if body and body.type == "enumerator_list" else ():
        if name := child.child_by_field_name("name"):
            yield from leaves(name)


def leaves(node: Node, without: frozenset[str] = frozenset()) -> Iterator[bytes]:
    """The names among the leaves of a node; not those below some fields."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if not node.children and node.is_named and "string" not in node.type and WORD.fullmatch(node.text or b""):
            yield node.text or b""
        children = list(enumerate(node.children))
        waiting += [child for n, child in reversed(children) if node.field_name_for_child(n) not in without]
