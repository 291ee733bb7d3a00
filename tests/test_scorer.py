"""What every scorer gives."""

import pytest

from kcoder.plugin import load, names

PROGRAMS = {
    "python": "def f(x):\n    if x:\n        return x + 1\n    return 2\n",
    "java": "class A { int f(int x) { return x + 1; } }",
}


@pytest.mark.parametrize("name", names("scorers"))
def test_a_scorer_gives_all_its_values_and_explains_each(name):
    scorer = load("scorers", name)()
    language = "python" if scorer.languages is None or "python" in scorer.languages else "java"
    assert set(scorer.score(PROGRAMS[language], language)) == set(scorer.values)
    assert all(scorer.values.values())


def test_every_language_names_a_scorer_that_there_is():
    languages = [load("languages", name) for name in names("languages")]
    assert len(languages) >= 8
    assert {language.scorer for language in languages} <= set(names("scorers"))
