"""Swift: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

SWIFT = Language(
    name="swift",
    suffixes=(".swift",),
    comment="//",
    block_comment=("/*", "*/"),
    generated=(r"(?m)^// swift-module-flags:",),
    generated_paths=(
        r"\.(pb|generated)\.swift$",
        r"(^|/)R\.generated\.swift$",
    ),
)
