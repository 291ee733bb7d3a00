"""Removing what a program has written: `shutil.rmtree` gives up on folders that are closed to their owner, and on those
deeper than Python's stack or than there are descriptors."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path


def remove(folder: str) -> None:
    """Remove a folder with all it holds. What cannot be removed stays, without a word.

    Nobody else may write into it any more. Folders inside are moved up before they are entered, so that depth does not
    matter.
    """
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        prefix, number = secrets.token_hex(8), 0
        waiting = _emptied(top)
        while waiting:
            name = waiting.pop()
            inside = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for each in _emptied(inside):
                    number += 1
                    os.rename(each, f"{prefix}{number}", src_dir_fd=inside, dst_dir_fd=top)
                    waiting.append(f"{prefix}{number}")
            finally:
                os.close(inside)
            os.rmdir(name, dir_fd=top)
        Path(folder).rmdir()
    except OSError:
        pass
    finally:
        os.close(top)


def _emptied(folder: int) -> list[str]:
    """Remove the files of an open folder; the folders in it, open to their owner now."""
    os.fchmod(folder, 0o700)
    folders = []
    for name in os.listdir(folder):
        if stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
            os.chmod(name, 0o700, dir_fd=folder)
            folders.append(name)
        else:
            os.unlink(name, dir_fd=folder)
    return folders
