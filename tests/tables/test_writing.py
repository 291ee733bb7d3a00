import polars as pl
import pyarrow.parquet as pq

from kcoder.records import Clustered, schema
from kcoder.tables.writing import batches, writing

ROWS = pl.DataFrame({"cluster": ["a", "a", "b"], "id": ["x", "y", "z"]})


def test_batches_become_one_table_with_the_columns_of_its_kind(tmp_path):
    with writing(tmp_path / "rows.parquet", Clustered) as write:
        write(ROWS)
        write(ROWS.head(1))
    rows = pl.read_parquet(tmp_path / "rows.parquet")
    assert rows.schema == schema(Clustered)
    assert rows["id"].to_list() == ["x", "y", "z", "x"]


def test_no_batch_is_an_empty_table(tmp_path):
    with writing(tmp_path / "rows.parquet", Clustered):
        pass
    assert pl.read_parquet(tmp_path / "rows.parquet").schema == schema(Clustered)


def test_what_is_enough_is_written_and_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr("kcoder.tables.writing.ROWS", 3)
    with writing(tmp_path / "rows.parquet", Clustered) as write:
        for _ in range(3):
            write(ROWS)
    assert pq.ParquetFile(tmp_path / "rows.parquet").num_row_groups == 3
    assert [b.height for b in batches(tmp_path / "rows.parquet", rows=2)] == [2, 1] * 3
    # of long rows a group is little, and as many as are asked for may be too many
    assert [b.height for b in batches(tmp_path / "rows.parquet", rows=4)] == [3, 3, 3]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        with writing(tmp_path / name, Clustered) as write:
            write(ROWS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
