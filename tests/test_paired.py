"""Models compared on the same problems: the difference, its chance, who solves what; or a refusal with its reason."""

import pytest

from kcoder.errors import UsageError
from kcoder.paired import Held, Side, Unranked, compared, p_value, pairwise, settings

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


def test_every_two_models_are_compared_and_corrected_together():
    """By hand: 8, 6 and 2 problems apart, all one way: p = 2/2**8, 2/2**6, 2/2**2, times 3, 2 and 1."""
    sides = [side("a", "0" * 20), side("b", "1" * 8 + "0" * 12), side("c", "1" * 6 + "0" * 14)]
    found = pairwise(sides, WHERE)
    assert [(each.name, each.against, each.difference.points) for each in found] == [
        ("b", "a", 40.0),
        ("c", "a", 30.0),
        ("c", "b", -10.0),
    ]
    assert [each.chance for each in found] == [3 * 2 / 2**8, 2 * 2 / 2**6, 2 / 2**2]


def test_a_pair_that_cannot_be_ranked_stands_between_those_that_can_and_counts_for_no_correction():
    sides = [side("a", "0" * 8, samples=1), side("b", "1" * 8, samples=2), side("c", "1" * 8, samples=1)]
    one, two, three = pairwise(sides, WHERE)
    assert isinstance(one, Unranked) and isinstance(three, Unranked)
    assert "samples is 2 against 1" in one.why and "b and a" in one.why
    assert (two.name, two.against, two.chance) == ("c", "a", 2 / 2**8)


def test_settings_are_what_was_asked_without_seed_model_and_inputs():
    executed = {"completions": {"key": "k", "output": "completions"}, "executor": {"timeout": 10, "revision": 3}}
    completed = {"seed": 1, "generator": {"is": "endpoint", "model": "m", "url": "u"}, "samples": 5}
    assert settings(executed, completed) == {
        "execute.executor.timeout": 10,
        "complete.generator.is": "endpoint",
        "complete.samples": 5,
    }


def test_a_difference_is_clear_where_neither_its_interval_nor_its_corrected_chance_speaks_against_it():
    """8 problems apart of 100, one way: the interval leaves 0 out; p is 2/2**8, times 3 and then 8 comparisons."""
    sides = [side("a", "0" * 100), side("b", "1" * 8 + "0" * 92)]
    assert compared(sides)[0].clear
    many = compared([*sides, *(side(f"c{n}", "0" * 100) for n in range(8))])[0]
    assert many.difference.clear and many.chance == 9 * 2 / 2**8
    assert not many.clear
    [two] = compared([side("a", "0000"), side("b", "1100")])
    assert not two.clear


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("namespaces", "namespaces", ""),
        ("landlock", "landlock", "b and a were judged under landlock, which keeps in less than namespaces"),
        ("none", "namespaces", "b under none, a under namespaces"),
        ("landlock, namespaces", "namespaces", "b under landlock, namespaces, a under namespaces"),
        (None, "namespaces", "b under no level it tells, a under namespaces"),
        (None, None, ""),
    ],
)
def test_how_programs_were_kept_in_is_told_where_it_was_not_alike_or_not_the_best(one, other, said):
    first, second = (
        Side(name, {WHERE: Held({"p": (1, 1)}, score={"isolation": level})})
        for name, level in (("a", other), ("b", one))
    )
    [found] = compared([first, second])
    assert said in found.isolation() and bool(said) == bool(found.isolation())


def test_a_chance_too_small_for_its_digits_says_so():
    assert [p_value(chance) for chance in (0.04, 0.0004)] == ["p = 0.040", "p < 0.001"]
