"""`kcoder check`: validate specs, show the plan, run nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kcoder.cli.device import on_device
from kcoder.cli.screen import complaint
from kcoder.errors import KcoderError
from kcoder.forecast import Forecast
from kcoder.plan import Plan, State
from kcoder.prepare import Places, Prepared, prepare
from kcoder.smoke import WITHOUT_HUB

MARKS = {
    State.FRESH: "✓",
    State.STALE: "~",
    State.MISSING: "+",
    State.FAILED: "!",
    State.WAITING: "·",
    State.BLOCKED: "✗",
}


@click.command("check")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@click.option("--set", "settings", multiple=True, metavar="K=V", help="Override a field, as in train.r=16.")
@click.option("--smoke", is_flag=True, help="As kcoder run --smoke would.")
@click.option("--resolved", is_flag=True, help="Print every value and where it comes from.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
@on_device
@click.option("--update", is_flag=True, help="Ask the hub for newer commits than those a run has pinned.")
@click.option("--probe", is_flag=True, help="Train 20 steps of each training, with random weights: how long it takes.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def command(
    specs: tuple[str, ...],
    settings: tuple[str, ...],
    smoke: bool,
    resolved: bool,
    out: str,
    device: str,
    update: bool,
    probe: bool,
    as_json: bool,
) -> int:
    """Validate specs and show, for every step, whether it is fresh, stale, missing, failed, waiting or blocked."""
    code = 0
    told: list[dict[str, Any]] = []
    for spec in specs:
        try:
            prepared = prepare(spec, settings, smoke=smoke)
            if resolved:
                from kcoder.resolved import resolved_text

                click.echo(resolved_text(prepared.head, prepared.roots, prepared.specs), nl=False)
                continue
            places = Places(Path(out))
            plan = prepared.plan(places.store, places.journal(prepared.head.name).memory(), update=update)
            needs = forecasts(plan, places.root, probe)
            if as_json:
                told.append(_as_json(spec, plan, needs))
            else:
                click.echo(screen(prepared, plan, needs))
                if smoke and any(p.state == State.BLOCKED for p in plan):
                    click.echo(f"  without the hub: {WITHOUT_HUB}")
            lacking = any(p.state == State.BLOCKED for p in plan) or any(each.lacks for each in needs.values())
            code = code or (3 if lacking else 0)
        except KcoderError as error:
            click.echo(complaint(error), err=True)
            code = error.exit_code
    if as_json and told:
        click.echo(json.dumps(told, indent=1))
    return code


def forecasts(plan: Plan, place: Path, probe: bool) -> dict[str, Forecast]:
    """What the steps that are left will need of this machine, by their keys."""
    left = ((p.key, p.step.stage.forecast(plan.artifact, place, probe=probe)) for p in plan.waiting())
    return {key: found for key, found in left if found}


def screen(prepared: Prepared, plan: Plan, needs: Mapping[str, Forecast]) -> str:
    """The plan as a person reads it: a line for each step, and under it why it is not fresh."""
    variants = [name for name in prepared.variants if name]
    lines = [f"✓ {prepared.path}", ""]
    if prepared.head.why:
        lines += [f"  {prepared.head.why}", ""]
    if variants:
        lines += [f"  {len(variants)} variants: {' · '.join(variants)}", ""]
    width = max(len(p.name) for p in plan) + 2
    for planned in plan:
        of = "" if len(planned.variants) != 1 or not planned.variants[0] else f"  [{planned.variants[0]}]"
        what = planned.step.stage.describe()
        lines.append(f"  {MARKS[planned.state]} {planned.name:<{width}}{planned.state:<9}{what}{of}".rstrip())
        if planned.state != State.WAITING:
            lines += [f"      {reason}" for reason in planned.reasons]
        if found := needs.get(planned.key):
            lines += [f"      {line}" for line in found.lines]
    for remark in prepared.remarks:
        lines += ["", f"  note: {remark.place}: {remark.message}", f"        {remark.hint}"]
    left = plan.waiting()
    fresh = len(plan.steps) - len(left)
    lines += ["", f"  {len(plan.steps)} steps: {fresh} fresh, {len(left)} to do"]
    lacking = [p.lacks for p in left if p.state == State.BLOCKED and p.lacks]
    lacking += [its.lacks for its in needs.values() if its.lacks]
    if lacking:
        lines += [f"  cannot run here yet: {lacking[0].message}", f"  hint: {lacking[0].hint}"]
    elif left:
        lines.append(f"  next: kcoder run {prepared.path}")
    else:
        lines.append(f"  nothing to do: kcoder show {prepared.head.name}")
    return "\n".join(lines)


def _as_json(spec: str, plan: Plan, needs: Mapping[str, Forecast]) -> dict[str, Any]:
    steps = [
        {
            "step": p.name,
            "variants": [v for v in p.variants if v],
            "key": p.key,
            "state": str(p.state),
            "reasons": list(p.reasons),
            **({"needs": _needs(needs[p.key])} if p.key in needs else {}),
        }
        for p in plan
    ]
    return {"spec": spec, "steps": steps}


def _needs(found: Forecast) -> dict[str, Any]:
    lacks = {"message": found.lacks.message, "hint": found.lacks.hint} if found.lacks else None
    return {**found.numbers, "lacks": lacks}
