"""The specs of this folder, and all that each lacks on this machine."""

from __future__ import annotations

from pathlib import Path

from kcoder.errors import KcoderError
from kcoder.finding import Finding
from kcoder.plan import Memory, State
from kcoder.prepare import Places, prepare


def own() -> list[str]:
    places = [*Path().glob("*.yaml"), *Path("specs").glob("*.yaml")]
    return sorted(str(p) for p in places if "name:" in _text(p))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:  # a folder, or a link to nothing
        return ""


def spec(path: str) -> list[Finding]:
    """One line where it can run; else one for each thing that is lacking."""
    try:
        plan = prepare(path).plan(Places(Path("runs")).store, Memory())
    except KcoderError as error:
        return [Finding(path, False, error.message.partition(";")[0], f"kcoder check {path}")]
    except Exception as error:
        return [Finding(path, False, f"{type(error).__name__}: {error}"[:160], f"kcoder check {path}")]
    lacking = {error.message: error.hint for p in plan if p.state == State.BLOCKED for error in p.lacking}
    cures = list(dict.fromkeys(lacking.values()))  # what the same would mend stands together
    return [
        # whether the hub answers has a line of its own
        Finding(path, False, message.partition(", and the hub gave no answer")[0], cure)
        for message, cure in sorted(lacking.items(), key=lambda told: cures.index(told[1]))
    ] or [Finding(path, True, "ready")]
