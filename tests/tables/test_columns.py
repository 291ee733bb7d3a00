"""Which column is taken for the question and which for the code."""

import pytest

from kcoder.errors import UsageError
from kcoder.tables.columns import find_columns


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("instruction input output", "alpaca: question = instruction + input, code = output"),
        ("instruction output", "alpaca: question = instruction, code = output"),
        ("Question Answer", "pairs: question = Question, code = Answer"),
        ("prompt completion", "pairs: question = prompt, code = completion"),
        ("prompt response", "pairs: question = prompt, code = response"),
        ("problem solution", "pairs: question = problem, code = solution"),
        ("task_id prompt canonical_solution test", "pairs: question = prompt, code = canonical_solution"),
        ("task_id text code test_list", "pairs: question = text, code = code"),
        ("func_code_string func_documentation_string", "pairs: question = func_documentation_string, "),
        ("hexsha content lang size stars", "texts without a question: code = content"),
        ("id text", "texts without a question: code = text"),
        ("id prompt text language", "pairs: question = prompt, code = text"),
        ("code label", "texts without a question: code = code"),
        ("messages id", "chat: question = the turns before, code = the last answer in messages"),
    ],
)
def test_usual_names_are_guessed_and_said(names, said):
    assert find_columns(tuple(names.split()), {}).said.startswith(said)


def test_a_text_beside_an_unknown_column_is_not_taken_for_code():
    with pytest.raises(UsageError) as caught:
        find_columns(("id", "text", "label"), {})
    assert caught.value.message == "cannot find a question and a code column in [id, text, label]"
    assert "--columns question=text,code=label" in caught.value.hint


def test_columns_can_be_told_in_the_words_of_people_and_joined():
    found = find_columns(("a", "b", "c", "lang"), {"question": "a + b", "code": "c"})
    assert (found.prompt, found.text, found.beside) == (("a", "b"), "c", {"language": "lang"})
    assert found.said == "as told: question = a + b, code = c"


def test_all_columns_that_tell_the_kind_of_a_row_are_its_tags_and_the_source_is_known():
    found = find_columns(("code", "topic", "Difficulty", "source"), {})
    assert (found.tags, found.beside) == (("Difficulty", "topic"), {"source": "source"})
    found = find_columns(("code", "topic", "level", "strategy"), {"tags": "level + topic", "source": "strategy"})
    assert (found.tags, found.beside) == (("level", "topic"), {"source": "strategy"})


def test_a_column_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(UsageError, match="no column is called txt") as caught:
        find_columns(("id", "text"), {"code": "txt"})
    assert caught.value.hint == "did you mean text?"


def test_a_question_alone_and_an_unknown_role_are_refused():
    with pytest.raises(UsageError, match="the code was not"):
        find_columns(("a", "b"), {"question": "a"})
    with pytest.raises(UsageError, match="cod is no column"):
        find_columns(("a", "b"), {"cod": "a"})
