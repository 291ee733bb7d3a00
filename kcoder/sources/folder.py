"""A folder of source code: each file of a known language is a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.plugin import load, names, option
from kcoder.source import Source

if TYPE_CHECKING:
    import polars as pl

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Folder(Source):
    """All source files below a folder, told apart by the endings that language plugins name.

    Hidden folders and symbolic links are not followed. Files that cannot be read, are not UTF-8 or hold a NUL
    byte are left out and counted.
    """

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
        # the name stands in the rows
        return {"name": self._name(), "digest": whole.hexdigest()}

    def rows(self, languages: Mapping[str, float], seed: int, host: Host) -> pl.LazyFrame:
        """The files in the order of their paths. Raises UsageError where there is none to read."""
        from kcoder.records import Document, frame

        endings = _endings(list(languages) or names("languages"))
        skipped: Counter[str] = Counter()
        rows: list[dict[str, Any]] = []
        for name, path in self._files(endings):
            host.check()
            text, fault = _read(name, path)
            if fault or "\0" in text:
                skipped[fault or "NUL bytes"] += 1
                continue
            language = endings[path.suffix]
            rows.append({"id": name, "text": text, "language": language, "source": self._name(), "path": name})
        for fault, count in sorted(skipped.items()):
            host.say(f"{self._name()}: {count:,} files left out: {fault}")
        if not rows:
            left = f"; {skipped.total():,} were left out" if skipped else ""
            hint = f"looked for {' '.join(sorted(endings))} in {self.pattern}"
            raise UsageError(f"{self.path} holds no file to read{left}", hint)
        return frame(Document, rows).lazy()

    def _name(self) -> str:
        return Path(self.path).expanduser().resolve().name

    def _files(self, endings: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
        """Path below the folder, and path, of each regular file with such an ending; sorted."""
        root = Path(self.path).expanduser()
        found: list[tuple[str, Path]] = []
        for path in root.glob(self.pattern):
            below = path.relative_to(root)
            hidden = any(part.startswith(".") for part in below.parts[:-1])
            if path.suffix in endings and not hidden and not path.is_symlink() and path.is_file():
                found.append((below.as_posix(), path))
        yield from sorted(found)


def _endings(languages: list[str]) -> dict[str, str]:
    """File name endings with the language each belongs to; the first language by name where two claim one."""
    found: dict[str, str] = {}
    for name in sorted(languages):
        for ending in load("languages", name).suffixes:
            found.setdefault(ending, name)
    return found


def _read(name: str, path: Path) -> tuple[str, str]:
    """The file's text, or an empty one with what is wrong with it."""
    try:
        name.encode()
        return path.read_bytes().removeprefix(BYTE_ORDER_MARK).decode(), ""
    except UnicodeDecodeError:
        return "", "not UTF-8"
    except UnicodeEncodeError:
        return "", "their names are not UTF-8"
    except OSError as error:
        return "", error.strerror or "unreadable"
