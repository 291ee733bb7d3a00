"""One self-contained page: the answer first, then what it rests on. No script, no outside address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kcoder.reporting import (
    agreement,
    comparisons,
    contamination,
    failures,
    figures,
    find,
    record,
    uncut,
    witnesses,
)
from kcoder.reporting.document import document, figure, section, twice
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, join, tag
from kcoder.reporting.numbers import changed, scored
from kcoder.reporting.tables import code, folded, table, unbroken
from kcoder.reporting.tradeoff import tradeoff

Row = Mapping[str, Any]
#: px of a figure drawn for a desk and for a phone; the style sheet shows one of them
WIDE, NARROW = 720, 330


def page(told: Row, diary: Row) -> str:
    """The whole document, from the results and the run's diary. What the diary lacks is left out."""
    sections = [
        section("trade-off", "What was gained, and what it cost", *_tradeoff(told, diary)),
        section("comparisons", "Models against each other", *comparisons.section(told)),
        section("learning", "Learning", *_learning(told)),
        section("problems", "Problems", *_problems(told)),
        section("agreement", "Agreement between languages", *agreement.section(told)),
        section("failures", "Why programs fail", *_failures(told)),
        section("data", "Data", *record.data(told, diary)),
        section("protocol", "Protocol", *record.protocol(told, diary)),
    ]
    title = f"{told['name']}: {told['why']}" if told["why"] else told["name"]
    return document(title, f"kcoder · {told['name']}", told["why"] or told["name"], *_answer(told, diary), *sections)


# ---- the answer --------------------------------------------------------------------------------------------


def _answer(told: Row, diary: Row) -> Iterator[Child]:
    sentences = [tag("p", sentence) for sentence in told["answer"]]
    yield tag("section", tag("h2", "Answer", id="answer"), *sentences, class_="answer", aria_labelledby="answer")
    if told["main"]:
        yield _scores(told)
        yield contamination.looked_for(told, diary)
        yield from witnesses.said(told)
    if diary.get("command"):
        yield tag("p", "Made by this command:", class_="lead")
        yield code(diary["command"])


def _scores(told: Row) -> Markup:
    """Every model's main scores, a column for each language, with what tuning changed."""
    main, chosen = told["main"], figures.chosen(told)
    languages = _languages(told)
    head = ["model", *(language(name) for name in languages)]
    rows = []
    for model in told["models"]:
        name = tag("span", model["label"], title=model["name"], class_="whole")
        mark = tag("span", " ◯", title="chosen on development problems") if model["name"] in chosen else None
        cells = []
        for spoken in languages:
            score, change = (f(told, model["name"], spoken) for f in (find.score, find.change))
            said = tag("div", unbroken(changed(change)), class_="change") if change else None
            as_it_stands = uncut.beside(told, model["name"], spoken)
            cells.append(join(tag("div", unbroken(scored(score))), said, as_it_stands) if score else None)
        rows.append([join(name, mark), *cells])
    mine = (row for row in told["scores"] if row["benchmark"] == main["benchmark"] and find.whole(row))
    n = sorted({row["n"] for row in mine if row["n"]})
    caption = (
        f"{main['metric']} on the test problems ({main['benchmark']}, {' or '.join(map(str, n))} each): "
        "passed of all, with 95 % interval. Below, the change against the base on the same problems, "
        "in points."
        + (" ◯ chosen on development problems." if chosen else "")
        + (uncut.WORDS if uncut.there(told) else "")
        + _naming(told)
    )
    others = [r for r in told["scores"] if any(r[c] != main[c] for c in main)]
    folded_others = _other_scores(told, others) if others else None
    return join(table(caption, head, rows, "scores"), contamination.apart(told), folded_others)


def _naming(told: Row) -> str:
    """What a model's label is made of, where it is not the name it has in the spec."""
    keys = {key for m in told["models"] if m["label"] != m["name"] for key in m["settings"]}
    words = [key.rpartition(".")[2] for key in sorted(keys, key=lambda key: (key != "train.method", key))]
    return f" Models are named by {', '.join(words)}." if words else ""


