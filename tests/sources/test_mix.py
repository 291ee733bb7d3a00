import json

import polars as pl
import pytest

from kcoder.choose import validated
from kcoder.host import Host
from kcoder.sources.mix import Mix
from kcoder.stages.read import Read


@pytest.fixture
def mix(tmp_path):
    """A mix of two files of 30 and 10 rows."""
    for name, count in (("large", 30), ("small", 10)):
        lines = [json.dumps({"id": f"{n}", "code": f"{name} {n}"}) for n in range(count)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")

    def mixed(**weights):
        large, small = str(tmp_path / "large.jsonl"), str(tmp_path / "small.jsonl")
        return validated(Mix, {"parts": {"a": {"source": large, **weights}, "b": small}})

    return mixed


def test_rows_carry_the_name_of_their_part(mix, gather):
    rows = gather(mix()).rows
    assert rows.group_by("source").len().sort("source").rows() == [("a", 30), ("b", 10)]
    assert rows["id"][0] == "a/0" and rows["id"][-1] == "b/9"


def read(tmp_path, source, **options):
    facts = Read(source=source, **options).run({}, tmp_path, Host())
    return pl.read_parquet(tmp_path / "rows.parquet"), facts


def test_weights_are_shares_of_the_rows_and_the_scarcer_source_is_taken_whole(mix, tmp_path):
    _, facts = read(tmp_path, mix())
    assert facts["sources"] == {"a": 11, "b": 10}
    assert facts["left_out"] == {"not drawn into the sample": 19}
    _, facts = read(tmp_path, mix(weight=3))
    assert facts["sources"] == {"a": 30, "b": 10}


def test_a_sample_keeps_the_shares(mix, tmp_path):
    rows, facts = read(tmp_path, mix(weight=3), sample=8)
    assert facts["sources"] == {"a": 6, "b": 2}
    assert rows["source"].to_list() == ["a"] * 6 + ["b"] * 2


def test_how_many_rows_there_will_be_is_known_where_all_parts_know(mix):
    assert mix().count() is None
    assert validated(Mix, {"parts": {"a": "mini", "b": {"source": {"mini": {"functions": 5}}}}}).count() == 20_005


def test_the_identity_of_a_mix_holds_that_of_its_parts(mix):
    from kcoder.plugin import identity

    told = identity(mix(), lambda plugin: plugin.world(), str)
    assert told["parts"]["a"]["source"]["world"]["name"] == "large.jsonl"
