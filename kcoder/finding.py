"""What `kcoder doctor` found of one thing, and how a process of its own tells it to the doctor."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

#: begins a line that is meant for the doctor: libraries and plugins print what they like besides
MARK = "kcoder doctor: "


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: ok or no, what was found, and what to type where something is missing."""

    part: str
    ok: bool
    found: str
    cure: str = ""
    #: the same for programs: what a bug report needs, and never a secret
    facts: Mapping[str, Any] = field(default_factory=dict)


def begin(part: str) -> None:
    """From here on a crash, or the end of the time, is a finding about this part."""
    _print({"begun": part})


def tell(finding: Finding) -> None:
    _print({"told": asdict(finding)})


def heard(printed: str) -> tuple[list[Finding], str]:
    """What a process has told, and the part it had begun and not told of when it ended."""
    findings: list[Finding] = []
    open_part = ""
    for line in printed.splitlines():
        if not line.startswith(MARK):
            continue
        try:
            said = json.loads(line.removeprefix(MARK))
        except ValueError:  # cut off where the process was killed
            continue
        if "begun" in said:
            open_part = said["begun"]
        else:
            findings.append(Finding(**said["told"]))
            open_part = "" if findings[-1].part == open_part else open_part
    return findings, open_part


def _print(said: Mapping[str, Any]) -> None:
    # a crash leaves nothing in a buffer; the first newline ends what somebody else has begun to print
    sys.stdout.write(f"\n{MARK}{json.dumps(said)}\n")
    sys.stdout.flush()
