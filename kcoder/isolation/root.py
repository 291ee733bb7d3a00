"""A root file system of one's own: the toolchains, read-only, and nothing else of the machine.

Made of a small tmpfs with binds, or of an unpacked image that is bound whole. WORK, and /tmp where no toolchain lies in
it, are mount points for each program's own folder, PREPARED is one for what many programs share.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from kcoder.isolation.kernel import (
    BIND,
    NODEV,
    NOEXEC,
    NOSUID,
    PRIVATE,
    RDONLY,
    REC,
    REMOUNT,
    mount,
    pivot_root,
    unmount,
)

WORK = "/program"
#: where what was prepared for many programs is shown to them
PREPARED = "/prepared"
#: none that memory can be made of which counts nowhere, as of /dev/zero
DEVICES = ("null", "full", "random", "urandom")
#: where the new root is put together: a folder of every Linux that no toolchain lies in
PLACE = "/mnt"
USERS = "root:x:0:0:root:/program:/bin/sh\nnobody:x:65534:65534:nobody:/program:/bin/sh\n"


def build(paths: Iterable[str], image: str | None) -> None:
    """Make the new root in this mount namespace and move into it; nothing outside can be named afterwards.

    `paths` are bound read-only where they stand on the machine, links as links; with an image they are left out.
    """
    mount("none", "/", None, REC | PRIVATE)
    mount("tmpfs", PLACE, "tmpfs", NOSUID | NODEV, "size=16m,mode=755")
    bound = _image(image) if image else [found for path in sorted(set(paths)) for found in _bind(path, path)]
    for name in ("proc", "program", "prepared", "tmp", "dev", "etc", "oldroot"):
        Path(PLACE, name).mkdir(exist_ok=True)
    _devices()
    if not (users := Path(PLACE, "etc/passwd")).exists():
        users.write_text(USERS)
    # a proc of the machine, wholly visible, must stay for a moment, or the kernel lets nobody mount one of their own
    mount("/proc", f"{PLACE}/proc", None, BIND | REC)
    os.chdir(PLACE)
    pivot_root(".", "oldroot")
    os.chdir("/")
    unmount("/oldroot")
    Path("/oldroot").rmdir()
    for path in bound:
        kept = os.statvfs(path).f_flag & (NODEV | NOEXEC)
        mount("none", path, None, BIND | REMOUNT | RDONLY | NOSUID | kept)
    mount("none", "/", None, BIND | REMOUNT | RDONLY | NOSUID | NODEV)


def _image(image: str) -> list[str]:
    """The top folders of an image, bound where they stand; without those that are made anew."""
    own = ("dev", "proc", "tmp", "program", "prepared", "oldroot", "sys", "run", "mnt")
    return [
        found
        for path in sorted(Path(image).iterdir())
        if path.name not in own and not path.name.startswith(".")
        for found in _bind(str(path), f"/{path.name}")
    ]


def _bind(source: str, target: str) -> list[str]:
    """Bind a path, or copy a link; the paths that are to be made read-only."""
    place, there = Path(PLACE + target), Path(source)
    if os.path.lexists(place) or not os.path.lexists(there):
        return []
    place.parent.mkdir(parents=True, exist_ok=True)
    if there.is_symlink():
        place.symlink_to(there.readlink())
        return []
    if there.is_dir():
        place.mkdir()
    else:
        place.touch()
    mount(source, str(place), None, BIND | REC)
    return [target]


def _devices() -> None:
    for name in DEVICES:
        Path(PLACE, "dev", name).touch()
        mount(f"/dev/{name}", f"{PLACE}/dev/{name}", None, BIND)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        Path(PLACE, "dev", name).symlink_to(f"/proc/self/fd/{number}")
    Path(PLACE, "dev/fd").symlink_to("/proc/self/fd")


def fresh_work(size: int, files: int) -> None:
    """An empty folder in memory, of so many bytes and files, at WORK and at /tmp."""
    free = not any(Path("/tmp").iterdir())
    mount("tmpfs", WORK, "tmpfs", NOSUID | NODEV, f"size={size},nr_inodes={files},mode=755")
    if free:
        mount(WORK, "/tmp", None, BIND)


def show_work() -> None:
    """What lies in WORK stays, read-only, at PREPARED, in the place of what was there."""
    hide_prepared()
    mount(WORK, PREPARED, None, BIND)
    mount("none", PREPARED, None, BIND | REMOUNT | RDONLY | NOSUID | NODEV)


def hide_prepared() -> None:
    if os.path.ismount(PREPARED):
        unmount(PREPARED)


def leave_work() -> None:
    if os.path.ismount("/tmp"):
        unmount("/tmp")
    unmount(WORK)


def own_proc() -> None:
    """The processes of the present namespace and nothing else at /proc."""
    mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
