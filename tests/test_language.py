"""What an author of a language gets without writing anything, and what its data do to keys."""

import pytest
from pydantic import ValidationError

from kcoder.language import Language, Probe, Program, Tests, same
from kcoder.plugin import identity, load, names, options
from kcoder.records import Verdict

BASIC = Language(name="basic", suffixes=(".bas",), comment="'", stops=("\nEND", "\nPRINT"))


class Runnable(Language):
    def version(self):
        return "basic 1.0"

    def program(self, code, tests, mark):
        return Program({"a.bas": code + tests.text}, (("basic", "a.bas"),))


def test_names_are_written_small_and_stand_for_one_language():
    known = [load("languages", name) for name in names("languages")]
    called = [each for language in known for each in (language.name, *language.aliases)]
    assert "c++" in called
    assert called == [each.lower() for each in called]
    assert len(called) == len({*called})


def test_a_language_without_a_toolchain_can_be_read_but_not_run():
    assert not BASIC.executable()
    assert BASIC.world() == {}
    with pytest.raises(NotImplementedError, match="basic has no toolchain"):
        BASIC.version()
    with pytest.raises(NotImplementedError):
        BASIC.program("", Tests(""), "_mark")
    with pytest.raises(NotImplementedError, match="basic cannot run test programs"):
        BASIC.asserts("", "")


def test_the_version_of_a_toolchain_is_part_of_what_a_result_depends_on():
    language = Runnable(name="basic", suffixes=(".bas",), comment="'")
    assert language.executable()
    assert language.world() == {"toolchain": "basic 1.0"}


@pytest.mark.parametrize(
    ("completion", "right"),
    [("LET A = 1\nPRINT A\nEND\n", "LET A = 1"), ("LET A = 1\n", "LET A = 1\n"), ("", "")],
)
def test_a_completion_is_cut_at_the_first_stop(completion, right):
    assert BASIC.cut("REM\n", completion) == right


@pytest.mark.parametrize(
    ("status", "right"), [(0, Verdict.INCOMPLETE), (1, Verdict.RUNTIME_ERROR), (-11, Verdict.RUNTIME_ERROR)]
)
def test_a_program_that_ended_early_never_passed(status, right):
    assert BASIC.verdict(status, "") == right


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("warning: a\n  a.bas:3: error: no such line\nerror: b\n", "a.bas:3: error: no such line"),
        ("line 3 is none\n", "line 3 is none"),
        ("", ""),
        ("error " + "x" * 300, "error " + "x" * 194),
    ],
)
def test_of_what_a_compiler_says_the_first_fault_is_told(words, first):
    assert BASIC.complaint(words) == first


@pytest.mark.parametrize(
    ("answer", "expected", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([1, [2]], (1, (2,)), True),
        ([1], [1, 2], False),
        ("1", 1, False),
        (None, None, True),
        (None, False, False),
        ({"a": [1]}, {"a": (1.0,)}, True),
        ({"a": 1}, {"b": 1}, False),
        ({1: "a"}, {"1": "a"}, True),
        ({1: "a"}, {1: "b"}, False),
        ({1}, {1}, True),
    ],
)
def test_values_are_compared_by_content_and_kind(answer, expected, equal):
    assert same(answer, expected) is equal


def test_what_cannot_be_told_is_none():
    assert BASIC.parses("LET A") is None
    assert BASIC.defines("LET A") is None


def test_probes_solutions_advice_and_other_names_change_no_key():
    def key(language):
        return identity(language, lambda p: {}, str)

    richer = BASIC.model_copy(
        update={
            "probes": {"right": Probe(code="", verdict=Verdict.PASSED)},
            "solutions": (("", "", ""),),
            "install": "apt install basic",
            "aliases": ("bas",),
        }
    )
    assert key(richer) == key(BASIC)
    assert key(BASIC.model_copy(update={"stops": ()})) != key(BASIC)
    assert key(BASIC.model_copy(update={"environment": {"A": "1"}})) != key(BASIC)


def test_a_language_that_sets_no_environment_keeps_its_key():
    assert "environment" not in dict(options(BASIC))


def test_a_mistyped_field_is_an_error():
    with pytest.raises(ValidationError, match="sufixes"):
        Language(name="basic", sufixes=(".bas",), comment="'")


@pytest.mark.parametrize("name", names("languages"))
def test_every_language_is_registered_under_its_own_name(name):
    assert load("languages", name).name == name
