"""Where a language's compiler or interpreter lies: on the machine, or in a root file system of its own.

An image is any unpacked root file system with the toolchain in it. The environment names it, or the user's
configuration, `~/.config/kcoder/config.yaml`:

    toolchains:
      swift: {root: /opt/swift-root}
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from kcoder.errors import MachineLacksError, UsageError

#: seconds a program may take to tell its version
SECONDS = 20


def image(language: str) -> str | None:
    """The root file system in which this language's toolchain lies; None for the machine's own.

    Raises UsageError where one is named that is no folder.
    """
    variable = f"KCODER_TOOLCHAIN_{language.upper()}"
    if named := os.environ.get(variable):
        return _folder(named, variable)
    told = _configuration().get("toolchains", {}).get(language, {})
    return _folder(told["root"], str(configuration())) if "root" in told else None


def configuration() -> Path:
    """The file in which a person says what holds for all runs on a machine."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "kcoder" / "config.yaml"


def cache(language: str) -> Path:
    """The folder in the user's cache for what is made once of a language's toolchain: a compiled library.

    It is made here: a sandbox shows what appears in a folder later, and not a folder that appears later.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kcoder" / language
    with contextlib.suppress(OSError):  # who needs to write into it hears of it then
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def program(name: str, language: str, cure: str) -> str:
    """The path of a program, within the image where there is one. Raises MachineLacksError where it is missing."""
    root = image(language)
    if root is None:
        if found := shutil.which(name):
            return found
    else:
        for folder in ("usr/local/bin", "usr/bin", "bin"):
            if (Path(root) / folder / name).exists():
                return f"/{folder}/{name}"
    where = f" in {root}" if root else ""
    raise MachineLacksError(f"{name}, which {language} needs, was not found{where}", cure)


@functools.cache
def told_version(path: str, language: str, *arguments: str) -> str:
    """The first line a toolchain's program says of its version, asked once for each process and state of the file.

    Raises MachineLacksError where it cannot be executed.
    """
    root = image(language)
    command = [path, *arguments]
    if root is not None:
        command = [*_loader(root), f"{root}{path}", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineLacksError(
            f"{path} cannot be executed: {error}", f"kcoder doctor --languages {language}"
        ) from None
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode or not lines:
        raise MachineLacksError(
            f"{path} does not tell its version: {lines[0] if lines else 'it says nothing'}",
            f"kcoder doctor --languages {language}",
        )
    return lines[0].strip()


def _loader(root: str) -> list[str]:
    """What starts a program of an image outside of it: the image's own loader, with its libraries."""
    loaders = sorted(Path(root).glob("lib*/ld-linux-*.so.*")) or sorted(Path(root).glob("usr/lib*/ld-linux-*.so.*"))
    folders = [*sorted({str(path.parent) for path in Path(root).glob("usr/lib/*/libc.so.6")}), f"{root}/usr/lib"]
    return [str(loaders[0]), "--library-path", ":".join(folders)] if loaders else []


def _folder(named: str, where: str) -> str:
    if not Path(named).is_dir():
        raise UsageError(f"{where} names {named}, which is no folder", "name an unpacked root file system")
    return str(Path(named).resolve())


def _configuration() -> dict[str, Any]:
    file = configuration()
    if not file.is_file():
        return {}
    import yaml

    try:
        told = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {str(error).splitlines()[0]}", "toolchains: {swift: {root: DIR}}") from None
    chains = told.get("toolchains") if isinstance(told, dict) else None
    if not isinstance(chains, dict) or not all(isinstance(chain, dict) for chain in chains.values()):
        raise UsageError(f"{file}: no toolchains are named in it", "toolchains: {swift: {root: DIR}}")
    return told  # type: ignore[no-any-return]
