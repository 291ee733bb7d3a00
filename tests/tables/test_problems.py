"""Which texts a benchmark's table has, whatever its columns are called."""

from pathlib import Path

import pytest

from kcoder.errors import UsageError
from kcoder.tables.problems import find_problem, problem_texts
from kcoder.tables.read import Table


def table(*rows):
    names = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(Path("p.jsonl"), names, len(rows), list(rows))


def read(*rows, **how):
    return [(t.id, t.language, t.prompt, t.solution) for t in problem_texts("p.jsonl", [table(*rows)], **how)]


@pytest.mark.parametrize(
    ("row", "prompt", "solution"),
    [
        ({"task_id": "1", "prompt": "q", "canonical_solution": "a", "test": "t"}, "q", "a"),
        ({"task_id": "1", "text": "q", "code": "a"}, "q", "a"),
        ({"name": "1", "language": "python", "prompt": "q", "tests": "t"}, "q", ""),
        ({"id": "1", "question": "q", "answer": "a"}, "q", "a"),
        ({"id": "1", "instruction": "q", "input": "r", "output": "a"}, "q\nr", "a"),
        ({"id": "1", "instruction": "other words", "prompt": "q", "solution": "a"}, "q", "a"),
        ({"id": "1", "code": "a"}, "", "a"),
        ({"id": "1", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}, "q", "a"),
    ],
)
def test_prompt_and_solution_are_found_by_their_usual_names(row, prompt, solution):
    assert read(row, language="python") == [("1", "python", prompt, solution)]


def test_columns_can_be_told():
    assert read({"frage": "q", "antwort": "a"}, told={"question": "frage", "code": "antwort"}) == [
        ("p.jsonl#1", "", "q", "a")
    ]
    with pytest.raises(UsageError, match=r"p\.jsonl: no column is called frag ") as caught:
        read({"frage": "q", "antwort": "a"}, told={"question": "frag", "code": "antwort"})
    assert caught.value.hint == "did you mean frage?"


def test_a_problem_without_an_id_is_called_by_its_number_in_the_file():
    tables = [table({"question": "q"}, {"question": "r", "id": "own"}), table({"question": "s"})]
    assert [text.id for text in problem_texts("p.jsonl", tables)] == ["p.jsonl#1", "own", "p.jsonl#3"]


def test_the_language_is_that_of_the_row_by_its_name_here_or_the_one_told():
    rows = [{"question": "q", "language": told} for told in ("rs", "C++", "Java", None)]
    assert [language for _, language, *_ in read(*rows, language="go")] == ["rust", "cpp", "java", "go"]


def test_what_was_guessed_is_said_once():
    said = []
    list(problem_texts("p.jsonl", [table({"question": "q", "answer": "a"})] * 2, say=said.append))
    assert said == ["p.jsonl: read as pairs: question = question, code = answer, no language"]


def test_columns_that_nobody_knows_are_refused_and_named():
    with pytest.raises(UsageError) as caught:
        read({"frage": "q", "antwort": "a"})
    assert caught.value.message == (
        "p.jsonl: no column is known for a problem's prompt or its solution; there are: frage, antwort"
    )
    assert "call them prompt and solution" in caught.value.hint and "columns: {question:" in caught.value.hint


def test_problems_without_a_word_are_refused():
    with pytest.raises(UsageError, match="the prompt and solution of every problem are empty"):
        read({"prompt": " ", "solution": None}, {"prompt": "", "solution": "\n"})


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("instruction prompt output canonical_solution", "as told: question = prompt, code = canonical_solution"),
        ("name prompt tests", "problems without solutions: question = prompt"),
        ("id question", "problems without solutions: question = question"),
        ("id question text", "pairs: question = question, code = text"),
        ("id text", "texts without a question: code = text"),
        ("instruction input output", "alpaca: question = instruction + input, code = output"),
    ],
)
def test_of_problems_the_question_is_enough_and_prompt_comes_first(names, said):
    assert find_problem(tuple(names.split()), {}).said == said


def test_of_problems_too_a_column_that_was_told_decides():
    assert find_problem(("prompt", "a", "answer"), {"question": "a"}).prompt == ("a",)
    assert find_problem(("prompt", "a", "answer"), {"code": "a"}).text == "a"
