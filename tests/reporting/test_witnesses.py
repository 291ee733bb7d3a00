"""What recorded answers show, among the numbers and on the page."""

import re

from kcoder.reporting.page import page

TEST = {"base": {"lua": "1100"}, "lora": {"lua": "1110"}}
PLACE = {"benchmark": "multipl-e", "language": "lua"}


def rows(**told):
    """`p0="01"`: its first witness fails and the second passes; `p1=""`: it has none."""
    made = []
    for problem, marks in told.items():
        made += [
            PLACE | {"problem": problem, "witness": n, "verdict": "passed" if mark == "1" else "wrong answer"}
            for n, mark in enumerate(marks)
        ] or [PLACE | {"problem": problem}]
    return made


def words(made):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", made))


def test_problems_that_no_witness_passes_are_named_and_those_without_one_counted(study):
    told = study.told(TEST, witnesses=rows(p0="01", p1="", p2="00", p3="1"))
    assert told["witnesses"] == [
        PLACE | {"problems": 4, "witnesses": 5, "passed": 2, "none_passes": ["p2"], "without": ["p1"]}
    ]
    made = words(page(told, {}))
    assert "multipl-e has no solutions of its own in Lua. Of 4 problems a recorded answer passes 2." in made
    assert "No witness passes: 1 problem: p2. They are scored all the same" in made
    assert "1 problem has no witness." in made


def test_many_names_are_folded_and_none_is_lost(study):
    names = {f"p{n:02}": "0" for n in range(20)}
    made = page(study.told(TEST, witnesses=rows(**names)), {})
    assert "<details><summary>No witness passes: 20 problems</summary>" in made
    assert all(f"{name}" in made for name in names)


def test_no_score_depends_on_witnesses(study):
    plain, told = study.told(TEST), study.told(TEST, witnesses=rows(p0="0"))
    assert (plain["witnesses"], len(told["witnesses"])) == ([], 1)
    assert {**told, "witnesses": []} == plain
    assert "witness" not in page(plain, {})
