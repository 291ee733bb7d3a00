"""Which steps of a plan are carried out."""

import pytest

from kcoder.cli.span import among, span
from kcoder.errors import UsageError
from kcoder.plan import Memory
from kcoder.prepare import Places, prepare


@pytest.fixture
def left(kcoder):
    """The steps that are left of a data section in two variants; the options that are not given leave all."""

    def told(only=None, start=None, until=None, chosen=()):
        (kcoder.folder / "two.yaml").write_text(kcoder.tiny + "sweep: {data.filter.max_line_length: [70, 90]}\n")
        prepared = prepare("two.yaml")
        plan = prepared.plan(Places(kcoder.folder / "runs").store, Memory())
        wanted = span(plan, prepared, only, start, until, chosen)
        return [each.name for each in plan if wanted(each)]

    return told


def test_from_and_until_are_part_of_what_they_leave(left):
    one = ("max_line_length=70",)
    assert left(until="data.filter", chosen=one) == ["data.read", "data.filter"]
    assert left(start="report") == ["report"]
    assert left(start="data.filter", until="data.filter", chosen=one) == ["data.filter"]
    assert left(start="data.read") == left()


def test_a_section_means_all_its_steps(left):
    assert left(only="data") == left(until="data") == left()[:-1]


def test_one_variant_has_the_steps_that_are_its_own_and_those_it_shares(left):
    assert left(only="data.split", chosen=("max_line_length=70",)) == ["data.split"]
    assert len(left(only="data.split")) == 2
    assert left(chosen=("max_line_length=70",)).count("data.read") == 1


@pytest.mark.parametrize(
    ("told", "hint"),
    [
        ({"only": "dta"}, "did you mean data?"),
        ({"only": "data", "until": "data"}, "use --from and --until together for a span"),
        ({"chosen": ("max_line_length=700",)}, "did you mean max_line_length=70?"),
        ({"only": "report", "chosen": ("max_line_length=70",)}, "leave --variant out"),
    ],
)
def test_a_span_of_nothing_known_is_refused(left, told, hint):
    with pytest.raises(UsageError) as refused:
        left(**told)
    assert refused.value.hint == hint


def test_several_words_are_each_a_step_or_a_section(kcoder):
    redo = among(prepare("tiny.yaml"), ("report", "data.read"))
    assert [redo(name) for name in ("report", "data.read", "data.filter")] == [True, True, False]
    with pytest.raises(UsageError, match="there is no section or step reprot"):
        among(prepare("tiny.yaml"), ("reprot",))
