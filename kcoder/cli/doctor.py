"""`kcoder doctor`: what this machine can do. It must work when something is broken.

Each library is imported, and each embedder tried, in a process of its own with a time limit: what fails, hangs or
crashes is a finding, never our end.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from kcoder.cli.screen import size
from kcoder.errors import KcoderError, MachineLacksError
from kcoder.host import Host, cores

#: what each part of kcoder needs: the packages whose import is tried
PARTS = {
    "core": ("pydantic", "polars", "yaml"),
    "train": ("torch", "transformers", "peft"),
    "4-bit": ("bitsandbytes",),
    "scores": ("radon", "lizard", "sklearn"),
    "hub": ("datasets", "huggingface_hub"),
}
PACKAGES = {"yaml": "pyyaml", "sklearn": "scikit-learn"}
SECONDS = 120
#: embeds one text with what is on this machine, and prints whether that went well, what to say, and the cure
TRIAL = """
import json, sys
import polars as pl
from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.plugin import load
try:
    embedder = load("embedders", sys.argv[1])()
    embedder.embed(pl.Series(["x"]), Host(offline=True))
    told = True, embedder.title(), ""
except KcoderError as error:
    told = False, error.message.partition(", and the hub gave no answer")[0], error.hint
print("\\n" + json.dumps(told))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: ok or no, what was found, and what to type where something is missing."""

    part: str
    ok: bool
    found: str
    cure: str = ""


@click.command("doctor")
@click.argument("spec", required=False)
@click.option("--languages", metavar="A,B", help="Only these languages.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a bug report.")
def command(spec: str | None, languages: str | None, as_json: bool) -> int:
    """Try libraries and toolchains, and say which specs can run here: SPEC, or those in this folder and specs/."""
    head = _machine()
    wanted = languages.split(",") if languages else None
    findings, embedders = ([], []) if wanted else (_libraries(), _embedders())
    sandbox = _sandbox()
    tongues = _languages(wanted)
    specs = [] if wanted else _specs([spec] if spec else _own_specs())
    if as_json:
        told = {"machine": head, "findings": [asdict(f) for f in [*findings, *embedders, *sandbox, *tongues, *specs]]}
        click.echo(json.dumps(told, indent=1))
    else:
        click.echo(head + "\n")
        groups = {
            "": findings,
            "embedders": embedders,
            "sandbox": sandbox,
            "languages": tongues,
            "your specs": specs,
        }
        for title, group in groups.items():
            _show(title, group)
    unready = [f for f in [*specs, *(tongues if wanted else [])] if not f.ok]
    return 3 if unready else 0


def _show(title: str, findings: list[Finding]) -> None:
    if title and findings:
        click.echo(f"\n  {title}")
    width = max((len(f.part) for f in findings), default=0) + 3
    indent = "    " if title else "  "
    for finding in findings:
        click.echo(f"{indent}{finding.part:<{width}}{'ok' if finding.ok else 'no':<6}{finding.found}")
        if finding.cure:
            click.echo(f"{indent}{'':<{width + 6}}{finding.cure}")


def _machine() -> str:
    free = size(shutil.disk_usage(Path()).free)
    return (
        f"kcoder {_version('kcoder')}   Python {platform.python_version()}   {platform.system()} {platform.machine()}"
        f"   {cores()} cores   {free} free here   {_gpu()}"
    )


def _gpu() -> str:
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "no GPU"
    return " + ".join(done.stdout.strip().splitlines()) if done.returncode == 0 else "no GPU"


def _libraries() -> list[Finding]:
    children = {name: _child(f"import {name}") for names in PARTS.values() for name in names}
    return [_library(part, {name: children[name] for name in names}) for part, names in PARTS.items()]


def _library(part: str, children: dict[str, subprocess.Popen[str]]) -> Finding:
    found, broken = [], []
    for name, child in children.items():
        package = PACKAGES.get(name, name)
        _, complaint = _ended(child)
        if complaint:
            broken.append(f"import {name}{complaint}")
        else:
            found.append(f"{package} {_version(package)}")
    cure = f"pip install --force-reinstall {' '.join(PACKAGES.get(n, n) for n in children)}" if broken else ""
    return Finding(part, not broken, "  ".join(broken or found), cure)


def _embedders() -> list[Finding]:
    """Each embedder as it is without options, on one text; nothing is fetched for it."""
    from kcoder.plugin import names

    children = {name: _child(TRIAL, name) for name in names("embedders")}
    return [_embedder(name, child) for name, child in children.items()]


def _embedder(name: str, child: subprocess.Popen[str]) -> Finding:
    printed, complaint = _ended(child)
    if complaint:
        return Finding(name, False, f"embedding a text{complaint}", f"kcoder plugins test {name}")
    return Finding(name, *json.loads(printed.splitlines()[-1]))


def _child(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )


def _ended(child: subprocess.Popen[str]) -> tuple[str, str]:
    """What a child printed, and what there is to complain of; empty where all went well."""
    try:
        printed, stderr = child.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return "", f" takes more than {SECONDS} s"
    if not child.returncode:
        return printed, ""
    last = stderr.strip().splitlines()[-1] if stderr.strip() else f"ended with status {child.returncode}"
    return printed, f": {last[:80]}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _sandbox() -> list[Finding]:
    """The levels at which programs can be kept in here; of those that do not hold, why, and what would make them."""
    from kcoder.plugin import load, names

    found = []
    for name in names("executors"):
        levels = list(load("executors", name)().holds())
        best = next((level for level, why, _ in levels if not why), None)
        for level, why, cure in levels:
            told = why or ("in use: it was tried, and a program did not get out" if level == best else "holds too")
            found.append(Finding(level, not why, told, cure if why else ""))
    return found


def _languages(wanted: list[str] | None) -> list[Finding]:
    from kcoder.errors import UsageError, choice
    from kcoder.plugin import names

    for name in wanted or []:
        if name not in names("languages"):
            raise UsageError(f"no language is called {name}", choice(name, names("languages")))
    return [_language(name) for name in wanted or names("languages")]


def _language(name: str) -> Finding:
    """The six probes of a language. Whatever its plugin does wrong is a finding."""
    from kcoder.conformance import test_plugin
    from kcoder.plugin import load

    try:
        language = load("languages", name)
        found = language.version() if language.executable() else "can be read, not run"
        failed = [f for f in test_plugin("languages", name, Host()) if not f.ok]
    except MachineLacksError as error:
        return Finding(name, False, error.message, error.hint)
    except KcoderError as error:
        return Finding(name, False, error.message, error.hint)
    except Exception as error:
        return Finding(name, False, f"{type(error).__name__}: {error}"[:80], "a defect of that plugin")
    if failed:
        return Finding(name, False, f"{failed[0].name}: {failed[0].detail}"[:100], f"kcoder plugins test {name}")
    return Finding(name, True, f"{found}   right, wrong, crash, endless, network, memory: all judged rightly")


def _own_specs() -> list[str]:
    places = [*Path().glob("*.yaml"), *Path("specs").glob("*.yaml")]
    return sorted(str(p) for p in places if "name:" in p.read_text("utf-8", errors="replace"))


def _specs(paths: list[str]) -> list[Finding]:
    return [_spec(path) for path in paths]


def _spec(path: str) -> Finding:
    from kcoder.plan import Memory, State
    from kcoder.prepare import Places, prepare

    try:
        plan = prepare(path).plan(Places(Path("runs")).store, Memory())
    except KcoderError as error:
        return Finding(path, False, error.message.partition(";")[0][:90], f"kcoder check {path}")
    lacks = [p.lacks for p in plan if p.state == State.BLOCKED and p.lacks]
    if lacks:
        return Finding(path, False, lacks[0].message, lacks[0].hint)
    return Finding(path, True, "ready")