def _other_scores(told: Row, others: list[Row]) -> Markup:
    label = {m["name"]: m["label"] for m in told["models"]}
    head = ["model", "problems", "language", "metric", "temperature", "score"]
    rows: list[list[Child]] = []
    for row in others:
        kind = f"{row['benchmark']} ({'development, never a test' if row['split'] == 'dev' else 'test'})"
        kind += "" if find.whole(row) else f", {row['problems']}"
        temperature = "–" if row["temperature"] is None else f"{row['temperature']:g}"
        what = [kind, language(row["language"]), row["metric"], temperature]
        rows.append([label[row["model"]], *what, unbroken(scored(row))])
    return folded("All other scores", table("Scores on development problems and by other measures", head, rows))


def _languages(told: Row) -> list[str]:
    scored_in = {row["language"] for row in told["scores"]}
    return [name for name in (told["target"], *told["kept"]) if name in scored_in]


# ---- the sections ------------------------------------------------------------------------------------------


def _tradeoff(told: Row, diary: Row) -> Iterator[Child]:
    drawn = False
    for kept in told["kept"]:
        both = tradeoff(told, kept, WIDE), tradeoff(told, kept, NARROW)
        if all(both):
            words = (
                "Up and to the right is better. Bars are 95 % intervals: across, of the score; upwards, of "
                "the gain over the base on the same problems. A dashed line joins one method's settings in order "
                "of learning rate."
            )
            yield figure(join(figures.key(told), *twice(*both)), words)
            drawn = True
    if told["selection"] and told["selection"]["pairs"]:
        yield _methods(told)
    costs = record.costs(told, diary)
    if drawn or costs:
        yield costs


def _methods(told: Row) -> Markup:
    """Each two methods at the settings that make them comparable, or why there are none."""
    label = {m["name"]: m["label"] for m in told["models"]}
    selection = told["selection"]
    languages = [told["target"], *told["kept"]]
    rows: list[list[Child]] = []
    for pair in selection["pairs"]:
        one, other = (tag("span", label[name], class_="whole") for name in pair["settings"] or pair["nearest"])
        names = join(None if pair["settings"] else "not comparable here; nearest: ", one, " − ", other)
        found = [pair["languages"].get(name) for name in languages]
        differences = (unbroken(changed(f)) if f else None for f in found)
        rows.append([" − ".join(pair["methods"]), names, f"{pair['gap']:.1f} points", *differences])
    kept = ", ".join(language(name) for name in told["kept"]) or "other languages"
    caption = (
        f"Two methods at settings whose {kept} on the development problems ({selection['on']}) differs by at "
        f"most {selection['within']:g} points, taken where {language(told['target'])} was highest there; the "
        "differences are those on the test problems, in points"
    )
    head = [
        "methods",
        "settings",
        f"apart in {kept}, development",
        *(f"{language(n)}, test" for n in languages),
    ]
    return table(caption, head, rows, "wrap")


def _learning(told: Row) -> Iterator[Child]:
    drawn = [row for row in told["histories"] if row["loss"] or row["valid"]]
    if not drawn:
        return
    parts = []
    for history in drawn:
        like = [h for h in drawn if h["step"] == history["step"]]
        panel = figures.learning(history, _panel(told, history), like)
        parts.append(tag("div", tag("h3", _panel(told, history)), panel, class_="panel"))
    words = (
        "Training loss (thin line) and validation loss (line with dots). Panels of the same step share "
        "a scale. The ringed dot is the checkpoint that was kept: where nothing else is said, that of the lowest "
        "validation loss."
    )
    yield figure(tag("div", *parts, class_="panels"), words)
    yield from (_choice(history, _panel(told, history)) for history in drawn if history["choice"])


