"""Made rows."""

import pytest

from kcoder.errors import UsageError
from kcoder.records import Document, schema
from kcoder.source import Wanted
from kcoder.sources.mini import Mini, apportion


def rows(languages: dict[str, float], seed: int = 0, functions: int = 200) -> list[dict[str, str]]:
    [batch] = Mini(functions=functions).batches(Wanted(languages, seed))
    return batch.to_dicts()


def test_rows_have_the_columns_of_a_document_and_ids_of_their_own() -> None:
    [table] = Mini(functions=3).batches(Wanted({"python": 1.0}, 7))
    assert table.schema == schema(Document)
    assert list(table["id"]) == ["mini-7-000000", "mini-7-000001", "mini-7-000002"]
    assert set(table["source"]) == {"mini"} and table["path"].null_count() == 3


def test_prompt_and_text_are_a_whole_program() -> None:
    for row in rows({"python": 1.0}):
        compile(row["prompt"] + row["text"], row["id"], "exec")
        assert row["text"].endswith("\n")


def test_lua_bodies_end_the_function() -> None:
    assert all(row["text"].endswith("end\n") for row in rows({"lua": 1.0}))


def test_each_language_gets_its_share_mixed_with_the_others() -> None:
    found = [row["language"] for row in rows({"python": 0.95, "lua": 0.05})]
    assert found.count("lua") == 10
    assert found != sorted(found) and found != sorted(found, reverse=True)


def test_without_languages_there_is_python() -> None:
    assert {row["language"] for row in rows({})} == {"python"}


def test_the_same_seed_and_mix_make_the_same_rows_and_any_other_do_not() -> None:
    made = rows({"python": 0.5, "lua": 0.5})
    assert made == rows({"lua": 0.5, "python": 0.5})
    assert made != rows({"python": 0.5, "lua": 0.5}, seed=1)
    texts = {row["prompt"] for row in rows({"python": 1.0})}
    assert len(texts & {row["prompt"] for row in rows({"python": 2.0})}) < 50


def test_fewer_than_three_rows_in_ten_are_copies() -> None:
    made = rows({"python": 1.0}, functions=20_000)
    assert len({row["prompt"] + row["text"] for row in made}) > 0.7 * len(made)


def test_the_number_of_rows_is_known_beforehand() -> None:
    assert Mini(functions=5).count() == len(rows({}, functions=5)) == 5


def test_a_language_mini_cannot_write_is_refused() -> None:
    with pytest.raises(UsageError, match="no functions in cobol; it has python and lua"):
        rows({"cobol": 1.0})


def test_shares_become_whole_numbers_by_the_largest_remainder() -> None:
    assert apportion({"a": 1, "b": 1, "c": 1}, 10) == {"a": 4, "b": 3, "c": 3}
    assert apportion({"a": 0.66, "b": 0.34}, 10) == {"a": 7, "b": 3}


def test_shares_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="must be positive"):
        apportion({"python": 0.0}, 10)
