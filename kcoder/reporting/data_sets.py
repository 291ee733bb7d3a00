"""The figures of data sets as one self-contained page: what is worth a look first, then the figures, then the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kcoder.reporting.document import document, section
from kcoder.reporting.dots import panels
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, join, tag
from kcoder.reporting.tables import code, folded, table, unbroken
from kcoder.reporting.values import number, spanned

Told = Mapping[str, Any]

#: the columns of P4's tables, as figures name them
PUBLISHED = {
    "question_mtld": "question MTLD",
    "question_spread": "question spread",
    "code_spread": "code spread",
    "halstead_vocabulary": "Halstead vocabulary",
    "halstead_length": "Halstead length",
    "halstead_difficulty": "Halstead difficulty",
    "cyclomatic": "cyclomatic",
}


def page(told: Told) -> str:
    """The whole document."""
    sets = told["data_sets"]
    sections = [
        section("rows", "Rows", *_rows(told)),
        section("code", "Code", *_code(told)),
        section("questions", "Diversity", *_diversity(told)),
        section("overlap", "Overlap", *_overlap(told)),
        section("published", "As Suresh et al. 2023 count", *_published(told)),
        section("leaks", "Leaks", *_leaks(told)),
        section("listings", "Rows behind the figures", *_listings(told)),
        section("definitions", "How it was counted", *_definitions(told)),
    ]
    title = " and ".join(filter(None, [", ".join(each["name"] for each in sets[:-1]), sets[-1]["name"]]))
    return document(f"Data: {title}", "kcoder · data", title, _look(sets), *sections)


def _look(sets: Sequence[Told]) -> Markup | None:
    parts: list[Child] = []
    for each in sets:
        if each["look"]:
            parts.append(tag("p", tag("strong", each["name"])) if len(sets) > 1 else None)
            parts.append(tag("ul", *(tag("li", sentence) for sentence in each["look"])))
    if not parts:
        return None
    return tag("section", tag("h2", "Worth a look", id="look"), *parts, class_="answer", aria_labelledby="look")


# ---- what the rows are -------------------------------------------------------------------------------------


def _rows(told: Told) -> Iterator[Child]:
    sets = told["data_sets"]
    rows: list[list[Child]] = [
        ["rows", *(_counted(each, told) for each in sets)],
        ["read", *("; ".join(each["said"]) or "a folder of code" for each in sets)],
        ["languages", *("; ".join(_languages(each)) for each in sets)],
        ["question, words", *(_sized(each["question_words"]) for each in sets)],
        ["code, characters", *(_sized(each["code_characters"]) for each in sets)],
    ]
    if any(each["left_out"] for each in sets):
        left = ("; ".join(f"{count:,} {reason}" for reason, count in each["left_out"].items()) for each in sets)
        rows.append(["left out", *left])
    caption = "Mean with 95 % interval, median and 95th percentile"
    yield table(caption, ["", *(each["name"] for each in sets)], rows, "scores")
    problems: list[list[Child]] = []
    for at, problem in enumerate(sets[0]["problems"]):
        problems.append([problem["label"], *(_share(each["problems"][at]) for each in sets)])
    head = ["", *(each["name"] for each in sets)]
    yield table("Rows that are empty, repeated, or doubtful", head, problems, "scores")


def _counted(each: Told, told: Told) -> str:
    if each["rows"] == each["total"]:
        return f"{each['rows']:,}"
    return f"{each['rows']:,}, a sample of {each['total']:,} (seed {told['options']['seed']})"


def _languages(each: Told) -> Iterator[str]:
    for name in dict.fromkeys([*each["languages"], *each["parse"]]):
        words = [f"{each['languages'][name]:,} rows"] if name in each["languages"] else []
        words += [f"{each['parse'][name]:,} parse"] if name in each["parse"] else []
        words += [f"{each['define'][name]:,} of them define something"] if name in each["define"] else []
        yield f"{language(name)} {', '.join(words)}"
    if each["other"]:
        yield f"other or mixed {each['other']:,}"


def _sized(size: Told | None) -> str:
    if size is None:
        return "–"
    return f"{spanned(size)}, median {number(size['median'])}, p95 {number(size['p95'])}"


def _share(problem: Told) -> str:
    return f"{problem['count']:,}" + (f" ({100 * problem['count'] / problem['of']:.1f} %)" if problem["count"] else "")


# ---- measures ----------------------------------------------------------------------------------------------


def _code(told: Told) -> Iterator[Child]:
    for each in told["data_sets"]:
        for spoken in each["code"]:
            of = f"{each['name']}: {language(spoken['language'])}"
            counted = f"{spoken['real']:,} programs of {spoken['programs']:,} that are real code"
            yield _values(f"{of}, {counted}, by {' and '.join(spoken['scorers'])}", spoken["values"], told["labels"])
            functions = max((found["n"] for found in spoken["per_function"].values()), default=0)
            labels = {**told["labels"], "cyclomatic": "cyclomatic"}
            yield _values(f"{of}, its {functions:,} functions", spoken["per_function"], labels)
    yield from panels(told, of_code=True)


def _values(caption: str, values: Told, labels: Told) -> Child:
    if not values:
        return None
    rows: list[list[Child]] = [[labels.get(name, name), *_described(found)] for name, found in values.items()]
    return table(caption, ["", "mean, 95 % interval", "median", "p95", "max"], rows, "scores")


def _described(found: Told) -> tuple[Child, ...]:
    return (unbroken(spanned(found)), *(number(found[name]) for name in ("median", "p95", "max")))


def _diversity(told: Told) -> Iterator[Child]:
    sets = told["data_sets"]
    metrics = dict.fromkeys(s["metric"] for each in sets for s in each["scores"] if s["language"] is None)
    rows: list[list[Child]] = []
    for metric in metrics:
        found = [next((s for s in each["scores"] if s["metric"] == metric), None) for each in sets]
        ranks = told["ranks"].get(metric, {})
        cells = [_scored(score, ranks.get(each["name"])) for score, each in zip(found, sets, strict=True)]
        rows.append([told["labels"].get(metric, metric), *cells])
    if rows:
        caption = "Value with 95 % interval and count. A rank is given where the interval parts from all others."
        yield table(caption, ["", *(each["name"] for each in sets)], rows, "scores")
    options = told["options"]
    vectors = f"vectors: {options['embedder']}, of {options['vectors']:,} rows at most"
    yield tag("p", vectors if options["embedder"] else "Spread was not measured: add --spread.", class_="note")
    yield from panels(told, of_code=False)


def _scored(score: Told | None, rank: int | None) -> Child:
    if score is None:
        return None
    if score["value"] is None:
        return f"– {score['interval']}"
    return unbroken(
        f"{spanned({'mean': score['value'], **score})} n = {score['n']:,}{f', rank {rank}' if rank else ''}"
    )


# ---- beside others -----------------------------------------------------------------------------------------


def _overlap(told: Told) -> Iterator[Child]:
    if not told["overlap"]:
        return
    for kind, caption in (
        ("exact", "Rows of one set (down) whose question and answer stand in another (across)"),
        ("near", "Rows of one set (down) with a near duplicate in another (across): 5-word shingles, Jaccard ≥ 0.7"),
    ):
        matrix = told["overlap"][kind]
        names = list(matrix)
        rows: list[list[Child]] = [
            [one, *(None if one == other else f"{matrix[one][other]:,}" for other in names)] for one in names
        ]
        yield table(caption, ["", *names], rows)


def _published(told: Told) -> Iterator[Child]:
    if not told["published"]:
        return
    rows = [_here(each) for each in told["data_sets"]]
    for row in told["published"]["rows"]:
        rows.append([row["name"], *(f"{row[name]:.2f}" for name in PUBLISHED), f"{row['rows']:,}"])
    caption = "Tables 1 and 2 of the paper, and these sets by its definitions"
    yield table(caption, ["", *PUBLISHED.values(), "rows"], rows, "scores")
    yield tag("p", told["published"]["definitions"])
    yield tag("p", told["published"]["note"])


def _here(each: Told) -> list[Child]:
    scores = {score["metric"]: score for score in each["scores"] if score["language"] is None}
    found = {name: spanned(value) for name, value in each["as_published"].items()}
    for name, metric in (
        ("question_mtld", "question_mtld_unfloored"),
        *((n, n) for n in ("question_spread", "code_spread")),
    ):
        if metric in scores and scores[metric]["value"] is not None:
            found[name] = spanned({"mean": scores[metric]["value"], **scores[metric]})
    counted = max((value["n"] for value in each["as_published"].values()), default=0)
    cells = (unbroken(found[name]) if name in found else None for name in PUBLISHED)
    return [f"here: {each['name']}", *cells, f"{counted:,} of {each['rows']:,}"]


def _leaks(told: Told) -> Iterator[Child]:
    """Problems of benchmarks that stand in the rows, and each such pair with both texts."""
    sets = [each for each in told["data_sets"] if each["leaks"]]
    rows: list[list[Child]] = []
    for each in sets:
        leaks = each["leaks"]
        for name, found in leaks["benchmarks"].items():
            rows.append([each["name"], name, f"{found['problems']:,} of {found['of']:,}", ", ".join(found["found"])])
        rows += [[each["name"], name, "not looked for", reason] for name, reason in leaks["missing"].items()]
    if rows:
        yield table("Problems of benchmarks that stand in the rows", ["set", "benchmark", "found", ""], rows, "scores")
    for each in sets:
        for leak in each["leaks"]["shown"]:
            problem = f"{leak['benchmark']} {leak['problem']}"
            summary = f"{leak['row']} holds {leak['coverage']:.0%} of the {leak['how']} of {problem}"
            both = (tag("p", "The problem:"), code(leak["problem_text"]), tag("p", "The row:"), code(leak["row_text"]))
            yield folded(summary, *both)


def _listings(told: Told) -> Iterator[Child]:
    for each in told["data_sets"]:
        for listing in each["listings"]:
            more = listing["count"] - len(listing["rows"])
            rows: list[list[Child]] = [list(row) for row in listing["rows"]]
            caption = f"The first {len(rows)} of {listing['count']:,}" if more else f"All {listing['count']:,}"
            yield folded(f"{each['name']}: {listing['label']}", table(caption, ["row", "what shows it"], rows, "wrap"))


def _definitions(told: Told) -> Iterator[Child]:
    for name, meanings in told["definitions"].items():
        parts = [join(tag("dt", told["labels"].get(key, key)), tag("dd", words)) for key, words in meanings.items()]
        yield join(tag("h3", name if name == "metrics" else f"scorer {name}"), tag("dl", *parts))
    facts = ((p["label"], p["facts"]) for p in told["data_sets"][0]["problems"] if p["facts"])
    for label_, found in facts:
        parts = [join(tag("dt", key.replace("_", " ")), tag("dd", str(value))) for key, value in found.items()]
        yield join(tag("h3", label_), tag("dl", *parts))
    yield tag("p", "Intervals are the middle 95 % of 2,000 means of rows drawn again with replacement.", class_="note")
