"""`kcoder runs`."""

import json


def test_no_runs_say_how_to_start(kcoder):
    said = kcoder("runs")
    assert (said.code, "kcoder init quickstart" in said.out) == (0, True)


def test_a_run_is_a_line(kcoder, tiny):
    assert "tiny" in kcoder("runs").out
    [row] = json.loads(kcoder("runs", "--json").out)
    assert (row["name"], row["state"]) == ("tiny", "finished")
    assert row["bytes"] > 0


def test_a_clock_set_back_makes_no_negative_age(kcoder, tiny):
    diary = json.loads((tiny / "run.json").read_text()) | {"ended": "2999-01-01T00:00:00+00:00"}
    (tiny / "run.json").write_text(json.dumps(diary))
    [row] = json.loads(kcoder("runs", "--json").out)
    assert row["age_seconds"] == 0
