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
