"""Carry out a plan: each unfinished step in a draft of its own, finished ones reused."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kcoder.artifact import Artifact
from kcoder.errors import InterruptedRun, KcoderError
from kcoder.host import Host
from kcoder.journal import Journal, versions
from kcoder.plan import Plan, Planned, State
from kcoder.records import Document, Dropped
from kcoder.stage import Output, target
from kcoder.store import Store, disk_full


class Watch(Protocol):
    """Whoever shows a run to a person."""

    def begins(self, planned: Planned) -> None: ...
    def waits(self, planned: Planned, holder: str) -> None: ...
    def ended(self, planned: Planned, artifact: Artifact) -> None: ...
    def reused(self, planned: Planned) -> None: ...


@dataclass(frozen=True)
class Runner:
    """What carrying out needs. `wanted` tells the steps this run may build."""

    store: Store
    journal: Journal
    host: Host
    watch: Watch
    wanted: Callable[[Planned], bool] = lambda planned: True

    def carry_out(self, plan: Plan) -> dict[str, Artifact]:
        """Build what is not fresh, in order. Returns the artifacts by key, as far as they exist.

        Raises the first step's KcoderError; what was finished before stays finished.
        """
        done: dict[str, Artifact] = {}
        for planned in plan:
            self.host.check()
            made_of = {key: done[key].digest for key in planned.inputs.values() if key in done}
            moved = bool(planned.artifact and not planned.artifact.stands_on(made_of))
            if planned.artifact and not (moved and self.wanted(planned)):
                done[planned.key] = planned.artifact
                self.watch.reused(planned)
                self.journal.record(planned, planned.artifact, "reused")
                continue
            if not self.wanted(planned):
                continue
            missing = [o.step.name for o, key in planned.inputs.items() if key not in done]
            if missing:
                names = ", ".join(dict.fromkeys(missing))
                raise KcoderError(
                    f"{planned.name} needs {names}, which this run leaves out", "run it without --only/--from"
                )
            if planned.state == State.BLOCKED and planned.lacks:
                raise planned.lacks
            inputs = {o: done[k] for o, k in planned.inputs.items()}
            artifact = self._built(planned, inputs, again=planned.redo or moved)
            done[planned.key] = artifact
            self.watch.ended(planned, artifact)
        self.journal.write()
        return done

    def _built(self, planned: Planned, inputs: Mapping[Output[Any], Artifact], *, again: bool) -> Artifact:
        def waits(holder: str) -> None:
            self.host.check()
            self.watch.waits(planned, holder)

        with self.store.building(planned.key, waits):
            found = self.store.find(planned.key)
            try:
                if not found or again:  # no other run finished it while this one waited
                    self.watch.begins(planned)
                    found = self._work(planned, inputs)
                self.journal.record(planned, found, "built")
                self.journal.write()
                return found
            except InterruptedRun:
                raise
            except BaseException as error:
                raise self._said(planned, error) from error

    def _work(self, planned: Planned, inputs: Mapping[Output[Any], Artifact]) -> Artifact:
        stage = planned.step.stage
        draft = self.store.begin(planned.key, resume=stage.resumable and not planned.redo, scratch=stage.scratch)
        paths = {o: target(a.folder, o.name, o.kind) for o, a in inputs.items()}
        began, cpu = time.monotonic(), _cpu_seconds()
        with self.journal.building(draft):
            facts = stage.run(paths, draft, self.host)
        for name, kind in stage.produces.items():
            if not target(draft, name, kind).exists():
                raise KcoderError(f"{planned.name} made no {name}", "this is a defect of that stage")
        rows = _counted(planned, paths, draft, facts)
        manifest = {
            "asked": planned.asked,
            "inputs": {planned.inputs[output]: artifact.digest for output, artifact in inputs.items()},
            "facts": facts,
            "rows": rows,
            "versions": versions(),
            "seconds": round(time.monotonic() - began, 2),
            "cpu_seconds": round(_cpu_seconds() - cpu, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        return self.store.publish(planned.name, planned.key, manifest, stage.scratch)

    def _said(self, planned: Planned, error: BaseException) -> BaseException:
        """The error as the person will read it; the whole of it goes into the log."""
        with contextlib.suppress(OSError):  # the disk may be full
            self.journal.log(f"{planned.name} failed\n{''.join(traceback.format_exception(error))}")
        if full := disk_full(error, planned.name, self.store.root):
            if not planned.step.stage.resumable:
                shutil.rmtree(self.store.draft(planned.key), ignore_errors=True)
            return full
        if not isinstance(error, Exception):
            return error
        if not isinstance(error, KcoderError):
            reason = f"{type(error).__name__}: {error}".splitlines()[0][:300]
            log = self.journal.folder / "log.txt"
            error = KcoderError(f"{planned.name}: {reason}", f"the whole story is in {log}")
        self.journal.fail(planned, error.message)
        return error


def _counted(
    planned: Planned, paths: Mapping[Output[Any], Path], draft: Path, facts: Mapping[str, Any]
) -> dict[str, int]:
    """Rows of each table that comes out. Raises KcoderError where a stage that must lose none has lost some."""
    stage = planned.step.stage
    rows = {n: _rows(target(draft, n, k)) for n, k in stage.produces.items() if k.columns}
    if stage.conserves():
        came = sum(_rows(path) for output, path in paths.items() if issubclass(output.kind, Document | Dropped))
        came += int(facts.get("found", 0))
        went = sum(rows[n] for n, k in stage.produces.items() if issubclass(k, Document | Dropped))
        went += sum(facts.get("left_out", {}).values())
        if came != went:
            raise KcoderError(
                f"{planned.name}: {came:,} rows went in and {went:,} came out", "this is a defect of that stage"
            )
    return rows


def _rows(table: Path) -> int:
    import polars as pl

    return int(pl.scan_parquet(table).select(pl.len()).collect().item())


def _cpu_seconds() -> float:
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system
