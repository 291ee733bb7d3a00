"""The same problems in two languages."""

import pytest

from kcoder.estimates import wilson
from kcoder.reporting.agreement import _solved, section
from kcoder.reporting.markup import join

#: of 50 problems: 20 solved in both, 5 in Lua alone, 10 in Python alone, 15 in neither
LUA, PYTHON = "1" * 20 + "1" * 5 + "0" * 10 + "0" * 15, "1" * 20 + "0" * 5 + "1" * 10 + "0" * 15


def page(told):
    return join(*section(told))


def agreed(told, model="base"):
    return [row for row in told["agreement"] if row["model"] == model]


def test_counts_and_kappa_are_those_worked_out_by_hand(study):
    told = study.told({"base": {"lua": LUA, "python": PYTHON}, "lora": {"lua": LUA, "python": LUA}})
    [row] = agreed(told)
    assert (row["benchmark"], row["languages"], row["n"], row["not_common"]) == ("mini", ["lua", "python"], 50, [0, 0])
    assert (row["both"], row["only_first"]["count"], row["only_second"]["count"], row["neither"]) == (20, 5, 10, 15)
    low, high = wilson(35, 50)
    assert row["agreement"] == {"value": 0.7, "low": low, "high": high}
    assert row["kappa"]["value"] == pytest.approx(0.4)
    assert row["only_first"]["problems"] == ["p20", "p21", "p22", "p23", "p24"]
    [same] = agreed(told, "lora")
    assert (same["agreement"]["value"], same["kappa"]["value"]) == (1.0, 1.0)


def test_problems_that_one_language_alone_was_asked_are_counted_apart(study):
    told = study.told({"base": {"lua": "1101", "python": "10"}, "lora": {"lua": "1101", "python": "11"}})
    [row] = agreed(told)
    assert (row["n"], row["not_common"], row["both"], row["only_first"]["problems"]) == (2, [2, 0], 1, ["p1"])


def test_where_all_is_solved_there_is_no_kappa_and_the_page_shows_a_dash(study):
    told = study.told({"base": {"lua": "11", "python": "11"}, "lora": {"lua": "11", "python": "11"}})
    assert [row["kappa"] for row in told["agreement"]] == [None, None]
    assert "<td>–</td></tr>" in page(told)


def test_development_problems_are_left_out_and_one_language_agrees_with_nothing(study):
    both = {"base": {"lua": "10", "python": "11"}, "lora": {"lua": "11", "python": "10"}}
    assert {row["benchmark"] for row in study.told(both, both)["agreement"]} == {"mini"}
    alone = study.told({"base": {"lua": "10"}, "lora": {"lua": "11"}})
    assert (alone["agreement"], page(alone)) == ([], "")


def test_nothing_is_said_where_ids_do_not_tell_which_problems_are_the_same(study, monkeypatch):
    from kcoder.benchmarks.mini import MiniProblems

    both = {"base": {"lua": "10", "python": "11"}, "lora": {"lua": "11", "python": "10"}}
    monkeypatch.setattr(MiniProblems, "task", lambda problem: None)
    assert study.told(both)["agreement"] == []
    monkeypatch.setattr(MiniProblems, "task", lambda problem: "one for all")
    assert study.told(both)["agreement"] == []


def test_the_page_shows_the_taught_language_with_each_other_and_folds_the_rest(study):
    marks = {"lua": LUA, "python": PYTHON, "rust": LUA}
    told = study.told({"base": marks, "lora": marks}, kept=("python", "rust"))
    made = page(told)
    assert "<td>20</td><td>5</td><td>10</td><td>15</td><td>50</td>" in made
    assert '<span class="whole">70.0 %</span> <span class="whole">[56.2, 80.9]</span>' in made
    assert "solved: at least one sample passes): mini, temperature 0" in made
    before, after = made.split("<summary>Other languages", 1)
    assert "Lua and Python" in before and "Lua and Rust" in before and "Python and Rust" not in before
    assert "Python and Rust" in after
    assert "<td>Lua, not Python</td><td>p20, p21, p22, p23, p24</td>" in after
    assert "<td>Python, not Rust</td>" in after


def test_agreement_below_chance_has_a_minus(study):
    marks = {"lua": "1100", "python": "0011"}
    assert '<span class="whole">−1.00</span>' in page(study.told({"base": marks, "lora": marks}))


def test_results_of_before_there_was_agreement_still_make_a_page(told):
    del told["agreement"]
    assert page(told) == ""


def test_a_folder_of_ones_own_has_the_same_problems_in_several_languages():
    assert _solved("folder-3fa2c1", {"words": (1, 1)}) == {"words": True}
    assert _solved("file-3fa2c1", {"words": (1, 1)}) == {}
