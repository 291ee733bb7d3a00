from typing import ClassVar

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.records import Document, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages.split import Split


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]


@pytest.fixture
def split(tmp_path):
    """The ids in each part, of rows (id, prompt, text)."""

    def splitting(rows, **options):
        file = tmp_path / "in.parquet"
        told = [{"id": id_, "prompt": prompt, "text": text} for id_, prompt, text in rows]
        frame(Document, told).write_parquet(file)
        facts = Split(rows=ROWS, **options).run({ROWS: file}, tmp_path, Host())
        parts = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in Split.produces}
        assert all(part.schema == schema(Document) for part in parts.values())
        assert facts == {"in": len(rows)} | {name: part.height for name, part in parts.items()}
        return {name: part["id"].to_list() for name, part in parts.items()}

    return splitting


MANY = [(str(n), None, f"x = {n}") for n in range(1000)]


def test_every_row_goes_to_one_part_and_shares_hold_on_average(split):
    parts = split(MANY)
    assert sorted(each for ids in parts.values() for each in ids) == sorted(id_ for id_, _, _ in MANY)
    assert 870 <= len(parts["train"]) <= 930
    assert 30 <= len(parts["valid"]) <= 70
    assert Split(rows=ROWS).conserves()


def test_equal_rows_stay_together(split):
    parts = split(MANY + [(f"again {id_}", "", text) for id_, _, text in MANY])
    for ids in parts.values():
        assert {f"again {each}" for each in ids if "again" not in each} == {each for each in ids if "again" in each}


def test_new_rows_and_another_order_move_no_old_row(split):
    before = split(MANY[:500])
    after = split(MANY[::-1])
    for name, ids in before.items():
        assert set(ids) <= set(after[name])


def test_another_seed_splits_otherwise(split):
    assert split(MANY)["valid"] != split(MANY, seed=1)["valid"]


def test_the_place_of_a_row_is_fixed_for_good():
    stage = Split(rows=ROWS, train=0.4, valid=0.3, test=0.3)
    assert " ".join(stage.part(None, f"x = {n}") for n in range(6)) == "test test test train valid train"


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValidationError, match=r"add up to 1\.1, not 1"):
        Split(rows=ROWS, train=0.9, valid=0.1, test=0.1)


def test_an_empty_part_is_refused_with_advice_and_an_empty_test_is_not(split):
    row = next(row for row in MANY if row[0] in split(MANY)["train"])
    with pytest.raises(KcoderError, match=r"no row of 1 fell to valid, whose share is 0\.05") as caught:
        split([row])
    assert "larger share" in caught.value.hint
    assert split(MANY[:100], train=0.5, valid=0.5, test=0.0)["test"] == []
