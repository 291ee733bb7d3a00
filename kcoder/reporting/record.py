"""How the numbers were made: data left out, steps with their costs, versions; what would change them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, join, tag
from kcoder.reporting.numbers import amount, lasted
from kcoder.reporting.tables import code, folded, table

Row = Mapping[str, Any]


def costs(told: Row, diary: Row) -> Markup | None:
    """Size, time and memory of each model's training."""
    rows: list[list[Child]] = []
    for model in told["models"]:
        made = model["made"]
        step = _step(diary, made["step"], model["variants"][0]) if made["step"] else {}
        size = _trainable(made)
        if size is None and not step:
            continue
        spent = [lasted(step[n]) if step.get(n) is not None else None for n in ("seconds", "cpu_seconds")]
        memory = f"{step['peak_mb']:,.0f} MB" if step.get("peak_mb") is not None else None
        rows.append([model["label"], made["step"], size, *spent, memory])
    head = ["model", "step", "trained parameters", "time", "CPU time", "peak memory"]
    return table("What each model's training took", head, rows) if rows else None


def _trainable(made: Row) -> str | None:
    if made["trainable"] is None or not made["parameters"]:
        return None
    share = 100 * made["trainable"] / made["parameters"]
    of = (
        "" if made["trainable"] == made["parameters"] else f" of {amount(made['parameters'])} ({share:.1f} %)"
    )
    return amount(made["trainable"]) + of


def _step(diary: Row, name: str, variant: str) -> Row:
    steps = (
        s
        for s in diary.get("steps") or ()
        if s.get("step") == name and variant in s.get("variants", [variant])
    )
    return next(steps, {})


# ---- data --------------------------------------------------------------------------------------------------


def data(told: Row, diary: Row) -> Iterator[Child]:
    """How many rows each step let through, why it dropped the others, and examples of those."""
    facts = [s for s in diary.get("steps") or () if s.get("facts") and _about_rows(s["step"])]
    if facts:
        rows = [[_called(s, facts), ", ".join(_facts(s["facts"]))] for s in facts]
        yield table("What the steps that prepare rows report", ["step", "counts"], rows)
    lost = [(row, reason) for row in told["dropped"] for reason in row["reasons"]]
    if lost:
        of = [[_of(row, told), reason["reason"], f"{reason['count']:,}"] for row, reason in lost]
        yield table("Rows that were left out, by reason", ["step", "reason", "rows"], of)
        yield from (_examples(_of(row, told), reason) for row, reason in lost)
    elif told["dropped"]:
        yield tag("p", "No row was left out.")


def _about_rows(step: str) -> bool:
    return "data" in step.split(".") or step.endswith(".rows")


def _called(step: Row, steps: list[Row]) -> str:
    twins = [other for other in steps if other["step"] == step["step"]]
    return str(step["step"]) if len(twins) == 1 else f"{step['step']} ({', '.join(step.get('variants', ()))})"


def _of(row: Row, told: Row) -> str:
    every = len({name for model in told["models"] for name in model["variants"]})
    return (
        str(row["step"])
        if len(row["variants"]) in (1, every) and every > 0
        else f"{row['step']} ({', '.join(row['variants'])})"
    )


def _examples(step: str, reason: Row) -> Markup:
    shown = []
    for example in reason["examples"]:
        shown.append(code(example["text"] or "(empty)"))
        if example["evidence"]:
            shown.append(tag("p", f"evidence: {example['evidence']}", class_="note"))
    return folded(
        f"{step}: {reason['reason']}, the first {len(reason['examples'])} of {reason['count']:,}", *shown
    )


def _facts(facts: Any, name: str = "") -> Iterator[str]:
    """Facts as `name value`, those within facts by their dotted names."""
    if isinstance(facts, Mapping):
        for key, value in facts.items():
            yield from _facts(value, f"{name}.{key}" if name else str(key))
    elif isinstance(facts, int | float) and not isinstance(facts, bool):
        yield (
            f"{name.replace('_', ' ')} {facts:,}"
            if isinstance(facts, int)
            else f"{name.replace('_', ' ')} {facts:,.4g}"
        )
    elif isinstance(facts, str) and len(facts) <= 60:
        yield f"{name.replace('_', ' ')} {facts}"


