import polars as pl

from kcoder.metric import Metric
from kcoder.metrics.mtld import Mtld
from kcoder.metrics.spread import QuestionSpread
from kcoder.records import Document, Score, frame, schema
from kcoder.scoring.documents import document_metrics, needed, scores


class Longest(Metric):
    """A stranger's metric, with as few columns as it can tell."""

    of = Document
    needs = ("characters", "question_vector")

    def score(self, rows):
        longest = rows.select(pl.col("characters").max()).collect().item()
        return pl.DataFrame({"metric": ["longest"], "value": [longest], "n": [1], "interval": ["none"]})


def test_the_installed_metrics_of_documents_are_found():
    metrics, broken = document_metrics()
    assert {type(metric) for metric in metrics} >= {Mtld, QuestionSpread}
    assert all(metric.of is Document for metric in metrics)
    assert broken == []


def test_what_metrics_read_is_listed_once_without_vectors():
    assert needed([Longest(), Longest(), QuestionSpread()]) == ["characters"]


def test_every_column_of_a_score_is_there_whatever_a_metric_tells():
    rows = frame(Document, [{"id": "1", "text": "x"}]).with_columns(characters=9, question_vector=None)
    found = scores(rows, [Longest()])
    assert found.schema == schema(Score)
    assert found["value"].to_list() == [9.0]


def test_a_metric_whose_vectors_nobody_made_is_not_asked():
    rows = frame(Document, [{"id": "1", "text": "x", "prompt": "a b"}])
    assert scores(rows, [QuestionSpread(), Mtld()])["metric"].to_list() == ["question_mtld", "question_mtld_unfloored"]
    assert scores(rows, []).is_empty()
