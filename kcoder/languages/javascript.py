"""JavaScript: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

JAVASCRIPT = Language(
    name="javascript",
    aliases=("js",),
    suffixes=(".js", ".mjs", ".cjs"),
    comment="//",
    block_comment=("/*", "*/"),
    generated=(r"(?m)^//[#@] sourceMappingURL=", r"\bwebpackBootstrap\b"),
    generated_paths=(
        r"\.min\.js$",
        r"(^|/)(node_modules|dist|bundle)/",
    ),
)
