"""`kcoder run`: carry out a spec."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from kcoder.artifact import Artifact, write_durably
from kcoder.cli.device import on_device
from kcoder.cli.live import Live
from kcoder.cli.results import answer
from kcoder.cli.sandbox import kept_in
from kcoder.cli.span import among, span
from kcoder.errors import InterruptedRun, KcoderError
from kcoder.host import Host, cores
from kcoder.journal import Journal
from kcoder.plan import Plan, Planned, State
from kcoder.prepare import Places, Prepared, prepare
from kcoder.run import Runner
from kcoder.smoke import WITHOUT_HUB
from kcoder.stage import Stage
from kcoder.workers import led


@click.command("run")
@click.argument("spec")
@click.option("--set", "settings", multiple=True, metavar="K=V", help="Override a field, as in train.r=16.")
@click.option("--smoke", is_flag=True, help="Shrink it to a minute: a few rows, steps and problems, random weights.")
@click.option("--only", metavar="S", help="Run only this section or step.")
@click.option("--from", "start", metavar="S", help="Run from this section or step on.")
@click.option("--until", metavar="S", help="Run up to and with this section or step.")
@click.option("--variant", "chosen", multiple=True, metavar="NAME", help="Run only this variant.")
@click.option("--redo", multiple=True, metavar="S", help="Ignore the stored result of this section or step.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
@click.option("--threads", type=click.IntRange(min=1), envvar="KCODER_THREADS", help="Threads for training.")
@on_device
@kept_in
@click.option("--update", is_flag=True, help="Ask the hub for newer commits than those this run has pinned.")
@click.option("--offline", is_flag=True, envvar="HF_HUB_OFFLINE", help="Use nothing but what is on this machine.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the answer.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line for each event instead.")
@led
def command(
    spec: str,
    settings: tuple[str, ...],
    smoke: bool,
    only: str | None,
    start: str | None,
    until: str | None,
    chosen: tuple[str, ...],
    redo: tuple[str, ...],
    out: str,
    threads: int | None,
    device: str,
    sandbox: str,
    update: bool,
    offline: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Carry out SPEC. The same command again reuses what is finished and goes on with what is not."""
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # the hub's library reads nothing else, when it is imported
    prepared = prepare(spec, settings, smoke=smoke)
    places = Places(Path(out))
    journal = places.journal(prepared.head.name)
    plan = prepared.plan(places.store, journal.memory(), among(prepared, redo), update=update)
    wanted = span(plan, prepared, only, start, until, chosen)
    _require_all(plan, wanted, smoke=smoke)
    live = Live(prepared, plan, quiet=quiet, as_json=as_json)
    host = Host(
        workers=cores(),
        threads=threads,
        device=device,
        offline=offline,
        sandbox=sandbox,
        cache=Path(out) / ".cache",
        progress=live.progress,
        say=live.say,
        stop=threading.Event(),
    )
    if not (quiet or as_json):
        for remark in prepared.remarks:
            click.echo(f"note: {remark.place}: {remark.message}\n      {remark.hint}", err=True)
    again = _command(spec, settings, chosen, out, host, smoke=smoke)
    journal.begin({"name": prepared.head.name, "why": prepared.head.why, "command": again}, plan, host)
    _keep_spec(prepared, journal)
    _listen(host, live)
    runner = Runner(places.store, journal, host, live, wanted)
    done = _carried_out(runner, live, plan, again)
    left = [p for p in plan if p.key not in done]
    journal.diary["models"] = _models(prepared, journal)
    journal.end("finished" if not left else "partial", plan)
    _publish(plan, done, journal)
    if not as_json:
        click.echo(answer(journal.folder, left=len(left)))
    return 0


def _require_all(plan: Plan, wanted: Callable[[Planned], bool], *, smoke: bool) -> None:
    """Raise what this machine lacks for the first step that cannot be carried out."""
    for planned in plan:
        if planned.state == State.BLOCKED and planned.lacks and wanted(planned):
            if smoke:
                planned.lacks.hint += f"; without the hub: {WITHOUT_HUB}"
            raise planned.lacks


def _carried_out(runner: Runner, live: Live, plan: Plan, again: str) -> dict[str, Artifact]:
    """The artifacts by key. However it ends too early, the diary says so, and the person how to go on."""
    try:
        with live, runner.store.in_use():
            return runner.carry_out(plan)
    except InterruptedRun as stopped:
        runner.journal.end("interrupted", plan)
        raise type(stopped)(f"{stopped.message}; everything finished is kept", f"continue: {again}") from None
    except KcoderError as error:
        with contextlib.suppress(OSError):  # on a full disk too, what failed is what the person has to know
            runner.journal.end("failed", plan)
        error.hint = f"{error.hint}\n  continue: {again}" if error.hint else f"continue: {again}"
        raise


def _publish(plan: Plan, done: dict[str, Artifact], journal: Journal) -> None:
    """Put into the run's folder what people look for, where something else stands there now."""
    made = [p for p in plan if type(p.step.stage).publish is not Stage.publish and p.key in done]
    wanted = {p.key: done[p.key].digest for p in made}
    if wanted != journal.diary.get("published") or not (journal.folder / "results.json").exists():
        for planned in made:
            planned.step.stage.publish(done[planned.key].folder, journal.folder, journal.diary)
        journal.diary["published"] = wanted
        journal.write()


def _command(
    spec: str, settings: tuple[str, ...], chosen: tuple[str, ...], out: str, host: Host, *, smoke: bool = False
) -> str:
    """The command that goes on with this run: what decides results, numerics and safety is in it."""
    words = ["kcoder", "run", spec, *(["--smoke"] if smoke else [])]
    for name, values in (("--set", settings), ("--variant", chosen)):
        for value in values:
            words += [name, value]
    words += ["--out", out] if out != "runs" else []
    words += ["--threads", str(host.threads)] if host.threads else []
    words += ["--device", host.device] if host.device != "auto" else []
    words += ["--sandbox", host.sandbox] if host.sandbox != "auto" else []
    return shlex.join(words)


def _keep_spec(prepared: Prepared, journal: Journal) -> None:
    from kcoder.resolved import resolved_text

    write_durably(journal.folder / "spec.yaml", prepared.path.read_bytes())
    text = resolved_text(prepared.head, prepared.roots, prepared.specs)
    write_durably(journal.folder / "spec.resolved.yaml", text.encode())
    journal.diary["spec"] = prepared.path.read_text(encoding="utf-8-sig")


def _models(prepared: Prepared, journal: Journal) -> dict[str, dict[str, str]]:
    """Which artifact is the base, and which each variant's model: what `model: runs/NAME` will find."""
    made = {(v, s["step"]): s["artifact"] for s in journal.diary.get("steps", []) for v in s["variants"]}
    found: dict[str, dict[str, str]] = {}
    for name, up in prepared.variants.items():
        for label, output in (("base", up.base), (name or "model", up.model)):
            if output and (name, output.step.name) in made:
                found[label] = {"artifact": made[name, output.step.name]}
    return found


def _listen(host: Host, live: Live) -> None:
    """The first SIGINT or SIGTERM asks to stop where nothing is lost; the second stops at once."""
    if threading.current_thread() is not threading.main_thread():
        return

    def heard(number: int, frame: FrameType | None) -> None:
        if host.stop.is_set():
            os._exit(128 + number)
        host.stop.set()
        live.stopping()

    signal.signal(signal.SIGINT, heard)
    signal.signal(signal.SIGTERM, heard)
