"""The conformance kit: what a plugin must do to be trusted. For authors of plugins, and for `kcoder doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kcoder.conformance_models import family
from kcoder.conformance_rows import Finding, tried
from kcoder.errors import KcoderError
from kcoder.executor import Executor, Job, Judgement
from kcoder.host import Host
from kcoder.language import Language
from kcoder.model import ModelFamily
from kcoder.plugin import Plugin, contract, load
from kcoder.records import Verdict

PROBES = ("right", "wrong", "crash", "endless", "network", "memory")
#: seconds a probe may take: the endless one takes all of them
SECONDS = 3.0
#: MiB a probe may take: enough for any interpreter, soon used up
MEMORY = 256


def test_plugin(group: str, name: str, host: Host) -> list[Finding]:
    """Everything the kit can find out about a plugin. Raises UsageError where it cannot even be loaded."""
    plugin = load(group, name)
    findings = [Finding("loads", True, f"a {contract(group).__name__}")]
    if isinstance(plugin, Language):
        executor: Executor = load("executors", "sandbox")(timeout=SECONDS, memory=MEMORY)
        return findings + list(_language(plugin, executor, host))
    if isinstance(plugin, ModelFamily):
        return findings + list(family(plugin, host))
    if isinstance(plugin, type):
        findings += _options(plugin)
        findings += tried(plugin, host)
    return findings


test_plugin.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def _options(plugin: type[Plugin]) -> Iterator[Finding]:
    """Each option explains itself, and a default says where it comes from."""
    for name, field in plugin.model_fields.items():
        if "Output" in str(field.annotation):
            continue
        extra: Any = field.json_schema_extra or {}
        if not field.description:
            yield Finding(name, False, "has no help text")
        elif not field.is_required() and not extra.get("source"):
            yield Finding(name, False, "its default has no source")
        else:
            yield Finding(name, True, field.description)


def _language(language: Language, executor: Executor, host: Host) -> Iterator[Finding]:
    good = bool(language.suffixes) and all(s.startswith(".") for s in language.suffixes)
    yield Finding("suffixes", good, ", ".join(language.suffixes) or "none")
    if not language.executable():
        yield Finding("programs", True, "can be read and trained on, not run")
        return
    try:
        yield Finding("toolchain", True, language.version())
    except KcoderError as error:
        yield Finding("toolchain", False, f"{error.message}: {error.hint}")
        return
    yield from _probes(language, executor, host)
    yield from _solutions(language)


def _probes(language: Language, executor: Executor, host: Host) -> Iterator[Finding]:
    """Six programs: right, wrong, crash, endless, network, memory. Each has one right verdict."""
    for name in PROBES:
        if name not in language.probes:
            yield Finding(name, False, "there is no such probe")
    here = {name: probe for name, probe in language.probes.items() if name in PROBES}
    jobs = [
        Job(name, language, probe.code, probe.entry, language.calls(probe.entry, probe.calls))
        for name, probe in here.items()
    ]
    with executor.open(host) as execute:
        judged = {j.id: j for j in execute(jobs)}
    for name, probe in here.items():
        yield _judged(name, probe.verdict, judged[name])


def _judged(name: str, right: Verdict, got: Judgement) -> Finding:
    """Where the network cannot be taken away, its probe must find it and pass."""
    ok = got.verdict == right
    if name == "network" and got.isolation == "none":
        if ok:
            return Finding(name, False, "proves nothing: it fails where there is a network, too")
        ok = got.verdict == Verdict.PASSED
        return Finding(name, ok, f"{got.verdict}: not contained at the level '{got.isolation}'")
    said = f"{got.verdict}{'' if ok else f', should be {right}'}"
    return Finding(name, ok, f"{said}   {got.detail}"[:100].rstrip())


def _solutions(language: Language) -> Iterator[Finding]:
    for number, (prompt, completion, right) in enumerate(language.solutions, 1):
        cut = language.cut(prompt, completion)
        yield Finding(f"cut {number}", cut == right, "" if cut == right else f"gave {cut!r}, should be {right!r}")
