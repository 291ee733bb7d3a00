import subprocess
import sys

import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.records import Document, frame, schema
from kcoder.source import Source
from kcoder.stages.read import Read


class Given(Source):
    """Rows `id:language`, as they are told."""

    told: tuple[str, ...] = ()

    def batches(self, wanted):
        pairs = [each.split(":") for each in self.told]
        rows = [{"id": id_, "text": f"text {id_}", "language": language or None} for id_, language in pairs]
        for at in range(0, len(rows), 7):
            yield frame(Document, rows[at : at + 7])


@pytest.fixture
def read(tmp_path):
    def reading(*told, **options):
        facts = Read(source=Given(told=told), **options).run({}, tmp_path, Host())
        return pl.read_parquet(tmp_path / "rows.parquet"), facts

    return reading


def test_all_rows_are_written_with_the_columns_of_a_document(read):
    rows, facts = read("b:lua", "a:")
    assert rows.schema == schema(Document)
    assert rows["id"].to_list() == ["b", "a"]
    assert facts == {
        "found": 2,
        "rows": 2,
        "left_out": {},
        "characters": 12,
        "languages": {"lua": 1, "unknown": 1},
        "licences": {"unknown": 2},
        "sources": {"unknown": 2},
    }


def test_what_is_read_and_not_given_is_counted_by_reason(read):
    rows, facts = read("a:lua", "b:python", "c:lua", languages={"lua": 1.0}, sample=1)
    assert (rows.height, facts["found"]) == (1, 3)
    assert facts["left_out"] == {"in other languages": 1, "not drawn into the sample": 1}
    assert Read.conserves()


def test_rows_without_a_language_are_of_the_one_that_is_wanted(read):
    rows, _ = read("a:", languages={"lua": 1.0})
    assert rows["language"].to_list() == ["lua"]
    with pytest.raises(UsageError, match="nothing names the language of some rows, and 2 are wanted"):
        read("a:", languages={"lua": 0.5, "python": 0.5})


def test_no_row_in_the_language_is_refused_with_those_there_are(read):
    with pytest.raises(UsageError, match="no row is in swift") as caught:
        read("a:lua", "b:python", languages={"swift": 1.0})
    assert caught.value.hint == "there are: lua, python"


def test_the_first_rows_are_taken_as_they_come_and_no_more_is_read(read):
    told = [f"{n}:python" for n in range(100)]
    rows, facts = read(*told, sample=10, method="first")
    assert rows["id"].to_list() == [str(n) for n in range(10)]
    assert facts["found"] == 14  # two batches of seven
    with pytest.raises(UsageError, match="1 rows fewer than the sample wanted"):
        read("a:", sample=2, method="first")


def test_a_sample_depends_on_ids_and_seed_and_not_on_the_order(read):
    told = [f"{n}:python" for n in range(100)]
    first, facts = read(*told, sample=10)
    again, _ = read(*reversed(told), sample=10)
    other, _ = read(*told, sample=10, seed=1)
    assert (facts["found"], facts["rows"]) == (100, 10)
    assert set(first["id"]) == set(again["id"]) != set(other["id"])


def test_a_larger_sample_holds_the_smaller_one(read):
    told = [f"{n}:python" for n in range(100)]
    assert set(read(*told, sample=10)[0]["id"]) < set(read(*told, sample=20)[0]["id"])


def test_shares_are_drawn_to_the_row_and_never_more_than_there_are(read):
    told = [f"p{n}:python" for n in range(50)] + [f"l{n}:lua" for n in range(10)]
    rows, facts = read(*told, languages={"python": 0.75, "lua": 0.25})
    assert facts["languages"] == {"python": 33, "lua": 10}
    assert rows["id"].is_unique().all()
    _, facts = read(*told, languages={"python": 0.75, "lua": 0.25}, sample=20)
    assert facts["languages"] == {"python": 15, "lua": 5}


def test_rows_that_stand_in_the_shares_already_all_stay(read):
    told = [f"p{n}:python" for n in range(96)] + [f"l{n}:lua" for n in range(5)]
    rows, _ = read(*told, languages={"python": 0.95, "lua": 0.05})
    assert rows["id"].to_list() == [each.split(":")[0] for each in told]


def test_a_sample_that_cannot_be_had_is_refused_with_the_counts(read):
    with pytest.raises(UsageError, match="a sample of 3 is wanted, and the source has 2 rows"):
        read("a:", "b:", sample=3)
    with pytest.raises(UsageError, match="the source has 3 python, 1 lua") as caught:
        read("a:python", "b:python", "c:python", "d:lua", languages={"python": 0.5, "lua": 0.5}, sample=9)
    assert caught.value.hint == "sample: 3 can be had"


def test_a_wanted_language_without_rows_is_refused(read):
    with pytest.raises(UsageError, match="has no rows in lua"):
        read("a:python", languages={"python": 0.5, "lua": 0.5})


def test_no_rows_and_repeated_ids_are_refused(read):
    with pytest.raises(UsageError, match="gave no rows"):
        read()
    with pytest.raises(UsageError, match="gave two rows of the id 'a'"):
        read("a:", "b:", "a:")


SHARED_OUT = """
import resource, sys
from pathlib import Path
from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.source import Source
from kcoder.stages.read import Read
from kcoder.tables import draw, writing

writing.BYTES = 4 << 20

class Large(Source):
    def batches(self, wanted):
        for at in range(300):
            text = str(at) + "x" * 1_000_000
            yield frame(Document, [{"id": str(at), "text": text, "language": ("lua", "go")[at % 2]}])

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

before = peak()
facts = Read(source=Large(), languages={"lua": 0.5, "go": 0.5}).run({}, Path(sys.argv[1]), Host())
print(facts["rows"], peak() - before)
"""


def test_what_is_shared_out_without_a_sample_is_not_held_in_memory(tmp_path):
    done = subprocess.run([sys.executable, "-c", SHARED_OUT, str(tmp_path)], capture_output=True, text=True)
    rows, grown = map(int, done.stdout.split())
    assert rows == 300
    assert grown < 200e6  # its texts are 300e6 bytes
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]
