"""The two mini benchmarks."""

from kcoder.benchmarks.mini import MiniDev, MiniProblems
from kcoder.host import Host
from kcoder.plugin import load


def test_what_is_reported_and_what_choices_are_made_on_have_different_problems() -> None:
    test = {problem.id for problem in MiniProblems().problems("python", Host())}
    dev = {problem.id for problem in MiniDev().problems("python", Host())}
    assert len(test) == len(dev) == 100 and not test & dev
    assert (MiniProblems.split, MiniDev.split) == ("test", "dev")


def test_both_are_registered() -> None:
    assert load("benchmarks", "mini") is MiniProblems
    assert load("benchmarks", "mini-dev") is MiniDev


def test_there_are_problems_in_python_and_lua() -> None:
    assert MiniProblems().languages() == ("python", "lua")


def test_a_problem_is_the_same_in_both_languages() -> None:
    python, lua = (
        {MiniProblems.task(p.id): (p.entry, p.tests) for p in MiniProblems().problems(n, Host())}
        for n in ("python", "lua")
    )
    assert len(python) == 100 and python.keys() == lua.keys()
    assert all(python[task][1] == lua[task][1] for task in python)
