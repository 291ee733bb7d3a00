import polars as pl

from kcoder.tables.lost import characters_lost


def test_characters_are_counted_by_the_reason_for_which_they_went():
    rows = {"text": ["abc", "é", None, "xy"], "reason": ["long", "long", "short", "short"]}
    assert characters_lost(pl.DataFrame(rows)) == {"long": 4, "short": 2}
    assert characters_lost(pl.DataFrame(rows).clear()) == {}
