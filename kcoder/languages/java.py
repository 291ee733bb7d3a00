"""Java: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

JAVA = Language(
    name="java",
    suffixes=(".java",),
    comment="//",
    block_comment=("/*", "*/"),
    generated=(r"(?m)^@(?:[\w.]+\.)?Generated\b",),
    generated_paths=(r"(^|/)(target|build)/generated",),
)
