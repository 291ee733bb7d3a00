"""C++: read, filtered and scored here; running its programs needs a package that knows its toolchain."""

from __future__ import annotations

from kcoder.language import Language

CPP = Language(
    name="cpp",
    aliases=("c++", "cplusplus"),
    suffixes=(".cpp", ".cc", ".cxx", ".hpp", ".hh", ".h"),
    comment="//",
    block_comment=("/*", "*/"),
    content={
        ".h": r"(?m)^\s*(class|namespace|template|using)\b|\bstd::|\b(public|private|protected):"
        r"|^\s*#\s*include\s*<[a-z_]+>"
    },
    generated=(
        r"Meta object code from reading C\+\+ file",
        r"(?m)^/\* A Bison parser, made by GNU Bison",
        r"(?m)^#define FLEX_SCANNER$",
    ),
    generated_paths=(
        r"(^|/)moc_[^/]*\.cpp$",
        r"\.pb\.(cc|h)$",
    ),
)
