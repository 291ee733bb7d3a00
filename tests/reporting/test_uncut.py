"""Scores of completions as they stand, on the page and among the numbers."""

import re

from kcoder.reporting.page import page

TEST = {"base": {"lua": "1100", "python": "1111"}, "lora": {"lua": "1110", "python": "1111"}}
RAW = {"base": {"lua": "1000", "python": "1111"}, "lora": {"lua": "0000", "python": "1110"}}


def words(made):
    """What a person reads, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", made))


def test_both_ways_stand_in_one_cell(study):
    made = words(page(study.told(TEST, uncut=RAW), {}))
    assert (
        "2/4 = 50.0 % [0.0, 100.0] uncut 1/4 = 25.0 % [0.0, 100.0] the cut is worth +25.0 [+20.0, +30.0] points" in made
    )
    assert "uncut 0/4 = 0.0 % [0.0, 100.0] the cut is worth +75.0 [+70.0, +80.0] points" in made
    assert made.count("Uncut: the same completions run as they stand") == 1


def test_nothing_is_said_of_it_where_nothing_was_run_uncut(study):
    assert "ncut" not in words(page(study.told(TEST), {}))


def test_no_change_answer_or_problem_is_made_of_uncut_scores(study):
    told, raw = study.told(TEST), study.told(TEST, uncut=RAW)
    assert len(raw["scores"]) == len(told["scores"]) + 8
    same = ("main", "changes", "problems", "verdicts", "failures", "selection", "answer")
    assert {name: raw[name] for name in same} == {name: told[name] for name in same}
