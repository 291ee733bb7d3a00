"""A folder of source code: each file of a known language is a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from kcoder.errors import MachineLacksError, UsageError
from kcoder.plugin import load, names, option
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: names of files at the top of a folder that hold the licence of all that is in it
LICENCE = r"(?i)(?:(?:un)?licen[sc]e|copying)(?:[-_][\w-]+(?:\.\d)?)?(?:\.(?:txt|md|rst))?"
#: files that are given together, and characters after which there are enough
FILES, CHARACTERS = 1000, 32 << 20


class Folder(Source):
    """All source files below a folder, told apart by the endings that language plugins name.

    Where other languages use an ending too (`.h`, `.rs`), the content decides.

    The licence is that of the texts at its top (LICENSE, COPYING), where they are common ones; what lies deeper is not
    looked at, and no repository is told.

    Hidden folders and symbolic links are not followed. Files that cannot be read, are not UTF-8 or hold a NUL
    byte are left out and counted.
    """

    revision: ClassVar[int] = 2
    word: ClassVar[str | None] = "path"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help="the folder", min_length=1)
    pattern: str = option("**/*", "which files: a glob below the folder", source="own choice", min_length=1)

    @field_validator("path")
    @classmethod
    def _is_a_folder(cls, path: str) -> str:
        try:
            there = Path(path).expanduser().is_dir()
        except RuntimeError:  # ~somebody, who has no home here
            there = False
        if not there:
            raise PydanticCustomError(
                "path", "{m}", {"m": f"there is no folder {path}", "hint": "a file of rows is read by: files"}
            )
        return path

    @field_validator("pattern")
    @classmethod
    def _is_below(cls, pattern: str) -> str:
        if pattern.startswith("/") or ".." in pattern.split("/"):
            raise ValueError(f"{pattern} leads out of the folder; a pattern such as src/**/*.py stays in it")
        parts = PurePosixPath(pattern).parts
        if not parts or any("**" in part and part != "**" for part in parts):
            raise ValueError(f"{pattern} is no pattern: ** stands alone between slashes, as in src/**/*.py")
        return pattern

    @classmethod
    def trial(cls, folder: Path) -> Folder:
        (folder / "a.py").write_text("a = 1\n")
        return cls(path=str(folder))

    def world(self) -> dict[str, Any]:
        """One digest over the path, size and content of each file of a known language."""
        import hashlib

        whole = hashlib.sha256()
        for name, path in self._files(_endings(names("languages"))):
            try:
                data = path.read_bytes()
            except PermissionError:
                data = b""  # left out of the rows as well
            except OSError as error:
                raise MachineLacksError(f"{path} cannot be read: {error.strerror}") from error
            line = f"{name}\0{len(data)}\0{hashlib.sha256(data).hexdigest()}\n"
            whole.update(line.encode("utf-8", "surrogateescape"))
        # name and licence stand in the rows
        licence = self._licence()
        return {"name": self._name(), "digest": whole.hexdigest()} | ({"licence": licence} if licence else {})

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        """The files in the order of their paths. Raises UsageError where there is none to read."""
        from kcoder.records import Document, frame

        endings = _endings(list(wanted.languages) or names("languages"))
        every = {"source": self._name(), "licence": self._licence()}
        rows: list[dict[str, Any]] = []
        some, size = False, 0
        for name, path in self._files(endings):
            text, fault = _read(name, path)
            language = "" if fault else _language(text, endings[path.suffix], path.suffix)
            if fault or not language:
                wanted.left_out[fault or f"{path.suffix} files of other languages"] += 1
                continue
            some, size = True, size + len(text)
            rows.append({"id": name, "text": text, "language": language, "path": name, **every})
            if len(rows) == FILES or size > CHARACTERS:
                wanted.host.check()
                yield frame(Document, rows)
                rows, size = [], 0
        if not some:
            left = f"; {wanted.left_out.total():,} were left out" if wanted.left_out else ""
            hint = f"looked for {' '.join(sorted(endings))} in {self.pattern}"
            raise UsageError(f"{self.path} holds no file to read{left}", hint)
        if rows:
            yield frame(Document, rows)

    def _name(self) -> str:
        return Path(self.path).expanduser().resolve().name

    def _licence(self) -> str | None:
        """By the texts that lie at the top of the folder; None where one of them is no common licence."""
        from kcoder.tables.licences import of_text, told

        files = [path for path in Path(self.path).expanduser().iterdir() if re.fullmatch(LICENCE, path.name)]
        found = {of_text(_read(path.name, path)[0]) for path in files if path.is_file() and not path.is_symlink()}
        return None if None in found else told(sorted(map(str, found)))

    def _files(self, endings: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
        """Path below the folder, and path, of each regular file with such an ending; sorted."""
        root = Path(self.path).expanduser()
        found: list[tuple[str, Path]] = []
        for path in root.glob(self.pattern):
            below = path.relative_to(root)
            hidden = any(part.startswith(".") for part in below.parts[:-1])
            if path.suffix in endings and not hidden and not path.is_symlink() and path.is_file():
                found.append((below.as_posix(), path))
        yield from sorted(found)


def _endings(languages: list[str]) -> dict[str, list[str]]:
    """File name endings with the languages that claim each: those first that can tell by the content."""
    found: dict[str, list[str]] = {}
    for name in sorted(languages):
        for ending in load("languages", name).suffixes:
            found.setdefault(ending, []).append(name)
    return {
        ending: sorted(claimed, key=lambda name: (ending not in (load("languages", name).content or {}), name))
        for ending, claimed in found.items()
    }


def _language(text: str, claimed: list[str], ending: str) -> str:
    """The first language that claims this ending and, where it can tell, finds itself in the text."""
    for name in claimed:
        shown = (load("languages", name).content or {}).get(ending)
        if shown is None or re.search(shown, text):
            return name
    return ""


def _read(name: str, path: Path) -> tuple[str, str]:
    """The file's text, or an empty one with what is wrong with it."""
    try:
        name.encode()
        text = path.read_bytes().removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError:
        return "", "not UTF-8"
    except UnicodeEncodeError:
        return "", "their names are not UTF-8"
    except OSError as error:
        return "", error.strerror or "unreadable"
    return ("", "NUL bytes") if "\0" in text else (text, "")
