"""The kit against plugins that break their contract: each mistake is found."""

import polars as pl
import pytest

from kcoder.conformance_rows import tried
from kcoder.embedder import Embedder
from kcoder.errors import MachineLacksError
from kcoder.filter import Filter, Sieve, Sifted
from kcoder.host import Host
from kcoder.metric import Metric
from kcoder.plugin import load, option
from kcoder.records import Document, Score, frame
from kcoder.scorer import Scorer
from kcoder.source import Source


def failed(cls):
    return [f.name for f in tried(cls, Host()) if not f.ok]


@pytest.mark.parametrize(
    ("group", "name"), [("sources", "folder"), ("filters", "parses"), ("sieves", "near"), ("embedders", "hashing")]
)
def test_our_own_keep_their_contracts(group, name):
    findings = list(tried(load(group, name), Host()))
    assert len(findings) >= 3
    assert [f for f in findings if not f.ok] == []


class Twice(Source):
    def batches(self, wanted):
        yield frame(Document, [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}])


def test_a_source_that_gives_an_id_twice_is_found():
    assert failed(Twice) == ["unique ids"]


class Peeking(Filter):
    """Looks at the row before, so the order of rows matters."""

    def reason(self):
        return pl.when(pl.col("text") == pl.col("text").shift(1)).then(pl.lit("as before"))


class Greedy(Filter):
    def reason(self):
        return pl.when(pl.col("text").is_not_null()).then(pl.lit("everything"))


def test_a_filter_that_looks_at_other_rows_or_keeps_none_is_found():
    assert failed(Peeking) == ["by itself"]
    assert failed(Greedy) == ["some row stays"]


class FirstWins(Sieve):
    """Keeps the first of equal texts in the order they come."""

    def drop(self, rows, host):
        table = rows.collect()
        again = table.filter(~table["text"].is_first_distinct())
        told = again.select("id", pl.lit("again").alias("reason"), evidence=pl.lit(""), cluster=pl.lit(None, pl.String))
        return Sifted(told)


def test_a_sieve_that_depends_on_the_order_is_found():
    assert failed(FirstWins) == ["any order"]


class Outside(Metric):
    of = Document

    def score(self, rows):
        return frame(Score, [{"metric": "outside", "value": 2.0, "low": 0.0, "high": 1.0, "n": 9}])


def test_a_value_outside_its_interval_is_found():
    assert failed(Outside) == ["outside"]


class Fragile(Scorer):
    values = {"depth": "of brackets"}  # noqa: RUF012

    def score(self, program, language):
        return {"depth": float(eval(program or "0"))}


def test_a_scorer_that_a_program_breaks_is_found():
    assert failed(Fragile) == ["tried"]


class Long(Embedder):
    def embed(self, texts, host):
        import numpy as np

        return np.full((len(texts), 2), 3.0, np.float32)

    def title(self):
        return "long"


def test_vectors_that_are_not_of_length_one_are_found():
    assert failed(Long) == ["length one"]


class Elsewhere(Embedder):
    def embed(self, texts, host):
        raise MachineLacksError("no model here", "fetch it")


def test_what_the_machine_lacks_is_no_fault_of_the_plugin():
    [finding] = tried(Elsewhere, Host())
    assert (finding.ok, finding.detail) == (True, "not here: no model here")


class NeedsOptions(Filter):
    limit: int = option(help="a limit")


def test_a_plugin_that_needs_options_is_not_tried_and_that_is_said():
    [finding] = tried(NeedsOptions, Host())
    assert (finding.ok, "not tried" in finding.detail) == (True, True)
