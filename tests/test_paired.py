"""Models compared on the same problems: the difference, its chance, who solves what; or a refusal with its reason."""

import pytest

from kcoder.errors import UsageError
from kcoder.paired import Held, Side, compared

WHERE = ("mini", "lua", 0.0)


def side(name, marks, where=WHERE, **settings):
    passes = {f"p{number}": (int(mark), 1) for number, mark in enumerate(marks)}
    return Side(name, {where: Held(passes, settings)})


def test_the_difference_is_paired_and_the_problems_that_differ_are_named():
    [found] = compared([side("base", "0011" * 5), side("tuned", "1011" * 5)])
    assert (found.name, found.against) == ("tuned", "base")
    assert found.difference.points == 25.0
    assert found.only_one == ("p0", "p12", "p16", "p4", "p8")
    assert found.only_other == ()
    assert found.chance == pytest.approx(2 * 0.5**5)


def test_several_models_are_corrected_for_being_several():
    alone = [
        compared([side("a", "0" * 20), other])[0].chance
        for other in (side("b", "1" * 8 + "0" * 12), side("c", "1" * 6 + "0" * 14))
    ]
    both = compared([side("a", "0" * 20), side("b", "1" * 8 + "0" * 12), side("c", "1" * 6 + "0" * 14)])
    assert [each.chance for each in both] == [pytest.approx(2 * alone[0]), pytest.approx(alone[1])]


def test_other_settings_are_named_and_nothing_is_ranked():
    one, other = side("a", "01", samples=10, toolchain="lua 5.4"), side("b", "11", samples=20, toolchain="lua 5.4")
    with pytest.raises(UsageError, match="samples is 20 against 10") as refusal:
        compared([one, other])
    assert "toolchain" not in refusal.value.message


def test_other_problems_are_named_and_nothing_is_ranked():
    with pytest.raises(UsageError, match="not asked the same problems of mini in lua: p2"):
        compared([side("a", "01"), side("b", "011")])


def test_models_that_share_no_benchmark_say_what_they_were_evaluated_on():
    with pytest.raises(UsageError, match=r"a was evaluated on mini in lua at 0, b on mini in lua at 0\.8"):
        compared([side("a", "01"), side("b", "01", ("mini", "lua", 0.8))])


def test_problems_with_several_samples_have_rates_and_no_test_of_pairs():
    def many(name, passed):
        return Side(name, {WHERE: Held({f"p{n}": (c, 10) for n, c in enumerate(passed)})})

    [found] = compared([many("a", [1, 5, 0, 9]), many("b", [2, 5, 0, 7])])
    assert found.chance is None
    assert (found.only_one, found.only_other) == (("p0",), ("p3",))
    with pytest.raises(UsageError, match=r"pass@20 .* needs 20 samples"):
        compared([many("a", [1]), many("b", [2])], k=20)
