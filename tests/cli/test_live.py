"""What a person sees while a run goes on."""

import json


def test_finished_steps_stay_as_lines_of_at_most_a_hundred_columns(kcoder):
    lines = kcoder("run", "tiny.yaml").out.splitlines()
    assert lines[0] == "tiny   What is in it?"
    assert any(line.startswith("data.read") and "300 rows" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_reused_sections_are_one_line(kcoder, tiny):
    said = kcoder("run", "tiny.yaml").out
    assert "unchanged, reused (5 steps)" in said


def test_the_reason_for_redoing_is_printed(kcoder, tiny):
    said = kcoder("run", "tiny.yaml", "--set", "data.split.valid=0.06", "--set", "data.split.test=0.04")
    assert "0.05 -> 0.06" in said.out


def test_quiet_prints_only_the_answer(kcoder, tiny):
    said = kcoder("run", "tiny.yaml", "--quiet")
    assert "data.read" not in said.out
    assert "report.html" in said.out


def test_json_prints_events_only(kcoder, tiny):
    events = [json.loads(line) for line in kcoder("run", "tiny.yaml", "--json").out.splitlines()]
    assert {e["event"] for e in events} == {"reused"}
