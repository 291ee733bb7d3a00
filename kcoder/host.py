"""What a stage may know of the machine and of the person at it. Nothing here enters a key.

Results may differ in the last digits between machines: the key holds what was asked, the manifest what was used.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kcoder.errors import InterruptedRun


@dataclass(frozen=True)
class Host:
    """Machine facts for a stage: workers, threads, device, caches, and how to talk while working."""

    workers: int = 1
    #: torch threads; None lets the stage choose by the size of the model
    threads: int | None = None
    device: str = "auto"
    offline: bool = False
    #: the level at which programs are kept in: auto, namespaces, landlock or none
    sandbox: str = "auto"
    #: a folder for things that can be made again
    cache: Path = Path("runs/.cache")
    #: shows one line that replaces itself
    progress: Callable[[str], None] = lambda line: None
    #: writes one line that stays
    say: Callable[[str], None] = lambda line: None
    #: set when the person asked to stop
    stop: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise InterruptedRun if the person asked to stop. To be called where stopping loses nothing."""
        if self.stop.is_set():
            raise InterruptedRun("interrupted")


def cores() -> int:
    """The processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
