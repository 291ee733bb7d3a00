import hashlib
import json
from typing import ClassVar

import numpy as np
import polars as pl
import pytest

from kcoder.artifact import MANIFEST
from kcoder.benchmarks.file import ProblemFile
from kcoder.benchmarks.published import HumanEval
from kcoder.embedder import Embedder
from kcoder.errors import InterruptedRun, MachineLacksError
from kcoder.host import Host
from kcoder.leaks.excerpt import LONGEST
from kcoder.records import Document, Leak, Neighbour, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages import neighbours
from kcoder.stages.neighbours import Neighbours


class Given(Stage):
    """Stands for the steps before the one under test."""

    produces: ClassVar = {"rows": Document, "leaks": Leak}


class Meaning(Embedder):
    """Knows what a middle is, however it is called: a text's share of words about it, against everything else."""

    def embed(self, texts, host):
        about = [sum(text.count(word) for word in ("median", "middle", "halfway")) for text in texts]
        vectors = np.array([[n, 1] for n in about], np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def title(self):
        return "words about the middle"


GIVEN = Step("given", Given())
PROBLEM = {
    "id": "median",
    "language": "python",
    "prompt": 'def median(numbers):\n    """Return the middle of the sorted numbers."""\n',
    "entry": "median",
    "tests": [[[[3, 1, 2]], 2]],
    "solution": "    ordered = sorted(numbers)\n    half = len(ordered) // 2\n    return ordered[half]\n",
}
#: what the file of problems is called
NAME = "file-" + hashlib.sha256(json.dumps(PROBLEM).encode() + b"\n").hexdigest()[:6]
#: the problem in nearly its own words, for another purpose; in other words altogether; and neither
WORDS = (
    'def largest(numbers):\n    """Return the last of the sorted numbers."""\n    ordered = sorted(numbers)\n'
    "    half = len(ordered) // 2\n    return ordered[-1]\n"
)
SENSE = "fn halfway(xs: &mut Vec<i64>) -> i64 {  // what is halfway, the middle\n    xs.sort(); xs[xs.len() / 2]\n}\n"
OTHER = "def area(w, h):\n    return w * h\n"


@pytest.fixture
def near(tmp_path):
    (tmp_path / "problems.jsonl").write_text(json.dumps(PROBLEM) + "\n")

    def looking(rows, leaks=(), host=None, **options):
        """The rows, by id, and the ids of those that are leaks."""
        told = [{"id": name, "text": text} for name, text in rows.items()]
        frame(Document, told).write_parquet(tmp_path / "rows.parquet")
        found = [{"benchmark": NAME, "problem": "median", "row": name} for name in leaks]
        frame(Leak, found).write_parquet(tmp_path / "leaks.parquet")
        known = {"benchmarks": (ProblemFile(path=str(tmp_path / "problems.jsonl")),), "embedder": Meaning()}
        stage = Neighbours(rows=GIVEN["rows"], leaks=GIVEN["leaks"], **known | options)
        inputs = {GIVEN[name]: tmp_path / f"{name}.parquet" for name in Given.produces}
        facts = stage.run(inputs, tmp_path, host or Host())
        table = pl.read_parquet(tmp_path / "neighbours.parquet")
        assert table.schema == schema(Neighbour)
        return table, facts, stage

    return looking


def test_one_row_is_nearest_in_words_and_another_in_meaning_and_both_are_shown(near):
    table, facts, stage = near({"other": OTHER, "sense": SENSE, "words": WORDS})
    told = {row["row"]: row for row in table.to_dicts()}
    nearest = facts["benchmarks"][NAME]
    assert (nearest["problems"], nearest["jaccard"]["row"], nearest["cosine"]["row"]) == (1, "words", "sense")
    # 16 shingles the one has and 16 the other; the 9 of `of the sorted … return ordered` are shared
    assert nearest["jaccard"]["value"] == told["words"]["jaccard"] == 9 / 23
    assert told["sense"]["jaccard"] == 0
    assert nearest["cosine"]["value"] == told["sense"]["cosine"] > 0.9 > told["words"]["cosine"]
    assert told["sense"]["row_text"] == SENSE
    assert told["sense"]["problem_text"] == PROBLEM["prompt"] + PROBLEM["solution"]
    assert facts["embedder"] == "words about the middle"
    assert stage.summary(facts) == "nearest of the others: Jaccard 0.391, cosine 0.990"


def test_a_row_is_its_prompt_and_its_text(near, tmp_path):
    near({"whole": PROBLEM["prompt"] + PROBLEM["solution"]})
    whole = pl.read_parquet(tmp_path / "rows.parquet")
    parted = whole.with_columns(prompt=pl.lit(PROBLEM["prompt"]), text=pl.lit(PROBLEM["solution"]))
    parted.write_parquet(tmp_path / "parted.parquet")
    stage = Neighbours(
        rows=GIVEN["rows"],
        leaks=GIVEN["leaks"],
        benchmarks=(ProblemFile(path=str(tmp_path / "problems.jsonl")),),
        embedder=Meaning(),
    )
    inputs = {GIVEN["rows"]: tmp_path / "parted.parquet", GIVEN["leaks"]: tmp_path / "leaks.parquet"}
    stage.run(inputs, tmp_path, Host())
    [pair] = pl.read_parquet(tmp_path / "neighbours.parquet").to_dicts()
    assert (pair["jaccard"], pair["cosine"]) == (1.0, 1.0)


def test_copies_that_were_found_do_not_hide_one_that_was_not(near):
    copy = PROBLEM["prompt"] + PROBLEM["solution"]
    rows = {f"copy {n}": copy for n in range(5)} | {"missed": copy.replace("half", "h")}
    table, facts, _ = near(rows, leaks=[f"copy {n}" for n in range(5)])
    assert table.filter("leak")["row"].to_list() == ["copy 0", "copy 1", "copy 2"]
    assert table.filter(~pl.col("leak"))["row"].to_list() == ["missed"]
    assert facts["benchmarks"][NAME]["jaccard"]["row"] == "missed"
    assert facts["benchmarks"][NAME]["jaccard"]["value"] < 1


def test_neither_the_order_of_rows_nor_how_they_are_parted_matters(near, monkeypatch):
    rows = {"other": OTHER, "sense": SENSE, "words": WORDS} | {f"x{n}": SENSE + "x\n" * n for n in range(9)}
    before, first, _ = near(rows, leaks=["x3"])
    monkeypatch.setattr(neighbours, "READ", 2)
    monkeypatch.setattr(neighbours, "BYTES", 300)
    after, second, _ = near(dict(reversed(rows.items())), leaks=["x3"])
    assert before.equals(after)
    assert first == second
    assert before.height > 4


def test_of_a_long_row_the_beginning_is_shown(near):
    table, _, _ = near({"long": WORDS + "x = 1\n" * 1000})
    assert len(table["row_text"][0]) == LONGEST + 2


def test_without_any_problem_nothing_is_compared(near, monkeypatch):
    from kcoder import hub

    def nobody(*_, **__):
        raise MachineLacksError("the hub gave no answer")

    monkeypatch.setattr(hub, "commit", nobody)
    table, facts, stage = near({"other": OTHER}, benchmarks=(HumanEval(missing="report"),))
    assert table.is_empty()
    assert facts["missing"] == {"humaneval": "the hub gave no answer"}
    assert stage.summary(facts) == "nothing is alike"


def test_it_can_be_stopped(near):
    host = Host()
    host.stop.set()
    with pytest.raises(InterruptedRun):
        near({"other": OTHER}, host=host)


def test_it_drops_nothing():
    assert not Neighbours.conserves()
    assert Neighbours.produces == {"neighbours": Neighbour}


def test_what_is_nearest_is_shown_with_both_texts_and_leaks_are_not(near, tmp_path):
    rows = {"other": OTHER, "sense": SENSE, "words": WORDS, "copy": PROBLEM["prompt"] + PROBLEM["solution"]}
    _, facts, stage = near(rows, leaks=["copy"])
    (tmp_path / MANIFEST).write_text(json.dumps({"facts": facts, "files": {}}))
    shown = list(stage.show(tmp_path, {}, 1, 60))
    assert shown[1] == "vectors: words about the middle"
    heads = [line for line in shown if line.startswith("──")]
    assert [head.partition(":")[0] for head in heads] == [
        f"── {NAME} median (python) and words",
        f"── {NAME} median (python) and sense",
    ]
    assert "    def median(numbers):⏎" in shown
    assert any(line.startswith("    fn halfway(xs: &mut Vec<i64>)") for line in shown)
    assert max(map(len, shown)) <= 60
    assert list(stage.show(tmp_path, {}, 0, 60)) == []
