"""Rust: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

RUST = Language(
    name="rust",
    aliases=("rs",),
    suffixes=(".rs",),
    comment="//",
    block_comment=("/*", "*/"),
    content={".rs": r"(?m)^\s*(pub\b|fn |use |mod |struct |enum |impl\b|extern |macro_rules!|#!?\[|//)"},
)
