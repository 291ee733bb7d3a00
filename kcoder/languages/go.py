"""Go: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

GO = Language(
    name="go",
    aliases=("golang",),
    suffixes=(".go",),
    comment="//",
    block_comment=("/*", "*/"),
    # `go help generate`
    generated=(r"(?m)^// Code generated .* DO NOT EDIT\.$",),
    generated_paths=(
        r"\.pb\.go$",
        r"(^|/)zz_generated",
        r"(^|/)vendor/",
    ),
)
