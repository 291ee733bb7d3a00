"""How the numbers were made: data left out, steps with their costs, versions; what would change them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kcoder.reporting import find
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
    of = "" if made["trainable"] == made["parameters"] else f" of {amount(made['parameters'])} ({share:.1f} %)"
    return amount(made["trainable"]) + of


def _step(diary: Row, name: str, variant: str) -> Row:
    steps = (s for s in diary.get("steps") or () if s.get("step") == name and variant in s.get("variants", [variant]))
    return next(steps, {})


# ---- data --------------------------------------------------------------------------------------------------


def data(told: Row, diary: Row) -> Iterator[Child]:
    """How many rows each step let through, why it dropped the others, and examples of those."""
    facts = [s for s in diary.get("steps") or () if s.get("facts") and _about_rows(s["step"])]
    if facts:
        rows = [[_called(s, facts), ", ".join(_facts(s["facts"]))] for s in facts]
        yield table("What the steps that prepare rows report", ["step", "counts"], rows, "wrap")
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
    return folded(f"{step}: {reason['reason']}, the first {len(reason['examples'])} of {reason['count']:,}", *shown)


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
    facts: list[tuple[str, list[str]]] = []
    for benchmark in dict.fromkeys(row["benchmark"] for row in told["scores"]):
        rows = [row for row in told["scores"] if row["benchmark"] == benchmark and find.whole(row)]
        split = "development, for choices only" if rows[0]["split"] == "dev" else "test"
        counts = {row["language"]: row["n"] for row in rows}
        said = ", ".join(f"{language(name)} {n}" for name, n in counts.items())
        facts.append((f"problems, {benchmark}", [f"{said} ({split})"]))
    facts += [(name, _each(told, name)) for name in ("metric", "samples", "temperature", "interval")]
    bootstrap = f"95 %, paired bootstrap over problems, {told['draws']:,} draws, fixed seed"
    facts.append(("interval of a change", [bootstrap] if told["changes"] else []))
    facts.append(("isolation of programs", told["isolation"]))
    facts.append(("settings", [_settings(m) for m in told["models"] if m["settings"]]))
    versions = diary.get("versions") or {}
    facts.append(("versions", [", ".join(f"{name} {found}" for name, found in versions.items())]))
    facts.append(("machine", [", ".join(_machine(diary.get("host") or {}))]))
    facts.append(("run", [" to ".join(str(diary[name]) for name in ("started", "ended") if diary.get(name))]))
    held = ((name, [line for line in lines if line]) for name, lines in facts)
    return tag("dl", *(join(tag("dt", name), *(tag("dd", x) for x in lines)) for name, lines in held if lines))


def _machine(host: Row) -> Iterator[str]:
    for name in ("cores", "threads"):
        if host.get(name):
            yield f"{host[name]} {name if host[name] != 1 else name[:-1]}"
    if host.get("memory"):
        yield f"{host['memory'] / 2**30:.1f} GiB of memory"
    if host.get("device"):
        yield f"device {host['device']}"
    if host.get("platform"):
        yield str(host["platform"])
    if host.get("python"):
        yield f"Python {host['python']}"


def _each(told: Row, column: str) -> list[str]:
    values = dict.fromkeys(row[column] for row in told["scores"] if find.whole(row) and row[column] is not None)
    return [", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)]


def _settings(model: Row) -> str:
    told = ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in model["settings"].items()
    )
    return f"{model['label']}: {told}"


def _changes(told: Row) -> Iterator[str]:
    yield (
        "Another seed: each setting was trained once, so the intervals hold the chance of the problems, "
        "not that of training."
    )
    if told["changes"]:
        yield (
            "Other problems: intervals treat the problems as drawn from many like them. Where two models "
            "differ on fewer than ten problems, the interval of their difference is somewhat too narrow."
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
        rows.append([step["step"], ", ".join(step.get("variants") or ()), step.get("state"), *spent, memory, key])
    return table("Steps of this run", ["step", "variants", "state", "time", "CPU time", "peak memory", "key"], rows)
