"""Go: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

GO = Language(
    name="go",
    suffixes=(".go",),
    comment="//",
    block_comment=("/*", "*/"),
    generated_paths=(
        r"\.pb\.go$",
        r"(^|/)zz_generated",
        r"(^|/)vendor/",
    ),
)
