"""The problems of benchmarks, as texts to look for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kcoder.benchmark import Benchmark, OwnProblems, known_as
from kcoder.host import Host
from kcoder.language import Language
from kcoder.leaks.finder import Sought
from kcoder.leaks.tokens import Marks
from kcoder.plugin import load, name_of, names


def problems(benchmarks: Iterable[Benchmark], host: Host) -> tuple[list[Sought], dict[str, str]]:
    """Every problem to look for, and the benchmarks that cannot be had, with the reason.

    Raises what a benchmark raises that cannot be had and does not say so beforehand (`lacking`).
    """
    sought: list[Sought] = []
    missing: dict[str, str] = {}
    for benchmark in benchmarks:
        name = known_as(benchmark.called()) if isinstance(benchmark, OwnProblems) else name_of(benchmark)
        lacking = getattr(benchmark, "lacking", None)
        if reason := lacking() if lacking else "":
            missing[name] = reason
            continue
        for text in benchmark.texts(host):
            own = marks(text.language) or Marks("#")
            sought.append(Sought(name, text.language, text.id, text.prompt, text.solution, own))
    return sought, missing


def labels(sought: Sequence[Sought]) -> list[str]:
    """The name of each problem, with its language where its benchmark has problems in several."""
    languages: dict[str, set[str]] = {}
    for each in sought:
        languages.setdefault(each.benchmark, set()).add(each.language)
    return [each.id if len(languages[each.benchmark]) == 1 else f"{each.id} ({each.language})" for each in sought]


def marks(language: str | None) -> Marks | None:
    """What begins a comment in this language; None where nobody knows the language."""
    if language is None or language not in names("languages"):
        return None
    known: Language = load("languages", language)
    return Marks(known.comment, known.block_comment)
