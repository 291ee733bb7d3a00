from typing import ClassVar

import polars as pl
import pytest

from kcoder.errors import KcoderError, UsageError
from kcoder.filter import Filter
from kcoder.filters.letters import MinAlphabetic
from kcoder.filters.lines import MaxAvgLineLength, MaxLineLength
from kcoder.host import Host
from kcoder.records import Document, Dropped, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages.filter import FilterRows


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]


P3 = (MaxAvgLineLength(), MaxLineLength(), MinAlphabetic())


@pytest.fixture
def filtered(tmp_path):
    """The kept and dropped rows of these texts, and the facts."""

    def filtering(*texts, filters=P3, **more):
        file = tmp_path / "in.parquet"
        rows = [{"id": str(n), "text": text, "prompt": "?" * 999} | more for n, text in enumerate(texts)]
        frame(Document, rows).write_parquet(file)
        facts = FilterRows(rows=ROWS, filters=filters).run({ROWS: file}, tmp_path, Host())
        return (
            pl.read_parquet(tmp_path / "kept.parquet"),
            pl.read_parquet(tmp_path / "dropped.parquet"),
            facts,
        )

    return filtering


def test_every_row_is_kept_or_dropped_with_all_its_columns(filtered):
    kept, dropped, facts = filtered("a = b\n", "x" * 101, "1 = 2\n", "")
    assert (kept.schema, dropped.schema) == (schema(Document), schema(Dropped))
    assert kept["id"].to_list() == ["0"]
    assert dropped.select("id", "reason", "evidence").rows() == [
        ("1", "average line > 100", "average_line = 101.0"),
        ("2", "letters < 25 %", "alphabetic = 0.0"),
        ("3", "letters < 25 %", "alphabetic = 0.0"),
    ]
    assert dropped["prompt"].unique().to_list() == ["?" * 999]
    assert facts == {
        "in": 4,
        "kept": 1,
        "dropped": {"letters < 25 %": 2, "average line > 100": 1},
        "characters_lost": {"letters < 25 %": 6, "average line > 100": 101},
        "flagged": {},
    }


def test_the_first_reason_wins(filtered):
    _, dropped, _ = filtered("a", "1" * 1001, filters=P3)
    assert dropped["reason"].to_list() == ["average line > 100"]
    _, dropped, _ = filtered("a", "1" * 1001, filters=P3[::-1])
    assert dropped["reason"].to_list() == ["letters < 25 %"]


def test_nothing_dropped_leaves_an_empty_table_of_the_right_columns(filtered):
    _, dropped, facts = filtered("a")
    assert dropped.height == 0
    assert dropped.schema == schema(Dropped)
    assert facts["dropped"] == {}


def test_no_row_left_is_refused_with_the_funnel(filtered):
    with pytest.raises(KcoderError) as caught:
        filtered("1", "2", "x" * 101)
    assert caught.value.message == ("the filters leave nothing of 3 rows: 2 letters < 25 %, 1 average line > 100")


class Short(Filter):
    """Reads a column of the document, no feature."""

    def reason(self):
        return pl.when(pl.col("text").str.len_chars() < 3).then(pl.lit("short"))


class Vowels(Filter):
    needs = ("vowels",)


def test_a_filter_may_need_no_feature_and_an_unknown_one_is_refused(filtered):
    _, dropped, _ = filtered("ab", "abc", filters=(Short(),))
    assert dropped.select("id", "reason", "evidence").rows() == [("0", "short", None)]
    with pytest.raises(UsageError, match="no measure of rows is called 'vowels'"):
        filtered("ab", filters=(Vowels(),))


def test_the_stage_says_what_it_does_and_what_came_of_it():
    stage = FilterRows(rows=ROWS, filters=P3)
    assert stage.describe() == "drop by max_avg_line_length, max_line_length, min_alphabetic"
    assert stage.summary({"dropped": {"letters < 25 %": 1234}, "flagged": {"secrets": 2}}) == (
        "−1,234 letters < 25 %    2 flagged secrets"
    )
    assert stage.conserves()


def test_reasons_tell_of_every_filter_by_itself():
    rows = frame(Document, [{"id": "a", "text": "1" * 1001}, {"id": "b", "text": "b"}])
    told = FilterRows.reasons(rows, P3, Host())
    assert [told[column].null_count() for column in told.columns] == [1, 1, 1]


def test_a_filter_told_to_flag_keeps_the_row_and_notes_its_reason(filtered):
    flags = (MinAlphabetic(then="flag"), MaxLineLength(limit=3, then="flag"), MaxAvgLineLength(limit=9))
    kept, dropped, facts = filtered("1", "1234", "ab", "x" * 10, filters=flags, flags="seen")
    assert kept["flags"].to_list() == ["seen; letters < 25 %", "seen; letters < 25 %; longest line > 3", "seen"]
    assert dropped["reason"].to_list() == ["average line > 9"]
    assert facts["flagged"] == {"letters < 25 %": 2, "longest line > 3": 1}


def test_a_column_no_row_has_is_refused_before_the_work(filtered):
    from kcoder.filters.repository import MinStars

    with pytest.raises(UsageError, match="min_stars reads stars, which no row of this source has") as caught:
        filtered("a", filters=(MinStars(),))
    assert "filter: {min_stars: off}" in caught.value.hint
    assert filtered("a", filters=(MinStars(limit=2),), stars=2)[0].height == 1


def test_rows_come_and_go_in_batches(filtered, monkeypatch):
    from kcoder.tables import writing

    whole = writing.batches
    monkeypatch.setattr(writing, "batches", lambda path: whole(path, rows=2))
    kept, dropped, facts = filtered("a", "1", "b", "2", "c")
    assert (kept["text"].to_list(), dropped["text"].to_list()) == (["a", "b", "c"], ["1", "2"])
    assert facts["in"] == 5
