"""The bytes of a file of rows, unpacked, with what is wrong with the file as a whole said plainly."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from kcoder.errors import UsageError, near

GZIP = b"\x1f\x8b"
#: text shrinks to a third or a tenth; what grows more than this, beyond what fits any memory, is a bomb
BOMB_RATIO, BOMB_SIZE = 200, 64 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def existing(path: str | Path) -> Path:
    """The path, if something is there. Raises UsageError that names the nearest neighbour otherwise."""
    found = Path(path).expanduser()
    if found.exists():
        return found
    beside = [p.name for p in found.parent.iterdir() if p.suffix == found.suffix] if found.parent.is_dir() else []
    nearest = near(found.name, beside)
    hint = f"did you mean {found.parent / nearest}?" if nearest else f"looked for it in {found.parent.absolute()}"
    raise UsageError(f"there is no file or folder {path}", hint)


@contextmanager
def opened(path: Path, notes: Counter[str]) -> Iterator[io.BufferedIOBase]:
    """The file's bytes as UTF-8 text ought to be, a stream without compression and byte order mark.

    Raises UsageError for an empty file, broken or endless gzip (also while it is read), and UTF-16 or UTF-32.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            if not packed and path.suffix == ".gz" and path.stat().st_size:
                raise UsageError(f"{path} is no gzip file", "give it the name of what it is, such as rows.jsonl")
            stream = io.BufferedReader(_Unpacked(path, file)) if packed else file
            start = stream.peek(1000)[:1000]
            _refuse_wide(path, start)
            if start.startswith(BYTE_ORDER_MARK):
                notes["byte order mark left out"] += 1
                stream.read(len(BYTE_ORDER_MARK))
            yield stream
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def lines(path: Path, notes: Counter[str]) -> Iterator[tuple[int, bytes]]:
    """Each line with its number, from 1, and the newline it ends with: lines end at newline bytes alone.

    Raises UsageError as `opened` does, and for a file of blank lines.
    """
    blank = True
    with opened(path, notes) as stream:
        for number, line in enumerate(stream, start=1):
            blank = blank and not line.strip()
            yield number, line
    if blank:
        raise empty(path)


def whole(path: Path, notes: Counter[str]) -> bytes:
    """All of the file, as `opened` gives it."""
    with opened(path, notes) as stream:
        data = stream.read()
    if not data.strip():
        raise empty(path)
    return data


def empty(path: Path) -> UsageError:
    return UsageError(f"{path} is empty", "it holds no rows at all")


class _Unpacked(io.RawIOBase):
    """The text in a gzip file. What is read at once stays small, so that a bomb is seen before it fills the memory."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.packed, self.size = path, path.stat().st_size, 0
        self.stream = gzip.GzipFile(fileobj=file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self.stream.read(len(buffer))
        except EOFError as error:
            hint = "was it copied whole? gzip -t says the same"
            message = f"{self.path} is a truncated gzip file: it ends after {self.size:,} bytes of text"
            raise UsageError(message, hint) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UsageError(f"{self.path} is a damaged gzip file: {error}", "fetch it again") from error
        self.size += len(part)
        if self.size > BOMB_SIZE and self.size > BOMB_RATIO * self.packed:
            raise UsageError(
                f"{self.path} unpacks to more than {BOMB_RATIO} times its size: refused as a gzip bomb",
                "unpack it yourself if it is meant to be like that",
            )
        buffer[: len(part)] = part
        return len(part)


def _refuse_wide(path: Path, start: bytes) -> None:
    """UTF-16 and UTF-32, with a byte order mark or by the NUL bytes that stand beside each plain letter."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or start.count(0) > len(start) // 4 > 0:
        raise UsageError(
            f"{path} is UTF-16 or UTF-32, not UTF-8", f"iconv -f UTF-16 -t UTF-8 {path} > utf8-{path.name}"
        )


def not_utf8(path: Path, line: int, error: UnicodeDecodeError) -> UsageError:
    """The complaint about a line that is not UTF-8; the byte is counted from 1 within the line."""
    return UsageError(
        f"{path}:{line}: byte {error.start + 1} of the line, 0x{error.object[error.start]:02X}, is not UTF-8",
        f"if the file is Latin-1: iconv -f LATIN1 -t UTF-8 {path} > utf8-{path.name}",
    )


def nul_byte(path: Path, line: int) -> UsageError:
    return UsageError(f"{path}:{line}: a NUL byte; this is no text", "was the file damaged on its way?")
