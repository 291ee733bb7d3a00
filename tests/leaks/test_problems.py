import json

import pytest

from kcoder import hub
from kcoder.benchmark import known_as
from kcoder.benchmarks.file import ProblemFile
from kcoder.benchmarks.published import HumanEval
from kcoder.errors import MachineLacksError
from kcoder.host import Host
from kcoder.leaks.problems import labels, marks, problems
from kcoder.leaks.tokens import Marks

LAST = {
    "id": "last",
    "prompt": "def last(xs):\n",
    "entry": "last",
    "tests": [[[[1]], 1]],
    "solution": "    return xs\n",
}


@pytest.fixture
def file(tmp_path):
    def write(name, *languages):
        told = (json.dumps(LAST | {"language": language}) + "\n" for language in languages)
        (tmp_path / name).write_text("".join(told))
        return ProblemFile(path=str(tmp_path / name))

    return write


def test_every_problem_comes_with_its_texts_and_the_marks_of_its_language(file):
    own = file("a.jsonl", "python", "go")
    sought, missing = problems([own], Host())
    assert [(p.benchmark, p.language, p.id, p.marks) for p in sought] == [
        (own.called(), "python", "last", Marks("#")),
        (own.called(), "go", "last", Marks("//", ("/*", "*/"))),
    ]
    assert sought[0].text == "def last(xs):\n    return xs\n"
    assert missing == {}


def test_a_benchmark_that_cannot_be_had_is_named_with_the_reason(file, monkeypatch):
    def nobody(*_, **__):
        raise MachineLacksError("the hub gave no answer")

    monkeypatch.setattr(hub, "commit", nobody)
    own = file("a.jsonl", "python")
    sought, missing = problems([HumanEval(missing="report"), own], Host())
    assert [p.benchmark for p in sought] == [own.called()]
    assert missing == {"humaneval": "the hub gave no answer"}


def test_the_language_is_told_where_a_benchmark_has_several(file):
    sought, _ = problems([file("a.jsonl", "python")], Host())
    assert labels(sought) == ["last"]
    sought, _ = problems([file("b.jsonl", "python", "ruby")], Host())
    assert labels(sought) == ["last (python)", "last (ruby)"]


def test_a_language_nobody_knows_has_no_marks():
    assert marks("python") == Marks("#")
    assert marks("klingon") is None
    assert marks(None) is None


def test_problems_of_one_id_in_two_files_are_told_apart_and_found_for_their_own_file(file):
    test, dev = file("test.jsonl", "python"), file("dev.jsonl", "python", "go")
    sought, _ = problems([test, dev.model_copy(update={"use": "dev"})], Host())
    assert {p.benchmark for p in sought} == {known_as(test.called()), known_as(dev.called())}
    assert known_as(test.called()) != known_as(dev.called())
