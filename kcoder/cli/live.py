"""What a person sees while a run goes on: one line a finished step, one line that moves."""

from __future__ import annotations

import json
import re
import sys
import textwrap
import time
from types import TracebackType
from typing import Any

import click

from kcoder.amounts import duration
from kcoder.artifact import Artifact
from kcoder.cli.screen import WIDTH
from kcoder.plan import Plan, Planned, State
from kcoder.prepare import Prepared

#: seconds between two pictures of the moving line
EVERY = 0.2
#: between two figures of a step
GAP = " " * 4


def flowed(text: str, room: int) -> list[str]:
    """Pieces, parted by three blanks or more, in lines of so many characters, broken within a piece only at need."""
    lines: list[str] = []
    for piece in re.split(" {3,}", text):
        if lines and len(lines[-1]) + len(GAP) + len(piece) <= room:
            lines[-1] += GAP + piece
        else:
            lines += textwrap.wrap(piece, room, subsequent_indent="  ") or [""]
    return lines


class Live:
    """Shows a run. On a terminal one line moves; into a file only finished steps are written."""

    def __init__(self, prepared: Prepared, plan: Plan, *, quiet: bool, as_json: bool) -> None:
        self.quiet = quiet
        self.as_json = as_json
        self.moving = sys.stderr.isatty() and not quiet and not as_json
        head = f"{prepared.head.name}   {prepared.head.why}".rstrip()
        self.head = "\n".join(textwrap.wrap(head, WIDTH, subsequent_indent="  "))
        self.width = max((len(p.name) for p in plan), default=0) + 2
        self.kept: dict[str, int] = {}
        self.shown = 0.0
        self.current = ""
        self.variant = ""

    def __enter__(self) -> Live:
        if not self.quiet and not self.as_json:
            click.echo(f"{self.head}\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._clear()
        self._tell_kept()

    def begins(self, planned: Planned) -> None:
        self._tell_kept()
        self._event("begins", planned)
        self.current = planned.name
        if planned.state in (State.STALE, State.FAILED) and not self.quiet and not self.as_json:
            for reason in planned.reasons:
                self._told(planned.name, f"again: {reason.removeprefix(planned.name + '.')}")
        self.progress("")

    def waits(self, planned: Planned, holder: str) -> None:
        self.progress(f"waiting for {holder}")

    def ended(self, planned: Planned, artifact: Artifact) -> None:
        manifest = artifact.manifest
        self._event("ended", planned, seconds=manifest.get("seconds"), facts=manifest.get("facts"))
        if self.quiet or self.as_json:
            return
        facts = planned.step.stage.summary(manifest.get("facts", {}))
        took = duration(manifest.get("seconds", 0.0))
        variant = planned.variants[0] if len(planned.variants) == 1 else ""
        if variant != self.variant:  # steps come variant by variant: a line between says which
            self.variant = variant
            self._line(f"── {variant or 'all variants'}")
        self._told(planned.name, facts, f" {took:>8}")

    def reused(self, planned: Planned) -> None:
        self._event("reused", planned)
        section = planned.name.partition(".")[0]
        self.kept[section] = self.kept.get(section, 0) + 1

    def progress(self, line: str) -> None:
        if not self.moving or (line and time.monotonic() - self.shown < EVERY):
            return
        self.shown = time.monotonic()
        text = f"{self.current:<{self.width}}{line}"[: WIDTH - 1]
        click.echo(f"\r\x1b[2K{text}", nl=False, err=True)

    def say(self, line: str) -> None:
        if not self.quiet and not self.as_json:
            self._told(self.current, line)

    def stopping(self) -> None:
        self._clear()
        click.echo("stopping where nothing is lost; once more stops at once", err=True)

    def _tell_kept(self) -> None:
        if self.kept and not self.quiet and not self.as_json:
            for section, count in self.kept.items():
                self._line(f"{section:<{self.width}}unchanged, reused ({count} step{'s' if count > 1 else ''})")
        self.kept = {}

    def _told(self, name: str, text: str, end: str = "") -> None:
        """A step's name and what is told of it, on further lines where it is long; the first has the end."""
        room = WIDTH - self.width - len(end)
        for number, line in enumerate(flowed(text, room)):
            self._line(f"{'' if number else name:<{self.width}}{line:<{room}}{'' if number else end}")

    def _line(self, text: str) -> None:
        self._clear()
        click.echo(text.rstrip())

    def _clear(self) -> None:
        if self.moving:
            click.echo("\r\x1b[2K", nl=False, err=True)

    def _event(self, what: str, planned: Planned, **more: Any) -> None:
        if self.as_json:
            told = {"event": what, "step": planned.name, "variants": list(planned.variants), "key": planned.key}
            click.echo(json.dumps(told | more))
