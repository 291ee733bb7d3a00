import polars as pl
import pytest

from kcoder.host import Host
from kcoder.scorers.token import Token
from kcoder.scoring.complexity import VALUES, complexity, scorer_of, scorers_of


def rows(*told):
    return pl.DataFrame(told, schema={"text": pl.String, "language": pl.String}, orient="row")


def test_each_row_is_scored_by_the_scorer_of_its_language():
    found = complexity(
        rows(
            ("def f(x):\n    return 1 if x else 2\n", "python"),
            ("int f(int x) { if (x > 0 && x < 9) return 1; return 2; }", "java"),
            ("x = 1", None),
            ("x = 1", "klingon"),
            ("x = = 1", "python"),
        ),
        None,
        Host(),
    )
    assert found["cyclomatic"].to_list() == [2.0, 3.0, None, None, None]
    assert found["functions"].to_list() == [1.0, 1.0, None, None, None]
    assert found["halstead_length"].to_list() == [0.0, None, None, None, None]


def test_a_scorer_can_be_named_for_all_rows():
    found = complexity(rows(("x = 1", "python"), ("int x = 1;", "java")), Token(), Host())
    assert found["halstead_length"].to_list() == [3.0, 5.0]
    assert found["cyclomatic"].to_list() == [None, None]


def test_the_common_values_are_always_told():
    assert set(VALUES) <= set(complexity(rows(("x", None)), None, Host()).columns)


@pytest.mark.parametrize(("language", "scorer"), [("python", "Radon"), ("java", "Lizard"), ("rust", "Lizard")])
def test_a_language_names_its_scorer(language, scorer):
    assert type(scorer_of(language)).__name__ == scorer


def test_a_language_nobody_knows_has_no_scorer():
    assert scorer_of("klingon") is None
    assert scorers_of("klingon") == ()


@pytest.mark.parametrize(("language", "own"), [("python", "Radon"), ("java", "Lizard")])
def test_token_stands_beside_the_scorer_of_every_language(language, own):
    assert [type(each).__name__ for each in scorers_of(language)] == [own, "Token"]
