import json

import numpy as np
import polars as pl
import pytest

from kcoder.embedder import Embedder
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.scoring.data_set import DataSet
from kcoder.source import Source
from kcoder.stage import Stage, Step
from kcoder.stages.statistics import Statistics


class Made(Stage):
    produces = {"rows": Document}  # noqa: RUF012


class Letters(Embedder):
    """How often each of ten letters stands in the text."""

    def embed(self, texts, host):
        counts = np.array([[1 + text.count(letter) for letter in "abcdefghij"] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def title(self):
        return "letters"


class Numbers(Source):
    def batches(self, wanted):
        wanted.host.say("numbers: read as they are")
        wanted.left_out["odd"] += 3
        for start in (0, 20):
            told = [{"id": f"r{n}", "text": f"x = {n}", "prompt": f"set x to {n}"} for n in range(start, start + 20)]
            yield frame(Document, told)


def rows(count):
    told = [
        {"id": f"r{n:02}", "prompt": "do " * (n % 7 + 1) + "it", "text": f"def f(x):\n    return x + {n}\n" * (n % 3)}
        for n in range(count)
    ]
    return frame(Document, told)


def figures(stage, *sets):
    return stage.figures([DataSet(name, table, table.height) for name, table in sets], Host())


def test_the_rows_of_a_step_are_counted_into_its_artifact(tmp_path):
    rows(3).write_parquet(tmp_path / "rows.parquet")
    step = Step("data.read", Made())
    stage = Statistics(rows=step["rows"])
    assert stage.run({step["rows"]: tmp_path / "rows.parquet"}, tmp_path, Host()) == {"rows": 3}
    told = json.loads((tmp_path / "statistics/statistics.json").read_text())
    assert (told["data_sets"][0]["name"], told["data_sets"][0]["rows"]) == ("data.read", 3)


def test_without_rows_there_is_nothing_to_run(tmp_path):
    with pytest.raises(UsageError, match="none are wired"):
        Statistics().run({}, tmp_path, Host())


def test_a_source_is_read_with_what_it_says_and_what_it_leaves_out():
    held = Statistics().read("numbers", Numbers(), Host())
    assert (held.rows.height, held.total, held.said, held.left_out) == (40, 40, ("read as they are",), {"odd": 3})


def test_a_sample_is_in_the_order_the_rows_came_and_a_larger_one_holds_it():
    small = Statistics(sample=5).read("numbers", Numbers(), Host())
    large = Statistics(sample=10).read("numbers", Numbers(), Host())
    whole = [f"r{n}" for n in range(40)]
    assert small.total == 40
    assert [each for each in whole if each in set(small.rows["id"])] == small.rows["id"].to_list()
    assert set(small.rows["id"]) < set(large.rows["id"])
    assert Statistics(sample=500).read("numbers", Numbers(), Host()).rows.height == 40


def test_the_order_of_the_rows_changes_no_figure():
    table = rows(40)
    stage = Statistics(embedder=Letters(), published=True, vectors=20)
    one, other = (figures(stage, ("set", each))["data_sets"][0] for each in (table, table.reverse()))
    for told in (one, other):
        told.pop("seconds")
        told.pop("listings")  # of rows that repeat each other, the later ones
    assert one == other


def test_spread_is_that_of_a_sample_of_rows_that_say_something():
    table = frame(Document, [{"id": "empty", "prompt": " ", "text": "x = 1"}, *rows(30).to_dicts()])
    told = figures(Statistics(embedder=Letters(), vectors=12), ("set", table))
    scores = {score["metric"]: score for score in told["data_sets"][0]["scores"]}
    assert scores["question_spread"]["n"] == scores["code_spread"]["n"] == 12
    assert scores["question_spread"]["value"] >= 1
    assert told["options"]["embedder"] == "letters"


def test_a_set_without_questions_has_no_spread_of_them():
    table = rows(30).with_columns(prompt=pl.lit(None, pl.String))
    told = figures(Statistics(embedder=Letters()), ("set", table))["data_sets"][0]
    metrics = {score["metric"] for score in told["scores"]}
    assert "code_spread" in metrics
    assert not any(metric.startswith("question") for metric in metrics)
    assert told["question_words"] is None


def test_sets_are_ranked_where_their_intervals_part():
    def deciding(name, counts):
        texts = ["def f(x):\n" + "    if x: return 1\n" * count + "    return 2\n" for count in counts]
        return name, frame(Document, [{"id": str(n), "text": text} for n, text in enumerate(texts)])

    told = figures(
        Statistics(), deciding("few", [0, 1] * 15), deciding("many", [4, 5] * 15), deciding("also few", [1, 0] * 9)
    )
    assert told["ranks"]["python.cyclomatic"] == {"few": None, "many": 1, "also few": None}


def test_measures_of_programs_are_those_of_real_code():
    table = frame(Document, [{"id": "a", "text": "Hello"}, {"id": "b", "text": "def f(x):\n    return x + 1\n"}])
    told = figures(Statistics(published=True), ("set", table))["data_sets"][0]
    scores = {score["metric"]: score for score in told["scores"]}
    length = scores["radon.halstead_length"]
    assert (length["value"], length["n"]) == (3, 1)
    assert (told["as_published"]["halstead_length"]["mean"], told["as_published"]["halstead_length"]["n"]) == (1.5, 2)


def test_every_figure_can_be_told_as_json_and_says_what_it_counts():
    told = figures(Statistics(), ("set", rows(9)))
    assert json.loads(json.dumps(told)) == told | {"data_sets": json.loads(json.dumps(told["data_sets"]))}
    assert told["definitions"]["radon"]["cyclomatic"]
    assert told["definitions"]["metrics"]["mtld"]
