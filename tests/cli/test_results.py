"""Results on a terminal."""

import json

from kcoder.cli.results import answer

SCORE = {"metric": "pass@1", "temperature": 0.0, "split": "test", "low": 0.099, "high": 0.209}


def test_the_table_holds_counts_and_intervals_of_the_test_only(tmp_path):
    scores = [
        SCORE | {"model": "base", "language": "lua", "value": 23 / 158, "k": 23, "n": 158},
        SCORE | {"model": "base", "language": "lua", "value": 1.0, "k": 5, "n": 5, "split": "dev"},
    ]
    (tmp_path / "results.json").write_text(json.dumps({"scores": scores, "answer": ["It rose."]}))
    said = answer(tmp_path, left=0)
    assert "base  23/158 = 14.6 % [9.9, 20.9]" in said
    assert "100.0 %" not in said
    assert "It rose." in said


def test_what_the_cut_is_worth_stands_in_points(tmp_path):
    score = SCORE | {"model": "base", "language": "lua"}
    scores = [
        score | {"value": 0.5, "k": 1, "n": 2},
        score | {"metric": "pass@1 uncut", "value": 0.0, "k": 0, "n": 2},
        score | {"metric": "pass@1 cut - uncut", "value": 50.0, "low": 0.0, "high": 100.0, "unit": "points", "n": 2},
    ]
    (tmp_path / "results.json").write_text(json.dumps({"scores": scores}))
    assert answer(tmp_path, left=0).splitlines()[1:6] == [
        "        lua pass@1",
        "  base  1/2 = 50.0 % [9.9, 20.9]",
        "",
        "        lua pass@1 uncut          lua pass@1 cut - uncut",
        "  base  0/2 = 0.0 % [9.9, 20.9]   +50.0 [+0.0, +100.0]",
    ]


def test_many_columns_stand_beneath_each_other_within_the_width(tmp_path):
    score = SCORE | {"model": "base", "value": 0.5, "k": 1, "n": 2}
    scores = [score | {"language": name, "metric": f"pass@{k}"} for name in ("swift", "python") for k in (1, 10, 100)]
    (tmp_path / "results.json").write_text(json.dumps({"scores": scores}))
    lines = answer(tmp_path, left=0).splitlines()
    assert max(map(len, lines)) <= 100
    heads = [line for line in lines if "pass@" in line]
    assert [head.count("pass@") for head in heads] == [3, 3]


def test_an_unfinished_run_shows_no_answer(tmp_path):
    assert "3 steps are left" in answer(tmp_path, left=3)


def test_clean_and_contaminated_problems_stand_beneath_their_model(tmp_path):
    lua = SCORE | {"model": "base", "language": "lua"}
    python = SCORE | {"model": "base", "language": "python", "value": 0.5, "k": 1, "n": 2}
    scores = [
        lua | {"problems": "all", "value": 0.75, "k": 3, "n": 4},
        python | {"problems": "all"},
        lua | {"problems": "clean", "value": None, "k": None, "n": 0, "interval": "no problem is clean"},
        lua | {"problems": "contaminated", "value": 0.75, "k": 3, "n": 4},
        python | {"model": "lora", "problems": "all"},
    ]
    (tmp_path / "results.json").write_text(json.dumps({"scores": scores}))
    assert answer(tmp_path, left=0).splitlines()[1:6] == [
        "                  lua pass@1                 python pass@1",
        "  base            3/4 = 75.0 % [9.9, 20.9]   1/2 = 50.0 % [9.9, 20.9]",
        "    clean         no problem is clean",
        "    contaminated  3/4 = 75.0 % [9.9, 20.9]",
        "  lora                                       1/2 = 50.0 % [9.9, 20.9]",
    ]


def test_what_was_measured_on_documents_has_a_table_of_its_own_in_its_own_unit(tmp_path):
    lost = {"metric": "perplexity", "unit": "perplexity", "temperature": None, "split": "test", "language": "lua"}
    scores = [
        SCORE | {"model": "base", "language": "lua", "value": 0.5, "k": 1, "n": 2, "unit": None},
        lost | {"model": "base", "value": 5.02, "low": 4.9, "high": 5.1, "k": None, "n": 40},
        lost | {"model": "lora", "value": 3.13, "low": None, "high": None, "k": None, "n": 1},
    ]
    (tmp_path / "results.json").write_text(json.dumps({"scores": scores}))
    assert answer(tmp_path, left=0).splitlines()[1:] == [
        "        lua pass@1",
        "  base  1/2 = 50.0 % [9.9, 20.9]",
        "",
        "        lua perplexity",
        "  base  5.020 [4.900, 5.100] of 40",
        "  lora  3.130 of 1",
    ]
