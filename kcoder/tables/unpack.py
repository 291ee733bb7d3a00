"""The bytes of a file of rows, unpacked, with what is wrong with the file as a whole said plainly."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from pathlib import Path

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


def unpack(path: Path, notes: Counter[str]) -> bytes:
    """The file's bytes as UTF-8 text ought to be, without compression and byte order mark.

    Raises UsageError for an empty file, broken or endless gzip, and UTF-16 or UTF-32.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if data.startswith(GZIP):
        data = _decompressed(path, data)
    elif path.suffix == ".gz" and data:
        raise UsageError(f"{path} is no gzip file", "give it the name of what it is, such as rows.jsonl")
    _refuse_wide(path, data)
    if data.startswith(BYTE_ORDER_MARK):
        notes["byte order mark left out"] += 1
        data = data[len(BYTE_ORDER_MARK) :]
    if not data.strip():
        raise UsageError(f"{path} is empty", "it holds no rows at all")
    return data


def _decompressed(path: Path, packed: bytes) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.open(path) as stream:
            while part := stream.read(1 << 20):
                parts.append(part)
                size += len(part)
                if size > BOMB_SIZE and size > BOMB_RATIO * len(packed):
                    raise UsageError(
                        f"{path} unpacks to more than {BOMB_RATIO} times its size: refused as a gzip bomb",
                        "unpack it yourself if it is meant to be like that",
                    )
    except EOFError as error:
        hint = "was it copied whole? gzip -t says the same"
        raise UsageError(f"{path} is a truncated gzip file: it ends after {size:,} bytes of text", hint) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(f"{path} is a damaged gzip file: {error}", "fetch it again") from error
    return b"".join(parts)


def _refuse_wide(path: Path, data: bytes) -> None:
    """UTF-16 and UTF-32, with a byte order mark or by the NUL bytes that stand beside each plain letter."""
    start = data[:1000]
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