def _choice(history: Row, name: str) -> Markup:
    """What each kept checkpoint of a training did on the development problems."""
    first = history["choice"][0]
    rows: list[list[Child]] = [
        [f"step {row['step']:,}" + (", chosen" if row["chosen"] else ""), f"{row['valid']:.3f}", unbroken(scored(row))]
        for row in history["choice"]
    ]
    words = (
        f"Checkpoints of {name}: the one of the highest score on the development problems was kept, of equal ones "
        "that of the lower validation loss. Its score flatters it, as it was chosen for it."
    )
    head = ["checkpoint", "validation loss", f"{first['benchmark']}, {language(first['language'])}, {first['metric']}"]
    return table(words, head, rows)


def _panel(told: Row, history: Row) -> str:
    """The step, or the model it made where each variant has its own."""
    owners = {m["variants"][0]: m["label"] for m in told["models"] if m["of"] == "tuned"}
    own = [owners[name] for name in history["variants"] if name in owners]
    if len(own) == len(owners):
        return str(history["step"])
    twins = [h for h in told["histories"] if h["variants"] == history["variants"]]
    return ", ".join(own) if len(twins) == 1 else f"{', '.join(own)}: {history['step']}"


def _problems(told: Row) -> Iterator[Child]:
    parts: list[Child] = []
    for name in _languages(told):
        both = figures.strip(told, name, WIDE), figures.strip(told, name, NARROW)
        if all(both):
            parts += [tag("h3", language(name)), *twice(*both)]
    if parts:
        words = (
            "A column is a problem, from the most to the least solved; a filled cell is solved, an empty one is "
            "not. Pointing at a cell names the problem."
        )
        yield figure(join(*parts), words)
        yield _turned(told)
        yield from _alone(told)


def _turned(told: Row) -> Markup:
    """How many problems tuning won and lost."""
    rows: list[list[Child]] = []
    for model in (m for m in told["models"] if m["of"] == "tuned"):
        base = find.base_of(told, model)
        for name in _languages(told):
            both = _solved(told, base["name"], model["name"], name) if base else []
            counts = [both.count(kind) for kind in ((False, True), (True, False), (True, True), (False, False))]
            if both:
                rows.append([model["label"], language(name), *map(str, counts), str(len(both))])
    head = [
        "model",
        "language",
        "gained by tuning",
        "lost by tuning",
        "solved by both",
        "solved by neither",
        "problems",
    ]
    return table("Problems gained and lost against the base (solved: at least one sample passes)", head, rows)


def _solved(told: Row, base: str, tuned: str, name: str) -> list[tuple[bool, bool]]:
    """Whether the base and whether the tuned model solved each problem that both were asked."""
    asked = (row["passes"] for row in told["problems"] if row["language"] == name)
    both = (passes for passes in asked if {base, tuned} <= passes.keys())
    return [(passes[base][0] > 0, passes[tuned][0] > 0) for passes in both]


def _alone(told: Row) -> Iterator[Child]:
    for model in told["models"]:
        for name in _languages(told):
            mine = [
                row["problem"]
                for row in told["problems"]
                if row["language"] == name
                and [m for m, passed in row["passes"].items() if passed[0]] == [model["name"]]
            ]
            if mine:
                summary = f"{language(name)} solved only by {model['label']}: {len(mine)}"
                yield folded(summary, tag("p", ", ".join(mine), class_="names"))


def _failures(told: Row) -> Iterator[Child]:
    shown = figures.verdicts(told)
    drawn = [(name, bars) for name in _languages(told) if (bars := figures.failures(told, name, shown))]
    if not drawn:
        return
    panels = (tag("div", tag("h3", language(name)), bars, class_="panel") for name, bars in drawn)
    words = "Verdicts on all programs for the test problems. The table holds every count."
    yield figure(join(figures.verdict_key(shown), tag("div", *panels, class_="panels")), words)
    label = {m["name"]: m["label"] for m in told["models"]}
    rows: list[list[Child]] = []
    for row in told["verdicts"]:
        if row["benchmark"] == told["main"]["benchmark"]:
            counts = (str(row["counts"].get(verdict, 0)) for verdict in shown)
            rows.append([label[row["model"]], language(row["language"]), *counts, str(row["n"])])
    head = ["model", "language", *shown, "programs"]
    yield folded("All counts", table("Programs by verdict", head, rows))
    yield from failures.tables(told)
