import hashlib
import json
from typing import ClassVar

import polars as pl
import pytest

from kcoder.benchmarks.file import ProblemFile
from kcoder.benchmarks.published import HumanEval
from kcoder.errors import KcoderError, MachineLacksError
from kcoder.host import Host
from kcoder.records import Document, Dropped, Leak, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages.decontaminate import Decontaminate


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]
PROBLEM = {
    "id": "median",
    "language": "python",
    "prompt": 'def median(numbers):\n    """Return the middle of the sorted numbers; of two middles their mean."""\n',
    "entry": "median",
    "tests": [[[[3, 1, 2]], 2]],
    "solution": (
        "    ordered = sorted(numbers)\n    half = len(ordered) // 2\n    if len(ordered) % 2:\n"
        "        return ordered[half]\n    return (ordered[half - 1] + ordered[half]) / 2\n"
    ),
}
#: what the file of problems is called
NAME = "file-" + hashlib.sha256(json.dumps(PROBLEM).encode() + b"\n").hexdigest()[:6]
COPY = (
    "def middle(xs):\n    s = sorted(xs)  # first\n    h = len(s) // 2\n    if len(s) % 2:\n        return s[h]\n"
    "    return (s[h - 1] + s[h]) / 2\n"
)
OTHER = "def area(w, h):\n    if w < 0 or h < 0:\n        raise ValueError(w, h)\n    return w * h\n"


@pytest.fixture
def clean(tmp_path):
    (tmp_path / "problems.jsonl").write_text(json.dumps(PROBLEM) + "\n")

    def cleaning(*texts, benchmarks=None, **options):
        rows = [{"id": f"row {n}", "text": text, "language": "python"} for n, text in enumerate(texts)]
        frame(Document, rows).write_parquet(tmp_path / "in.parquet")
        known = benchmarks or (ProblemFile(path=str(tmp_path / "problems.jsonl")),)
        said = []
        stage = Decontaminate(rows=ROWS, benchmarks=known, **options)
        facts = stage.run({ROWS: tmp_path / "in.parquet"}, tmp_path, Host(say=said.append))
        tables = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("kept", "dropped", "leaks")}
        assert {n: t.schema for n, t in tables.items()} == {n: schema(k) for n, k in stage.produces.items()}
        return tables, facts, stage, said

    return cleaning


def test_a_copy_under_other_names_drops_with_both_texts_shown(clean):
    tables, facts, stage, _ = clean(OTHER, COPY)
    assert tables["kept"]["id"].to_list() == ["row 0"]
    [gone] = tables["dropped"].select("id", "reason", "evidence").rows()
    assert gone == ("row 1", f"holds a problem of {NAME}", "median: 100% of its solution")
    [leak] = tables["leaks"].to_dicts()
    assert (leak["problem"], leak["row"], leak["how"]) == ("median", "row 1", "solution")
    assert PROBLEM["solution"] in leak["problem_text"] and "def middle(xs):" in leak["row_text"]
    assert facts["benchmarks"][NAME]["found"] == ["median"]
    assert (facts["in"], facts["kept"], facts["dropped"]) == (2, 1, {f"holds a problem of {NAME}": 1})
    assert facts["characters_lost"] == {f"holds a problem of {NAME}": len(tables["dropped"]["text"][0])}
    assert stage.summary(facts) == "leaks −1 (median)"
    assert stage.conserves()


def test_where_it_is_only_reported_every_row_stays(clean):
    tables, facts, stage, _ = clean(OTHER, COPY, mode="report")
    assert tables["kept"].height == 2 and tables["dropped"].is_empty()
    assert tables["leaks"].height == 1
    assert facts["dropped"] == {}
    assert stage.summary(facts) == "leaks 1 (median)"


def test_nothing_found_is_said(clean):
    tables, facts, stage, _ = clean(OTHER)
    assert tables["leaks"].is_empty()
    assert stage.summary(facts) == "no leaks"


def test_a_benchmark_that_cannot_be_had_is_named_and_the_others_are_looked_for(clean, monkeypatch):
    from kcoder import hub

    def nobody(*_, **__):
        raise MachineLacksError("the hub gave no answer")

    monkeypatch.setattr(hub, "commit", nobody)
    _, facts, stage, said = clean(OTHER, benchmarks=(HumanEval(missing="report"),))
    assert facts["missing"] == {"humaneval": "the hub gave no answer"}
    assert said == ["not looked for: humaneval (the hub gave no answer)"]
    assert stage.summary(facts) == "no leaks   not looked for: humaneval"


def test_nothing_left_is_refused(clean):
    with pytest.raises(KcoderError, match="every one of 1 rows holds a problem"):
        clean(COPY)


def test_no_row_of_dropped_is_lost(clean):
    tables, _, _, _ = clean(*[OTHER, COPY] * 20)
    assert tables["kept"].height == tables["dropped"].height == 20
    assert set(Dropped.columns) == set(tables["dropped"].columns)
    assert set(Leak.columns) == set(tables["leaks"].columns)


def test_a_problem_too_short_to_be_found_by_its_solution_is_named(clean, tmp_path):
    short = PROBLEM | {"id": "last", "prompt": "def last(xs):\n", "entry": "last", "solution": "    return xs[-1]\n"}
    two = tmp_path / "two.jsonl"
    two.write_text(json.dumps(PROBLEM) + "\n" + json.dumps(short) + "\n")
    _, facts, _, _ = clean(OTHER, benchmarks=(ProblemFile(path=str(two)),))
    [told] = facts["benchmarks"].values()
    assert told == {"problems": 2, "found": [], "too_short": ["last"], "out_of_reach": ["last"]}
    assert facts["settings"]["code"]["enough"] > 10


def test_a_problem_in_two_languages_counts_as_two(clean, tmp_path):
    two = tmp_path / "two.jsonl"
    two.write_text(json.dumps(PROBLEM) + "\n" + json.dumps(PROBLEM | {"language": "ruby"}) + "\n")
    _, facts, _, _ = clean(OTHER, COPY + PROBLEM["prompt"], benchmarks=(ProblemFile(path=str(two)),))
    [told] = facts["benchmarks"].values()
    assert (told["problems"], told["found"]) == (2, ["median (python)", "median (ruby)"])


def test_neither_the_order_of_rows_nor_how_many_are_looked_at_together_matters(clean, monkeypatch):
    texts = [OTHER, COPY, "x = 1\n", COPY.replace("h", "half"), OTHER * 3]
    before, _, _, _ = clean(*texts)
    monkeypatch.setattr("kcoder.stages.decontaminate.BYTES", 40)
    after, _, _, _ = clean(*reversed(texts))
    assert before["kept"]["text"].to_list() == after["kept"]["text"].to_list()[::-1]
    assert sorted(before["leaks"]["row_text"]) == sorted(after["leaks"]["row_text"])
    assert before["leaks"].height == 2


def test_any_named_file_is_looked_for_whatever_its_columns_are_called(clean, tmp_path):
    (tmp_path / "plain.jsonl").write_text(json.dumps({"question": "the median", "answer": COPY}) + "\n")
    _, facts, _, said = clean(OTHER, COPY, benchmarks=(HumanEval(path=str(tmp_path / "plain.jsonl")),))
    assert facts["benchmarks"]["humaneval"]["found"] == ["plain.jsonl#1"]
    assert said == ["plain.jsonl: read as pairs: question = question, code = answer"]