# ---- protocol ----------------------------------------------------------------------------------------------


def protocol(told: Row, diary: Row) -> Iterator[Child]:
    yield _conditions(told, diary)
    yield tag("h3", "What would change these numbers")
    yield tag("ul", *(tag("li", reason) for reason in _changes(told)))
    if diary.get("steps"):
        yield folded("All steps, with keys and times", _steps(diary))
    if diary.get("spec"):
        yield folded("The spec", code(diary["spec"]))


def _conditions(told: Row, diary: Row) -> Markup:
    """The conditions of the measurement, one to a line."""
    host, pairs = diary.get("host") or {}, []
    for benchmark in dict.fromkeys(row["benchmark"] for row in told["scores"]):
        rows = [row for row in told["scores"] if row["benchmark"] == benchmark]
        split = "development, for choices only" if rows[0]["split"] == "dev" else "test"
        counts = {row["language"]: row["n"] for row in rows}
        said = ", ".join(f"{language(name)} {n}" for name, n in counts.items())
        pairs.append((f"problems, {benchmark}", f"{said} ({split})"))
    pairs += [(name, _each(told, name)) for name in ("metric", "samples", "temperature", "interval")]
    pairs.append(
        ("interval of a change", f"95 %, paired bootstrap over problems, {told['draws']:,} draws, fixed seed")
    )
    pairs.append(("isolation of programs", ", ".join(told["isolation"])))
    pairs.append(
        ("settings", "; ".join(_settings(m) for m in told["models"] if m["of"] == "tuned" and m["settings"]))
    )
    versions = diary.get("versions") or {}
    pairs.append(("versions", ", ".join(f"{name} {told_as}" for name, told_as in versions.items())))
    named = {"cores": "cores", "threads": "threads", "memory": "memory", "device": "device"}
    machine = [
        f"{host[n]} {words}" if n in ("cores", "threads") else f"{words} {host[n]}"
        for n, words in named.items()
        if host.get(n)
    ]
    pairs.append(
        (
            "machine",
            ", ".join(
                [
                    *machine,
                    *(str(host[n]) for n in ("platform",) if host.get(n)),
                    *([f"Python {host['python']}"] if host.get("python") else []),
                ]
            ),
        )
    )
    times = [str(diary[name]) for name in ("started", "ended") if diary.get(name)]
    pairs.append(("run", " to ".join(times)))
    return tag("dl", *(join(tag("dt", name), tag("dd", words)) for name, words in pairs if words))


def _each(told: Row, column: str) -> str:
    values = dict.fromkeys(row[column] for row in told["scores"] if row[column] is not None)
    return ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)


def _settings(model: Row) -> str:
    told = ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in model["settings"].items()
    )
    return f"{model['label']}: {told}"


def _changes(told: Row) -> Iterator[str]:
    yield (
        "Another seed: each setting was trained once, so the intervals hold the chance of the problems, "
        "not that of training."
    )
    if told["changes"]:
        yield (
            "Other problems: intervals treat the problems as drawn from many like them. Where two models differ "
            "on fewer than ten problems, the interval of their difference is somewhat too narrow."
        )
    if told["selection"]:
        yield f"Other settings: only those listed were tried; the choice rests on {told['selection']['on']}."
    greedy = {row["temperature"] for row in told["scores"]} == {0.0}
    yield (
        "Sampling: greedy decoding gives one program a problem."
        if greedy
        else "Sampling: other draws at this temperature."
    )
    yield "Another number of threads, device or library version changes the last digits of the weights."


def _steps(diary: Row) -> Markup:
    rows: list[list[Child]] = []
    for step in diary["steps"]:
        spent = [lasted(step[n]) if step.get(n) is not None else None for n in ("seconds", "cpu_seconds")]
        memory = f"{step['peak_mb']:,.0f} MB" if step.get("peak_mb") is not None else None
        key = tag("code", str(step.get("key", ""))[:12])
        rows.append(
            [step["step"], ", ".join(step.get("variants") or ()), step.get("state"), *spent, memory, key]
        )
    return table(
        "Steps of this run", ["step", "variants", "state", "time", "CPU time", "peak memory", "key"], rows
    )
