import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from kcoder.cli.dataset_stats import Size, command, stats
from kcoder.errors import UsageError

DATA = os.environ.get("KCODER_TEST_DATA")


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def pairs(tmp_path):
    """Five pairs: one repeated, one answer repeated with other spacing, one empty."""
    return write(
        tmp_path / "pairs.jsonl",
        {"question": "add one", "answer": "def f(x):\n    return x + 1\n"},
        {"question": "add one", "answer": "def f(x):\n    return x + 1\n"},
        {"question": "add one, please", "answer": "def f(x):  return x + 1"},
        {"question": "nothing", "answer": ""},
        {"question": "prose", "answer": "Add one to it."},
    )


@pytest.mark.skipif(not DATA, reason="needs the data folder KCODER_TEST_DATA")
def test_code_alpaca_has_the_figures_that_were_measured_elsewhere():
    found = stats(str(Path(DATA) / "codealpaca/code_alpaca_2k.json"))
    assert found.rows == 2017
    assert found.said == ("read as alpaca: question = instruction + input, code = output",)
    assert (found.parse["python"], found.define["python"]) == (881, 508)
    assert str(found.question_words) == "17 mean, 16 median, 30 p95"
    assert str(found.code_characters) == "194 mean, 134 median, 553 p95"
    assert (found.empty_answers, found.repeated_pairs, found.repeated_answers) == (2, 0, 23)
    assert found.doubts == {"average line > 100": 127, "line > 1000": 0, "letters < 25 %": 86}


@pytest.mark.skipif(not DATA, reason="needs the data folder KCODER_TEST_DATA")
@pytest.mark.parametrize(("file", "rows"), [("humaneval/HumanEval.jsonl.gz", 164), ("mbpp/sanitized-mbpp.json", 426)])
def test_other_peoples_files_are_read_as_they_are(file, rows):
    found = stats(str(Path(DATA) / file))
    assert found.rows == rows
    assert found.question_words is not None


def test_repetitions_and_empty_answers_are_counted(pairs):
    found = stats(pairs)
    assert (found.rows, found.empty_answers) == (5, 1)
    assert (found.repeated_pairs, found.repeated_answers) == (1, 2)
    assert found.question_words == Size(1.8, 2, 2.8)
    assert found.doubts["letters < 25 %"] == 1


def test_rows_are_tried_in_the_language_they_name(tmp_path):
    file = write(
        tmp_path / "rows.jsonl",
        {"code": "x = 1", "language": "python"},
        {"code": "x = ", "language": "python"},
        {"code": "y = 1", "language": "swift"},
        {"code": "x = ", "language": None},
    )
    found = stats(file)
    assert found.languages == {"python": 2, "swift": 1}
    assert (found.parse["python"], found.other) == (1, 1)


def test_a_text_that_goes_on_with_its_prompt_is_parsed_behind_it(tmp_path):
    file = write(tmp_path / "rows.jsonl", {"prompt": "def f(x):\n", "completion": "    return x\n"})
    assert stats(file).parse["python"] == 1


def test_the_table_shows_how_the_file_was_read(pairs):
    done = CliRunner().invoke(command, [pairs])
    assert done.exit_code == 0, done.output
    lines = [line.rstrip() for line in done.output.splitlines()]
    assert max(map(len, lines)) <= 100
    assert "rows                 5" in lines
    assert "read                 pairs: question = question, code = answer" in lines
    assert "repeated answers     2" in lines


def test_several_files_have_a_column_each(pairs, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code/a.py").write_text("a = 1\n")
    done = CliRunner().invoke(command, [pairs, str(tmp_path / "code")])
    head, *rest = done.output.splitlines()
    assert head.split() == ["pairs.jsonl", "code"]
    assert next(line.split() for line in rest if line.startswith("rows")) == ["rows", "5", "1"]


def test_figures_are_printed_and_written_as_json(pairs, tmp_path):
    done = CliRunner().invoke(command, [pairs, "--json", "-o", str(tmp_path / "out.json")])
    [printed] = json.loads(done.output)
    assert (printed["name"], printed["rows"]) == ("pairs.jsonl", 5)
    assert json.loads((tmp_path / "out.json").read_text()) == [printed]


def test_columns_and_language_can_be_told(tmp_path):
    file = write(tmp_path / "rows.jsonl", {"id": 1, "text": "q", "label": "x = 1"})
    done = CliRunner().invoke(command, [file, "--columns", "question=text,code=label", "--language", "python"])
    assert "as told: question = text, code = label" in done.output
    assert "python 1 rows, 1 parse" in done.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["{dir}/nothing.jsonl"], "there is no file or folder"),
        (["{dir}/empty.jsonl"], "is empty"),
        (["{dir}/label.jsonl"], "cannot find a question and a code column in [id, text, label]"),
        (["{dir}/label.jsonl", "--columns", "code=lable"], "no column is called lable"),
        (["{dir}/label.jsonl", "--columns", "code"], "names no column"),
        (["{dir}/label.jsonl", "--language", "pyhton"], "no language is called 'pyhton'"),
        (["{dir}/label.jsonl", "-o", "x.html"], "figures are written as .json"),
        (["{dir}", "--columns", "code=a"], "it has no columns"),
        (["{dir}/nofolder/sub"], "there is no file or folder"),
    ],
)
def test_what_is_wrong_is_refused_in_one_message(tmp_path, arguments, complaint):
    write(tmp_path / "label.jsonl", {"id": "1", "text": "q", "label": "a"})
    (tmp_path / "empty.jsonl").touch()
    done = CliRunner().invoke(command, [each.format(dir=tmp_path) for each in arguments])
    assert isinstance(done.exception, UsageError), done.output
    assert complaint in done.exception.message
    assert done.output == ""
