"""The languages and the sandbox: programs that are known, run and judged."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kcoder.conformance import PROBES, test_plugin
from kcoder.errors import KcoderError
from kcoder.finding import Finding
from kcoder.host import Host, cores
from kcoder.plugin import load, names


def sandbox() -> list[Finding]:
    """The levels at which programs can be kept in here; of those that do not hold, why, and what would make them."""
    found = []
    for name in names("executors"):
        try:
            levels = list(load("executors", name)().holds())
        except Exception as error:
            found.append(Finding(name, False, f"{type(error).__name__}: {error}"[:160], "a defect of that plugin"))
            continue
        best = next((level for level, why, _ in levels if not why), None)
        for level, why, cure in levels:
            told = why or ("in use: it was tried, and a program did not get out" if level == best else "holds too")
            found.append(Finding(level, not why, told, cure if why else ""))
    return found


def languages(wanted: Sequence[str]) -> list[Finding]:
    """The six probes of each language: side by side, since one of them waits for its time to be up. What fails so is
    tried again alone, as a machine under load is no defect of a language."""
    if len(wanted) == 1 or cores() == 1:
        return [language(name) for name in wanted]
    with ThreadPoolExecutor(cores()) as pool:
        found = list(pool.map(language, wanted))
    return [first if first.ok or not first.facts else language(first.part) for first in found]


def language(name: str) -> Finding:
    """Whatever the plugin of a language does wrong is a finding. It has facts where programs of it were run."""
    try:
        plugin = load("languages", name)
        found = plugin.version() if plugin.executable() else "can be read, not run"
        told = test_plugin("languages", name, Host())
    except KcoderError as error:
        return Finding(name, False, error.message, error.hint)
    except Exception as error:
        return Finding(name, False, f"{type(error).__name__}: {error}"[:160], "a defect of that plugin")
    facts = {f.name: f.ok for f in told if f.name in PROBES}
    if failed := [f for f in told if not f.ok]:
        return Finding(name, False, f"{failed[0].name}: {failed[0].detail}", f"kcoder plugins test {name}", facts)
    return Finding(name, True, found, "", facts)
