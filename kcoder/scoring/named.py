"""The figures of a data set by the names that conditions use: `near_duplicates > 1%`, `python.cyclomatic < 2`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kcoder.benchmark import kind

#: a figure, and of how many it is a count: None for what is no count
Named = tuple[float | None, int | None]


def named(told: Mapping[str, Any]) -> dict[str, Named]:
    """Every figure of one set that a condition can be put on."""
    return dict(_named(told))


def score_name(score: Mapping[str, Any]) -> str:
    """`question_ttr`, or `python.cyclomatic` where the score is told of a language."""
    return f"{score['language']}.{score['metric']}" if score["language"] else str(score["metric"])


def _named(told: Mapping[str, Any]) -> Iterator[tuple[str, Named]]:
    rows = told["rows"]
    yield "rows", (rows, None)
    yield "left_out", (sum(told["left_out"].values()), told["total"] + sum(told["left_out"].values()))
    yield "unparsed", (told["other"], rows)
    for name in ("question_words", "code_characters"):
        yield name, (told[name]["mean"] if told[name] else None, None)
    for each in told["problems"]:
        yield each["name"], (each["count"], each["of"])
    if leaks := told["leaks"]:
        yield "leaks", (leaks["rows"], rows)
        for name in dict.fromkeys(map(kind, leaks["benchmarks"])):  # of several files together
            its = [each for called, each in leaks["benchmarks"].items() if kind(called) == name]
            yield f"leaks.{name}", (sum(each["problems"] for each in its), sum(each["of"] for each in its))
    for name, count in told["parse"].items():
        yield f"{name}.parse", (count, told["languages"].get(name, rows))
    for name, count in told["define"].items():
        yield f"{name}.define", (count, told["parse"][name])
    for each in told["code"]:
        yield f"{each['language']}.real", (each["real"] if each["scorers"] else None, each["programs"])
        yield f"{each['language']}.unreadable", (each["unreadable"], each["programs"])
    for score in told["scores"]:
        yield score_name(score), (score["value"], None)
