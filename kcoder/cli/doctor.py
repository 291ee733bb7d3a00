"""`kcoder doctor`: what this machine can do. It must work when something is broken.

What may crash or hang (libraries, the GPU's driver, a training) is tried in a process of its own with a time limit:
what goes wrong there is a finding, never our end.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version

import click

from kcoder.cli.screen import WIDTH
from kcoder.errors import UsageError, choice
from kcoder.finding import Finding
from kcoder.host import cores
from kcoder.plugin import names

#: what a variable of the environment may be called whose value nobody else should see
SECRETS = ("TOKEN", "KEY", "SECRET", "PASSWORD")
Groups = dict[str, list[Finding]]
REMARKS = {
    "training": "five steps of each method with a small model made for it; no measure of speed",
    "languages": "six programs of each are judged: right, wrong, crash, endless, network, memory",
}


@click.command("doctor")
@click.argument("spec", required=False)
@click.option("--languages", metavar="A,B", help="Only these languages.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a bug report.")
def command(spec: str | None, languages: str | None, as_json: bool) -> int:
    """Try libraries, GPU, training and toolchains, and say which specs can run here: SPEC, or those in this folder and
    specs/."""
    from kcoder.probes.languages import languages as probed
    from kcoder.probes.languages import sandbox

    wanted = _known(languages.split(",")) if languages else []
    if not wanted:
        _now("trying libraries, and five steps of each way of training")
    groups: Groups = {} if wanted else _machine_and_training()
    _now("running six programs of each language")
    groups["sandbox"] = sandbox()
    groups["languages"] = probed(wanted or names("languages"))
    specs = [] if wanted else _specs(spec)
    groups["your specs"] = specs
    _now("")
    if as_json:
        told = [{"group": title} | asdict(finding) for title, group in groups.items() for finding in group]
        click.echo(_without_secrets(json.dumps({"machine": _machine(), "findings": told}, indent=1)))
    else:
        click.echo(_without_secrets("\n".join([_machine(), *_screen(groups)])))
    unready = [f for f in [*specs, *(groups["languages"] if wanted else [])] if not f.ok]
    return 3 if unready else 0


def _now(doing: str) -> None:
    """What it is that takes so long, on a terminal, in a line that goes away."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{doing}", nl=False, err=True)


def _known(languages: list[str]) -> list[str]:
    for name in languages:
        if name not in names("languages"):
            raise UsageError(f"no language is called {name}", choice(name, names("languages")))
    return languages


def _machine() -> str:
    return (
        f"kcoder {version('kcoder')}   Python {platform.python_version()}   {platform.system()} {platform.machine()}"
        f"   {cores()} cores"
    )


def _machine_and_training() -> Groups:
    """All that is tried in processes, side by side, and the room that there is."""
    from kcoder.probes.access import access
    from kcoder.probes.children import side_by_side
    from kcoder.probes.libraries import divided, embedders, libraries
    from kcoder.probes.methods import methods
    from kcoder.probes.room import room

    # the longest first: what is left for the end then is short
    kinds = {"training": methods(), "": libraries(), "hub": [access()], "embedders": embedders()}
    children = [child for kind in kinds.values() for child in kind]
    told = dict(zip(children, side_by_side(children), strict=True))
    found = {title: [finding for child in kind for finding in told[child]] for title, kind in kinds.items()}
    packages = [divided(child.part, told[child]) for child in kinds[""]]
    device = [finding for _, rest in packages for finding in rest]
    bits = [f for f in device if f.part == "four bits"]
    _go_offline(found["hub"])
    return {
        "": [line for line, _ in packages],
        "room": room(),
        "gpu": [f for f in device if f not in bits],
        "training": [*found["training"], *bits],
        "hub": found["hub"],
        "embedders": found["embedders"],
    }


def _go_offline(hub: Sequence[Finding]) -> None:
    """Where the hub does not answer it is not asked again for each spec."""
    if not any(finding.facts.get("offline") is False for finding in hub):
        os.environ["HF_HUB_OFFLINE"] = "1"  # the hub's library reads it when it is imported


def _specs(spec: str | None) -> list[Finding]:
    from kcoder.probes import specs

    return [finding for path in ([spec] if spec else specs.own()) for finding in specs.spec(path)]


# ---- the screen --------------------------------------------------------------------------------------------------


def _screen(groups: Groups) -> list[str]:
    lines = []
    for title, findings in groups.items():
        if not findings:
            continue
        lines.append("")
        if title:
            lines += _filled(f"  {title}   ", REMARKS.get(title, ""))
        indent = "    " if title else "  "
        width = max(len(f.part) for f in findings) + 3
        # a spec may lack several things, and one cure may mend several of them
        for before, finding, after in zip([None, *findings], findings, [*findings[1:], None], strict=False):
            part = "" if before and before.part == finding.part else finding.part
            lines += _filled(f"{indent}{part:<{width}}{'ok' if finding.ok else 'no':<6}", finding.found)
            if finding.cure and not (after and (after.part, after.cure) == (finding.part, finding.cure)):
                lines += _filled(f"{indent}{'':<{width + 6}}", finding.cure)
    paths = {finding.part: finding.ok for finding in groups.get("your specs", [])}
    if unready := [path for path, ok in paths.items() if not ok]:
        lines += ["", f"{len(unready)} of {len(paths)} specs cannot run here yet"]
    return lines


def _filled(start: str, text: str) -> list[str]:
    """A text after its start, broken where the screen ends and never within a word, which may be an address."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return lines or [start.rstrip()]


def _without_secrets(text: str) -> str:
    """A library's last words may hold what nobody else should see."""
    for name, value in os.environ.items():
        if name.upper().endswith(SECRETS) and len(value) > 7:
            text = text.replace(value, f"[{name}]")
    return text
