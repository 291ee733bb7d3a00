"""The card of a data set: where its rows come from, under which licences, and what became of them.

Made of what the steps wrote down and of nothing else, in the form that the hub takes for a data set's README.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def data_card(run: str, at: str, steps: list[Row], packed: Sequence[Row] = ()) -> str:
    """Markdown for the data section named `at` of a run, from the diary's entries of its steps in order.

    `packed` are the entries of the steps that packed its rows for a model.
    """
    facts = {step["step"].removeprefix(f"{at}."): step.get("facts", {}) for step in steps}
    asked = {step["step"].removeprefix(f"{at}."): step.get("asked", {}) for step in steps}
    read, split = facts.get("read", {}), facts.get("split", {})
    read = {**read, "licences": split.get("licences", read.get("licences", {}))}  # of the rows that are left
    lines = [*_head(read), f"# {run}: {at}", ""]
    lines += [*_source(read, asked.get("read", {})), *_funnel(facts), *_duplicates(facts)]
    lines += _leaks(facts.get("decontaminate", {}))
    lines += _neighbours(facts.get("neighbours", {}))
    characters = split.get("characters", {})
    sizes = [(n, _n(split[n]), _n(characters.get(n))) for n in ("train", "valid", "test")]
    lines += ["## Splits", "", *_table(("split", "rows", "characters"), sizes), ""]
    if "near_duplicates_across" in split:
        lines += [
            f"No row of valid or test has a near duplicate in train ({_n(split['groups'])} groups kept whole).",
            "",
        ]
    for step in packed:
        lines += _packed(step, step["variants"] if len(packed) > 1 else ())
    lines += [f"Made by kcoder; `{at}.read` to `{at}.split` of `run.json` hold every option.", ""]
    return "\n".join(lines)


def _head(read: Row) -> Iterator[str]:
    licences = [name for name in read.get("licences", {}) if name != "unknown"]
    known = len(licences) == 1 and "unknown" not in read.get("licences", {})
    languages = [name for name in read.get("languages", {}) if name != "unknown"]
    yield from ("---", f"license: {licences[0].lower() if known else 'other'}", "tags:", "- code")
    yield from (f"- {name}" for name in languages)
    yield from ("---", "")


def _source(read: Row, asked: Row) -> Iterator[str]:
    if "found" not in read:  # rows that were synthesized have no source
        return
    yield from (
        "## Source",
        "",
        "```json",
        json.dumps(_told(asked.get("source", {})), indent=1, ensure_ascii=False),
        "```",
    )
    yield from ("", f"{_n(read['found'])} rows met, {_n(read['rows'])} read, {_n(read['characters'])} characters.", "")
    if read.get("left_out"):
        yield from _table(("left out", "rows"), [(why, _n(n)) for why, n in read["left_out"].items()])
        yield ""
    yield from ("## Licences", "")
    yield from _table(("licence", "rows"), [(name, _n(n)) for name, n in read.get("licences", {}).items()])
    yield from ("", "Of the rows left: what the source says of a row, or of itself; nobody has checked it.", "")


def _told(source: Any) -> Any:
    """The source as it was asked for, without what is ours alone."""
    if isinstance(source, Mapping):
        return {name: _told(value) for name, value in source.items() if name != "revision"}
    return source


def _funnel(facts: Mapping[str, Row]) -> Iterator[str]:
    rows = []
    for step, told in facts.items():
        for reason, count in told.get("dropped", {}).items() if isinstance(told.get("dropped"), Mapping) else ():
            rows.append((step, reason, _n(count), _n(told.get("characters_lost", {}).get(reason))))
        for reason, count in told.get("flagged", {}).items():
            rows.append((step, f"{reason} (flagged, kept)", _n(count), ""))
    yield from ("## What was dropped", "")
    yield from _table(("step", "reason", "rows", "characters"), rows) if rows else ["Nothing."]
    yield ""


def _duplicates(facts: Mapping[str, Row]) -> Iterator[str]:
    """How duplicates were looked for, with all that was derived on the way, and what each source has left."""
    told = {step: each for step, each in facts.items() if "sieve" in each}
    if not told:
        return
    yield from ("## Duplicates", "")
    for step, each in told.items():
        how = (f"{name.replace('_', ' ')} {'not known' if v is None else v}" for name, v in each["sieve"].items())
        yield from (f"{step}: {', '.join(how)}.", "")
    survival = [
        (step, source, _n(its["in"]), _n(its["kept"]), f"{its['kept'] / its['in']:.1%}")
        for step, each in told.items()
        for source, its in each["survival"].items()
    ]
    yield from _table(("step", "source", "rows in", "kept", "survive"), survival)
    yield ""


def _packed(step: Row, variants: Sequence[str]) -> Iterator[str]:
    """The splits as a model sees them, whole and by language."""
    facts = step["facts"]
    of = f" of {', '.join(variants)}" if variants else ""
    shape = f"rows of {_n(facts['sequence_length'])} tokens, {facts['template']} template"
    yield from (f"As {step['step']}{of} packs them ({shape}):", "")
    rows = []
    for split in ("train", "valid"):
        for name, told in {"all": facts[split], **facts[split]["languages"]}.items():
            share = f"{told['padding']:.1%}" if "padding" in told else "–"
            mean = f"{told['per_document']['mean']:,.1f}" if "per_document" in told else "–"
            rows.append((split, name, _n(told["documents"]), _n(told["tokens"]), _n(told["trained"]), mean, share))
    head = ("split", "language", "documents", "tokens", "trained", "tokens per document", "padding")
    yield from _table(head, rows)
    yield ""


def _leaks(facts: Row) -> Iterator[str]:
    yield from ("## Benchmark problems", "")
    if not facts:
        yield from ("No benchmark's problems were looked for.", "")
        return
    found = [(name, _n(told["problems"]), _n(len(told["found"]))) for name, told in facts.get("benchmarks", {}).items()]
    yield from _table(("benchmark", "problems looked for", "found in rows"), found)
    yield from (f"\nNot looked for: {name} ({why})." for name, why in facts.get("missing", {}).items())
    yield ""


def _neighbours(facts: Row) -> Iterator[str]:
    if not facts.get("benchmarks"):
        return
    nearest = [
        (name, *(f"{told[m]['value']:.3f} ({told[m]['problem']})" if m in told else "–" for m in ("jaccard", "cosine")))
        for name, told in facts["benchmarks"].items()
    ]
    yield from ("The rows nearest to problems, among those that were not found to hold one:", "")
    yield from _table(("benchmark", "highest Jaccard similarity", "highest cosine"), nearest)
    yield from ("", f"Jaccard of shingles of {facts['shingle']}; cosine of vectors by {facts['embedder']}.", "")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _n(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"
