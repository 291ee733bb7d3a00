from typing import ClassVar

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.records import Document, Dropped, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages.keep import Condition, Keep


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]


@pytest.fixture
def kept(tmp_path):
    def keeping(texts, *conditions, language="python"):
        rows = [{"id": str(n), "text": text, "language": language} for n, text in enumerate(texts)]
        frame(Document, rows).write_parquet(tmp_path / "in.parquet")
        facts = Keep(rows=ROWS, conditions=conditions).run({ROWS: tmp_path / "in.parquet"}, tmp_path, Host())
        stay, gone = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("kept", "dropped"))
        assert (stay.schema, gone.schema) == (schema(Document), schema(Dropped))
        return stay, gone, facts

    return keeping


def test_a_row_of_which_a_condition_does_not_hold_drops_with_what_was_measured(kept):
    stay, gone, facts = kept(["a", "bb", "ccc"], "characters >= 2", "characters != 3")
    assert stay["text"].to_list() == ["bb"]
    assert gone.select("text", "reason", "evidence").rows() == [
        ("a", "not characters >= 2", "characters = 1.0"),
        ("ccc", "not characters != 3", "characters = 3.0"),
    ]
    assert facts["dropped"] == {"not characters != 3": 1, "not characters >= 2": 1}
    assert facts["characters_lost"] == {"not characters != 3": 3, "not characters >= 2": 1}


def test_complexity_decides_and_what_does_not_parse_is_not_known(kept):
    branch = "def f(x):\n    if x:\n        return 1\n    return 2\n"
    stay, gone, _ = kept([branch, "x = 1\n", "if ("], "cyclomatic >= 2")
    assert stay["text"].to_list() == [branch]
    assert gone["reason"].to_list() == ["not cyclomatic >= 2", "cyclomatic not known"]


KEY = "key = 'AKIAABCDEFGHIJKLMNOP'\n"


@pytest.mark.parametrize(
    ("condition", "stays", "evidence"),
    [
        ("secrets == 0", "x = 1\n", "secrets = AWS key"),
        ("secrets != 1", "x = 1\n", "secrets = AWS key"),
        ("secrets >= 1", KEY, "secrets = none"),
        ("secrets > quantile(0.5, lower)", KEY, "secrets = none"),
    ],
)
def test_what_is_found_as_a_text_counts_as_one_and_nothing_as_none(kept, condition, stays, evidence):
    stay, gone, _ = kept([KEY, "x = 1\n"], condition)
    assert stay["text"].to_list() == [stays]
    assert gone.select("reason", "evidence").rows() == [(f"not {condition}", evidence)]


def test_whether_it_parses_decides_too(kept):
    stay, gone, _ = kept(["x = 1\n", "if ("], "parses == 1")
    assert (stay["text"].to_list(), gone["evidence"].to_list()) == (["x = 1\n"], ["parses = 0.0"])


@pytest.mark.parametrize(("method", "limit"), [("linear", 1.75), ("lower", 1), ("higher", 2), ("midpoint", 1.5)])
def test_the_quantile_is_that_of_the_rows_by_the_method_named(kept, method, limit):
    stay, _, facts = kept(["a", "bb", "ccc", "dddd"], f"characters > quantile(0.25, {method})")
    assert facts["limits"] == {f"characters > quantile(0.25, {method})": limit}
    assert stay.height == (2 if limit == 2 else 3)


def test_ties_at_the_quantile_are_all_dropped_or_all_kept(kept):
    texts = ["a", "a", "a", "bb"]
    assert kept(texts, "characters > quantile(0.25)")[0].height == 1
    assert kept(texts, "characters >= quantile(0.25)")[0].height == 4


def test_no_row_left_is_refused(kept):
    with pytest.raises(KcoderError, match="no row of 1 has characters > 9"):
        kept(["a"], "characters > 9")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("cyclomatic", "is no condition"),
        ("cyclomatic => 2", "is no condition"),
        ("cyclomatc >= 2", "no measure of rows is called 'cyclomatc'"),
        ("lizard.halstead_length > 2", "no scorer gives 'lizard.halstead_length'"),
        ("characters > quantile(1.5)", "lies between 0 and 1"),
        ("characters > quantile(0.5, mean)", "no quantile method is called 'mean'"),
        ("characters > 1.2.3", "no number"),
    ],
)
def test_what_is_no_condition_is_refused_when_the_spec_is_read(told, message):
    with pytest.raises(ValidationError, match=message):
        Keep(rows=ROWS, conditions=(told,))


def test_numbers_may_be_written_as_in_a_spec():
    assert Condition.read("bytes<1_000").number == 1000
    assert Condition.read(" stars >= 5e3 ").number == 5000
