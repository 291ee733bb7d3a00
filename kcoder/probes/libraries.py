"""The libraries that kcoder stands on, imported; and the embedders, each tried on one text."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from kcoder.finding import Finding
from kcoder.plugin import names
from kcoder.probes.children import Child

#: what each part of kcoder needs: the packages whose import is tried; bitsandbytes has a test of its own
PARTS = {
    "core": ("pydantic", "polars", "yaml"),
    "train": ("torch", "transformers", "peft"),
    "scores": ("radon", "lizard", "sklearn"),
    "hub": ("datasets", "huggingface_hub"),
}
PACKAGES = {"yaml": "pyyaml", "sklearn": "scikit-learn"}
#: the part whose packages take seconds to import: what they find of the machine is asked in the same process
TORCH = "train"
DEVICE = """
import runpy
runpy.run_module("kcoder.training.device", run_name="__main__")
"""
#: imports what it is given, one after the other, and tells what went wrong
IMPORTS = """
import importlib, sys
from kcoder.finding import Finding, begin, tell
for name in sys.argv[1:]:
    begin(name)
    try:
        importlib.import_module(name)
        tell(Finding(name, True, ""))
    except Exception as error:
        tell(Finding(name, False, f"{type(error).__name__}: {error}".splitlines()[0][:200]))
"""
#: embeds one text with what is on this machine
EMBEDS = """
import sys
import polars as pl
from kcoder.errors import KcoderError
from kcoder.finding import Finding, tell
from kcoder.host import Host
from kcoder.plugin import load
name = sys.argv[1]
try:
    embedder = load("embedders", name)()
    embedder.embed(pl.Series(["x"]), Host(offline=True))
    tell(Finding(name, True, embedder.title()))
except KcoderError as error:
    tell(Finding(name, False, error.message.partition(", and the hub gave no answer")[0], error.hint))
"""


def libraries() -> list[Child]:
    """A process for each part: what its packages import together is imported once."""
    return [
        Child(part, ("-c", IMPORTS + (DEVICE if part == TORCH else ""), *packages), "{part}")
        for part, packages in PARTS.items()
    ]


def divided(part: str, told: Sequence[Finding]) -> tuple[Finding, list[Finding]]:
    """One line about the packages of a part, and what its process has told of the machine after them."""
    count = len(PARTS[part])
    return library(part, told[:count]), list(told[count:])


def library(part: str, told: Sequence[Finding]) -> Finding:
    """One line of what the process of a part has told."""
    broken = [f"import {f.found if f.found.startswith(f.part) else f'{f.part}: {f.found}'}" for f in told if not f.ok]
    needed = {PACKAGES.get(name, name): _version(PACKAGES.get(name, name)) for name in PARTS[part]}
    found = "  ".join(f"{name} {number}" for name, number in needed.items())
    cure = f"pip install --force-reinstall {' '.join(needed)}" if broken else ""
    return Finding(part, not broken, "; ".join(broken) or found, cure, needed)


def embedders() -> list[Child]:
    """Each embedder as it is without options; nothing is fetched for it."""
    return [
        Child(name, ("-c", EMBEDS, name), "embedding a text", f"kcoder plugins test {name}")
        for name in names("embedders")
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
