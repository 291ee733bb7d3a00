from typing import ClassVar

import polars as pl
import pytest

from kcoder.embedders.hashing import Hashing
from kcoder.errors import KcoderError
from kcoder.filter import Sieve, Sifted
from kcoder.host import Host
from kcoder.records import Clustered, Document, Dropped, frame, schema
from kcoder.sieves.near import Near
from kcoder.sieves.semantic import Semantic
from kcoder.stage import Stage, Step
from kcoder.stages.duplicates import Duplicates


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]


@pytest.fixture
def sifted(tmp_path):
    def sifting(*texts, **options):
        """A text, or a text and its source."""
        file = tmp_path / "in.parquet"
        pairs = [(text, "given") if isinstance(text, str) else text for text in texts]
        rows = [{"id": f"{n}", "text": text, "source": source} for n, (text, source) in enumerate(pairs)]
        frame(Document, rows).write_parquet(file)
        facts = Duplicates(rows=ROWS, **options).run({ROWS: file}, tmp_path, Host())
        made = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("kept", "dropped", "clusters")}
        assert [made[name].schema for name in made] == [schema(Document), schema(Dropped), schema(Clustered)]
        assert facts["in"] == len(texts) == made["kept"].height + made["dropped"].height
        return made, facts

    return sifting


def test_one_of_equal_rows_stays_and_the_others_say_which(sifted):
    made, facts = sifted("y", "x", "x", "z", "x")
    assert made["kept"]["id"].to_list() == ["0", "1", "3"]
    assert made["dropped"].select("id", "text", "reason", "evidence").rows() == [
        ("2", "x", "exact duplicate", "1"),
        ("4", "x", "exact duplicate", "1"),
    ]
    assert facts == {
        "in": 5,
        "kept": 3,
        "dropped": {"exact duplicate": 2},
        "characters_lost": {"exact duplicate": 2},
        "clusters": 1,
        "survival": {"given": {"in": 5, "kept": 3}},
        "sieve": {"compared": "prompt and text, raw"},
    }


def test_clusters_have_all_members_with_the_one_that_stays(sifted):
    made, facts = sifted("y", "x", "x", "z", "x", "z")
    assert made["clusters"].rows() == [("1", "1"), ("2", "1"), ("4", "1"), ("3", "3"), ("5", "3")]
    assert facts["clusters"] == 2


def test_survival_is_told_for_each_source(sifted):
    _, facts = sifted(("x", "first"), ("x", "second"), ("y", "second"), ("x", "third"), ("z", None))
    assert facts["survival"] == {
        "first": {"in": 1, "kept": 1},
        "second": {"in": 2, "kept": 1},
        "third": {"in": 1, "kept": 0},
        "unknown": {"in": 1, "kept": 1},
    }


def test_rows_without_duplicates_all_stay(sifted):
    made, facts = sifted("a", "b")
    assert [made[name].height for name in made] == [2, 0, 0]
    assert (facts["dropped"], facts["clusters"]) == ({}, 0)


@pytest.mark.parametrize("sieve", [Near(), Semantic(embedder=Hashing(), of="code")])
def test_the_facts_hold_what_the_sieve_found_out(sifted, sieve):
    made, facts = sifted("one two three four five six", "one (two) three four five six", "else", sieve=sieve)
    assert made["clusters"].rows() == [("0", "0"), ("1", "0")]
    assert made["dropped"]["evidence"][0].startswith("0, ")
    assert facts["sieve"].keys() & {"permutations", "embedder"}


class Told(Sieve):
    """Drops what the test says."""

    rows: list[tuple[str, str | None]]

    def drop(self, rows, host):
        told = [{"id": i, "reason": "told", "evidence": "", "cluster": c} for i, c in self.rows]
        return Sifted(pl.DataFrame(told, schema=dict.fromkeys(("id", "reason", "evidence", "cluster"), pl.String)))


def test_a_sieve_may_drop_a_row_in_whose_place_none_stays(sifted):
    made, _ = sifted("a", "b", sieve=Told(rows=[("1", None)]))
    assert made["kept"]["id"].to_list() == ["0"]
    assert made["clusters"].height == 0


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ([("0", None), ("1", None)], "leaves nothing"),
        ([("1", "0"), ("1", "0")], "dropped a row twice"),
        ([("0", "1"), ("1", "0")], "dropped 1, which stands for another row"),
    ],
)
def test_a_sieve_that_contradicts_itself_is_refused(sifted, told, complaint):
    with pytest.raises(KcoderError, match=complaint):
        sifted("a", "b", sieve=Told(rows=told))


def test_the_stage_says_what_it_does_and_what_came_of_it():
    stage = Duplicates(rows=ROWS, sieve=Near())
    assert stage.describe() == "drop near duplicates"
    found = {"dropped": {"near duplicate": 1234}, "sieve": {}, "survival": {"a": {"in": 3, "kept": 3}}}
    assert stage.summary(found) == "−1,234 near duplicate"
    assert stage.summary(found | {"dropped": {}}) == "none found"
    assert stage.conserves()


def test_what_was_derived_is_printed_with_what_was_found(sifted):
    sieve = Near(threshold=0.8)
    _, facts = sifted("a b c d e f g", "a b c d e f g", sieve=sieve)
    told = Duplicates(rows=ROWS, sieve=sieve).summary(facts)
    assert told.startswith("−1 near duplicate    permutations 128    bands ")
    bands, values, chance = (facts["sieve"][name] for name in ("bands", "values_in_a_band", "chance_at_threshold"))
    assert told.endswith(f"bands {bands}    values in a band {values}    seed 0    chance at threshold {chance}")


def test_who_made_the_vectors_and_how_they_were_searched_is_printed(sifted):
    sieve = Semantic(embedder=Hashing(), exact_up_to=0)
    _, facts = sifted("sort a list", "sort a list", "read a file", sieve=sieve)
    told = Duplicates(rows=ROWS, sieve=sieve).summary(facts)
    assert f"embedder {Hashing().title()}    method greedy    search partitioned    recall 1.0" in told


def test_of_several_sources_those_that_survive_least_are_printed():
    kept = {"a": (4, 4), "b": (4, 1), "c": (2, 1), "d": (1000, 900)}
    survival = {name: {"in": came, "kept": stay} for name, (came, stay) in kept.items()}
    found = {"dropped": {"near duplicate": 104}, "sieve": {}, "survival": survival}
    told = Duplicates(rows=ROWS, sieve=Near()).summary(found)
    assert told == "−104 near duplicate    of b stay 1 of 4    of c stay 1 of 2    of d stay 900 of 1,000"
