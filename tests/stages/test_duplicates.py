from typing import ClassVar

import polars as pl
import pytest

from kcoder.errors import KcoderError
from kcoder.filter import Sieve
from kcoder.host import Host
from kcoder.records import Document, Dropped, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages.duplicates import Duplicates


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]


@pytest.fixture
def sifted(tmp_path):
    def sifting(*texts, **options):
        file = tmp_path / "in.parquet"
        frame(Document, [{"id": f"{n}", "text": text} for n, text in enumerate(texts)]).write_parquet(file)
        facts = Duplicates(rows=ROWS, **options).run({ROWS: file}, tmp_path, Host())
        return (
            pl.read_parquet(tmp_path / "kept.parquet"),
            pl.read_parquet(tmp_path / "dropped.parquet"),
            facts,
        )

    return sifting


def test_one_of_equal_rows_stays_and_the_others_say_which(sifted):
    kept, dropped, facts = sifted("y", "x", "x", "z", "x")
    assert (kept.schema, dropped.schema) == (schema(Document), schema(Dropped))
    assert kept["id"].to_list() == ["0", "1", "3"]
    assert dropped.select("id", "text", "reason", "evidence").rows() == [
        ("2", "x", "exact duplicate", "1"),
        ("4", "x", "exact duplicate", "1"),
    ]
    assert facts == {"in": 5, "kept": 3, "dropped": {"exact duplicate": 2}}


def test_rows_without_duplicates_all_stay(sifted):
    kept, dropped, _ = sifted("a", "b")
    assert (kept.height, dropped.height) == (2, 0)


class Greedy(Sieve):
    def drop(self, rows, host):
        return rows.select("id", reason=pl.lit("all"), evidence=pl.lit("")).collect()


class Twice(Sieve):
    def drop(self, rows, host):
        one = rows.select("id", reason=pl.lit("all"), evidence=pl.lit("")).collect()
        return pl.concat([one, one])


@pytest.mark.parametrize(("sieve", "complaint"), [(Greedy(), "leaves nothing"), (Twice(), "dropped a row twice")])
def test_a_sieve_that_drops_everything_or_a_row_twice_is_refused(sifted, sieve, complaint):
    with pytest.raises(KcoderError, match=complaint):
        sifted("a", "b", sieve=sieve)
