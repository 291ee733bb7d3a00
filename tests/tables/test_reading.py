import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.records import Document, schema
from kcoder.source import Source, Wanted
from kcoder.tables.reading import documents


class Batches(Source):
    """Gives these batches, each a list of rows."""

    told: tuple[tuple[dict[str, str | None], ...], ...] = ()

    def batches(self, wanted):
        wanted.left_out["not UTF-8"] += 2
        for rows in self.told:
            yield pl.DataFrame(list(rows), infer_schema_length=None)


def read(*told, languages=()):
    said = []
    wanted = Wanted(dict.fromkeys(languages, 1.0), host=Host(say=said.append))
    return list(documents(Batches(told=told), wanted, "it")), wanted, said


def test_missing_columns_are_null_and_languages_are_lower_case():
    [rows], _, _ = read(({"id": "a", "text": "x", "language": "Lua"},))
    assert rows.schema == schema(Document)
    assert rows.row(0, named=True)["language"] == "lua"


def test_a_language_is_known_by_its_usual_name():
    told = [{"id": n, "text": "x", "language": n} for n in ("C++", "cpp", "JavaScript", "JS", "Python", "C#")]
    [rows], _, _ = read(told)
    assert rows["language"].to_list() == ["cpp", "cpp", "javascript", "javascript", "python", "c#"]
    [rows], wanted, _ = read(told, languages=["cpp"])
    assert (rows["id"].to_list(), wanted.left_out["in other languages"]) == (["C++", "cpp"], 4)


def test_rows_in_other_languages_are_counted_with_what_the_source_left_out():
    _, wanted, said = read(
        ({"id": "a", "text": "x", "language": "lua"}, {"id": "b", "text": "x", "language": "c"}),
        ({"id": "c", "text": "x", "language": None},),
        languages=["lua"],
    )
    assert wanted.left_out == {"in other languages": 1, "not UTF-8": 2}
    assert said == ["it: 1 rows taken for lua, since nothing names their language"]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ((), "it gave no rows; 2 left out: not UTF-8"),
        ((({"id": "a", "text": None},),), "rows without a text or an id"),
        ((({"id": "a", "text": "x", "colour": "red"},),), "a column colour"),
        ((({"id": "a", "text": "x"},), ({"id": "a", "text": "y"},)), "two rows of the id 'of an earlier row'"),
        ((({"id": "a", "text": "x"}, {"id": "a", "text": "y"}),), "two rows of the id 'a'"),
    ],
)
def test_defects_of_a_source_are_named(told, message):
    with pytest.raises(UsageError, match=message):
        read(*told)
