"""Ruby: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

RUBY = Language(
    name="ruby",
    aliases=("rb",),
    suffixes=(".rb",),
    comment="#",
    block_comment=("=begin", "=end"),
    generated_paths=(r"(^|/)db/schema\.rb$",),
)
