import pytest

from kcoder.scoring.look import worth_a_look

PLAIN = {
    "rows": 100,
    "other": 0,
    "languages": {},
    "parse": {"python": 100},
    "define": {"python": 100},
    "code": [],
    "problems": [],
    "scores": [],
}


def code(**told):
    plain = {"language": "python", "scorers": ["radon", "token"], "programs": 100, "real": 100, "unreadable": 0}
    return plain | {"values": {}} | told


def test_of_a_set_in_which_nothing_stands_out_nothing_is_said():
    assert worth_a_look(PLAIN) == []


def test_what_does_not_parse_and_what_defines_nothing_is_said():
    told = PLAIN | {"other": 56, "parse": {"python": 44}, "define": {"python": 10}}
    assert worth_a_look(told) == ["56 % of answers do not parse as python", "34 that parse define nothing"]


def test_rows_that_name_a_language_and_do_not_parse_in_it_are_said():
    told = PLAIN | {"languages": {"python": 100}, "parse": {"python": 90}, "define": {"python": 90}}
    assert worth_a_look(told) == ["10 of 100 rows in python do not parse"]


def test_prose_and_what_a_scorer_cannot_read_are_said():
    told = PLAIN | {
        "code": [code(real=80, unreadable=5)],
    }
    assert worth_a_look(told) == [
        "15 that parse as python do nothing: prose, numbers, data",
        "5 python programs have no complexity: radon cannot read them",
    ]


def test_of_programs_that_nobody_can_score_nothing_is_said():
    told = PLAIN | {"code": [code(language="klingon", scorers=[], real=0)]}
    assert worth_a_look(told) == []


@pytest.mark.parametrize(("radon", "said"), [(0, 1), (3, 0)])
def test_halstead_that_sees_no_arithmetic_is_said(radon, said):
    values = {"radon.halstead_length": {"median": radon}, "token.halstead_length": {"median": 23}}
    words = "radon's Halstead measures are 0 for most python programs"
    assert [each[: len(words)] for each in worth_a_look(PLAIN | {"code": [code(values=values)]})] == [words] * said


def test_problems_are_said_from_a_hundredth_of_the_rows():
    few = {"name": "a", "label": "empty answers", "count": 1, "of": 100}
    many = {"name": "b", "label": "near duplicates", "count": 2, "of": 100}
    assert worth_a_look(PLAIN | {"problems": [few, many]}) == ["near duplicates: 2 % of rows"]


def test_questions_too_short_for_mtld_are_said():
    told = PLAIN | {"scores": [{"metric": "question_mtld", "language": None, "n": 0}]}
    assert worth_a_look(told) == ["questions are too short for MTLD, which of short texts measures their length"]


def test_leaks_are_said_first():
    told = PLAIN | {
        "other": 56,
        "leaks": {"benchmarks": {"humaneval": {"problems": 3, "of": 164}, "mbpp": {"problems": 0, "of": 500}}},
    }
    assert worth_a_look(told)[0] == "3 of 164 problems of humaneval stand in these rows"
