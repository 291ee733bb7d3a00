import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

DATA = os.environ.get("KCODER_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="needs the data folder KCODER_TEST_DATA")


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def pairs(tmp_path):
    """Five pairs: one repeated, one answer repeated with other spacing, one empty, one of prose."""
    return write(
        tmp_path / "pairs.jsonl",
        {"question": "add one", "answer": "def f(x):\n    return x + 1\n"},
        {"question": "add one", "answer": "def f(x):\n    return x + 1\n"},
        {"question": "add one, please", "answer": "def f(x):  return x + 1"},
        {"question": "nothing", "answer": ""},
        {"question": "prose", "answer": "Add one to it."},
    )


def figures(kcoder, *args):
    done = kcoder("dataset-stats", *args, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


@needs_data
def test_code_alpaca_has_the_figures_that_were_measured_elsewhere(kcoder):
    [found] = figures(kcoder, Path(DATA) / "codealpaca/code_alpaca_2k.json", "--published")["data_sets"]
    assert found["rows"] == 2017
    assert found["said"] == ["read as alpaca: question = instruction + input, code = output"]
    assert (found["parse"], found["define"], found["other"]) == ({"python": 881}, {"python": 508}, 1136)
    words, characters = found["question_words"], found["code_characters"]
    assert [round(words[key]) for key in ("mean", "median", "p95")] == [17, 16, 30]
    assert [round(characters[key]) for key in ("mean", "median", "p95")] == [194, 134, 553]
    assert {each["name"]: each["count"] for each in found["problems"]} == {
        "empty_answers": 2,
        "repeated_pairs": 0,
        "repeated_answers": 23,
        "near_duplicates": 0,
        "average_line_over_100": 127,
        "line_over_1000": 0,
        "letters_under_25": 86,
    }
    [python] = found["code"]
    assert (python["programs"], python["real"]) == (881, 787)
    measured = {name: round(value["mean"], 2) for name, value in python["values"].items()}
    assert {name: value for name, value in measured.items() if not name.startswith("token.")} == {
        "radon.halstead_vocabulary": 4.57,
        "radon.halstead_length": 5.98,
        "radon.halstead_calculated_length": 10.2,
        "radon.halstead_difficulty": 0.95,
        "radon.halstead_volume": 19.5,
        "cyclomatic": 2.0,
        "cyclomatic_max": 2.04,
        "cyclomatic_sum": 1.85,
        "cyclomatic_program": 2.41,
        "functions": 0.72,
    }
    assert measured["token.halstead_length"] > 5 * measured["radon.halstead_length"]
    assert {name: round(value["mean"], 2) for name, value in found["as_published"].items()} == {
        "halstead_vocabulary": 4.11,
        "halstead_length": 5.37,
        "halstead_difficulty": 0.85,
        "cyclomatic": 1.47,
    }
    mtld = next(score for score in found["scores"] if score["metric"] == "question_mtld_unfloored")
    assert (round(mtld["value"], 2), mtld["n"]) == (30.39, 2017)


@needs_data
def test_published_definitions_stand_beside_the_published_tables(kcoder):
    done = kcoder("dataset-stats", "--published", Path(DATA) / "codealpaca/code_alpaca_2k.json")
    rows = {line[:29].strip(): line[29:].split() for line in done.out.splitlines()}
    assert rows["here: code_alpaca_2k.json"] == ["30.39", "–", "–", "4.11", "5.37", "0.85", "1.47", "881"]
    assert rows["Code Alpaca"] == ["30.92", "1.22", "1.29", "3.72", "4.91", "0.77", "1.41", "20,022"]


@needs_data
@pytest.mark.parametrize(("file", "rows"), [("humaneval/HumanEval.jsonl.gz", 164), ("mbpp/sanitized-mbpp.json", 426)])
def test_other_peoples_files_are_read_as_they_are(kcoder, file, rows):
    [found] = figures(kcoder, Path(DATA) / file)["data_sets"]
    assert found["rows"] == rows
    assert found["question_words"]["n"] == rows


def test_repetitions_and_empty_answers_are_counted(kcoder, pairs):
    [found] = figures(kcoder, pairs)["data_sets"]
    counts = {each["name"]: each["count"] for each in found["problems"]}
    assert (found["rows"], counts["empty_answers"]) == (5, 1)
    assert (counts["repeated_pairs"], counts["repeated_answers"], counts["letters_under_25"]) == (1, 2, 1)


def test_one_set_is_told_at_length_in_a_hundred_columns(kcoder, pairs):
    done = kcoder("dataset-stats", pairs, "--published", "--verbose")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith("pairs.jsonl   5 rows")
    assert "  read as pairs: question = question, code = answer" in lines
    assert "  languages      python 4 parse, 3 of them define something   other or mixed 1" in lines
    assert "  pairs.jsonl: 2 repeated answers" in lines
    assert "    pairs.jsonl#2   pairs.jsonl#1" in lines


def test_each_way_to_count_halstead_has_a_row_of_its_own(kcoder, tmp_path):
    printer = "def show(path):\n    with open(path) as file:\n        for line in file: print(line.strip())\n"
    java = {"question": "q", "answer": "int f(int x) { return x; }", "language": "java"}
    file = write(tmp_path / "rows.jsonl", *[{"question": "q", "answer": printer, "language": "python"}] * 3, java)
    lines = [" ".join(line.split()) for line in kcoder("dataset-stats", file, "--against", "none").out.splitlines()]
    assert "Halstead length (radon) 0 0 0 0" in lines
    assert "Halstead length (token) 23 23 23 23" in lines
    assert "java code 1 programs of 1 are real code, scored by lizard and token" in lines
    assert any(line.startswith("worth a look radon's Halstead measures are 0 for most python") for line in lines)


def test_several_sets_have_a_column_each_and_their_overlap_is_shown(kcoder, pairs, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code/a.py").write_text("a = 1\n")
    other = write(tmp_path / "other.jsonl", {"question": "add one", "answer": "def f(x):\n    return x + 1"})
    done = kcoder("dataset-stats", pairs, other, str(tmp_path / "code"))
    assert done.code == 0, done.err
    head, *rest = done.out.splitlines()
    assert max(map(len, rest)) <= 100
    assert head.split() == ["pairs.jsonl", "other.jsonl", "code"]
    assert next(line.split() for line in rest if line.startswith("rows ")) == ["rows", "5", "1", "1"]
    exact = rest.index("  rows that stand in the other set too") + 2
    assert [line.split() for line in rest[exact : exact + 3]] == [
        ["pairs.jsonl", "·", "2", "0"],
        ["other.jsonl", "1", "·", "0"],
        ["code", "0", "0", "·"],
    ]


def test_programs_that_no_scorer_reads_are_not_called_idle(kcoder, tmp_path):
    rows = [{"question": f"q {n}", "answer": f"Qapla {n}", "language": "klingon"} for n in range(9)]
    file, other = write(tmp_path / "rows.jsonl", *rows), write(tmp_path / "other.jsonl", rows[0])
    one, several = (kcoder("dataset-stats", *sets, "--against", "none").out for sets in ([file], [file, other]))
    assert "klingon code   9 rows; no scorer tells their complexity" in one
    assert "do nothing" not in one
    assert "no scorer can tell" in next(line for line in several.splitlines() if "real code" in line)


def test_sets_of_one_file_name_are_called_by_their_paths(kcoder, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "rows.jsonl", {"question": name, "answer": "x = 1"})
    told = figures(kcoder, "a/rows.jsonl", "b/rows.jsonl")
    assert [each["name"] for each in told["data_sets"]] == ["a/rows.jsonl", "b/rows.jsonl"]


def test_a_sample_is_the_same_each_time_and_says_that_it_is_one(kcoder, tmp_path):
    file = write(tmp_path / "rows.jsonl", *({"question": f"q{n}", "answer": f"x = {n}"} for n in range(50)))
    first, again, other = (
        figures(kcoder, file, "--sample", "20", *seed)["data_sets"][0] for seed in ((), (), ("--seed", "1"))
    )
    assert (first["rows"], first["total"]) == (20, 50)
    assert first["code_characters"] == again["code_characters"]
    assert first["question_words"]["n"] == other["question_words"]["n"] == 20
    assert "a sample of 20 of 50 rows (seed 0)" in kcoder("dataset-stats", file, "--sample", "20").out


def test_figures_are_printed_and_written(kcoder, pairs, tmp_path):
    told = json.loads(kcoder("dataset-stats", pairs, "--json", "-o", str(tmp_path / "out.json")).out)
    written = json.loads((tmp_path / "out.json").read_text())
    assert written == told
    assert (told["data_sets"][0]["name"], told["data_sets"][0]["named"]["repeated_pairs"]) == ("pairs.jsonl", [1, 5])


def test_the_page_needs_nothing_from_outside(kcoder, pairs, tmp_path):
    done = kcoder("dataset-stats", pairs, "-o", str(tmp_path / "out.html"))
    assert done.out.rstrip().endswith(f"full report: {tmp_path / 'out.html'}")
    page = (tmp_path / "out.html").read_text()
    assert page.startswith("<!doctype html>")
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)


def test_columns_and_language_can_be_told(kcoder, tmp_path):
    file = write(tmp_path / "rows.jsonl", {"id": 1, "text": "q", "label": "x = 1"})
    done = kcoder("dataset-stats", file, "--columns", "question=text,code=label", "--language", "python")
    assert "as told: question = text, code = label" in done.out
    assert "python 1 rows, 1 parse" in done.out


def test_a_condition_that_holds_ends_with_four_and_says_what_was_found(kcoder, pairs):
    done = kcoder("dataset-stats", pairs, "--fail-if", "repeated_answers > 1%", "--fail-if", "rows < 3")
    assert done.code == 4
    assert done.err == "kcoder: pairs.jsonl: repeated_answers is 40 % (2 of 5), which is > 1 %\n"
    assert kcoder("dataset-stats", pairs, "--fail-if", "repeated_answers > 50%").code == 0


def test_a_condition_on_nothing_there_is_ends_with_two(kcoder, pairs):
    done = kcoder("dataset-stats", pairs, "--fail-if", "repeated_answer > 1%")
    assert done.code == 2
    assert "did you mean repeated_answers?" in done.err


def test_spread_is_measured_where_vectors_are_asked_for(kcoder, tmp_path):
    rows = ({"question": f"sort the {n} numbers of a list", "answer": f"x = sorted(y)[{n}:]"} for n in range(30))
    told = figures(kcoder, write(tmp_path / "rows.jsonl", *rows), "--spread", "--embedder", "hashing")
    scores = {score["metric"]: score for score in told["data_sets"][0]["scores"]}
    assert scores["question_spread"]["n"] == scores["code_spread"]["n"] == 30
    assert scores["question_spread"]["value"] >= 1
    assert 1 <= scores["question_vendi"]["value"] <= 30
    assert "hashing" in told["options"]["embedder"]


SOLUTION = """def longest_run(numbers, limit):
    best = current = 0
    for number in numbers:
        if number % limit == 0 and number > best - current:
            current = current + 2 * number
            best = max(best, current // limit)
        else:
            current = 0
    return best * limit + 7
"""


def test_problems_of_a_benchmark_are_found_in_the_rows_with_both_texts(kcoder, tmp_path):
    head, _, body = SOLUTION.partition("\n")
    problem = {"task_id": "T/1", "prompt": f"{head}\n", "canonical_solution": body}
    other = {"task_id": "T/2", "prompt": "def f(x):\n", "canonical_solution": "    return {x: [x ** 3, 'of three']}\n"}
    benchmark = write(tmp_path / "problems.jsonl", problem, other)
    copied = SOLUTION.replace("number", "value").replace("best", "top").replace("longest_run", "g")
    file = write(tmp_path / "rows.jsonl", {"question": "q", "answer": "x = 1"}, {"question": "r", "answer": copied})
    told = figures(kcoder, file, "--against", f"humaneval={benchmark}")["data_sets"][0]
    assert told["leaks"]["benchmarks"] == {"humaneval": {"problems": 1, "of": 2, "found": ["T/1"]}}
    assert told["named"]["leaks"] == [1, 2]
    done = kcoder("dataset-stats", file, "--against", f"humaneval={benchmark}", "--verbose", "--fail-if", "leaks > 0")
    assert done.code == 4
    assert "  leaks          humaneval 1 of 2 problems   in 1 row" in done.out.splitlines()
    assert "rows.jsonl#2 holds 100% of the solution of humaneval T/1" in done.out
    assert "return best * limit + 7" in done.out
    assert "return top * limit + 7" in done.out


def test_leaks_are_not_looked_for_where_nobody_wants_it(kcoder, pairs):
    [told] = figures(kcoder, pairs, "--against", "none")["data_sets"]
    assert told["leaks"] is None


def without_a_hub(tmp_path, *args, **world):
    """What `kcoder dataset-stats ARGS` gives in a process with an empty cache and this environment."""
    world = {**os.environ, "HF_HOME": str(tmp_path / "hub"), **world}
    command = [sys.executable, "-m", "kcoder", "dataset-stats", *args]
    return subprocess.run(command, capture_output=True, text=True, env=world, timeout=100)


NOT_HERE = "  leaks          not looked for: humaneval, mbpp, which cannot be had here; --against FILE, or none"


def test_offline_the_usual_benchmarks_are_told_in_one_line_and_the_rest_goes_on(tmp_path, pairs):
    done = without_a_hub(tmp_path, pairs, HF_HUB_OFFLINE="1")
    assert done.returncode == 0, done.stderr
    assert NOT_HERE in done.stdout.splitlines()
    assert "question and code spread: skipped" in done.stdout
    done = without_a_hub(tmp_path, pairs, "--offline", "--json", HF_HUB_OFFLINE="0")
    [told] = json.loads(done.stdout)["data_sets"]
    assert told["leaks"]["missing"].keys() == {"humaneval", "mbpp"}
    assert "leaks" not in told["named"]


def test_a_hub_that_does_not_answer_is_not_waited_for(tmp_path, pairs):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = without_a_hub(tmp_path, pairs, HF_HUB_OFFLINE="0", HF_ENDPOINT=address)
        assert time.monotonic() - began < 18  # one question has twenty seconds elsewhere
    assert done.returncode == 0, done.stderr
    assert NOT_HERE in done.stdout.splitlines()


def test_a_benchmark_that_was_asked_for_and_cannot_be_had_ends_with_three(kcoder, pairs):
    done = kcoder("dataset-stats", pairs, "--against", "humaneval=nowhere.jsonl")
    assert done.code == 3
    assert "--against humaneval=FILE" in done.err


def test_a_model_that_is_not_there_is_told_before_the_work_with_what_can_be_done(kcoder, pairs, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    done = kcoder("dataset-stats", pairs, "--spread", "--embedder", "nobody/has-this-model")
    assert done.code == 3
    assert "nobody/has-this-model" in done.err
    assert "--embedder hashing needs no model" in done.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing.jsonl"], "there is no file or folder"),
        (["empty.jsonl"], "is empty"),
        (["label.jsonl"], "cannot find a question and a code column in [id, text, label]"),
        (["label.jsonl", "--columns", "code=lable"], "no column is called lable"),
        (["label.jsonl", "--columns", "code"], "names no column"),
        (["label.jsonl", "--language", "pyhton"], "no language is called 'pyhton'"),
        (["label.jsonl", "-o", "x.pdf"], "figures are written as .html or .json"),
        (["label.jsonl", "-o", "nowhere/x.json"], "there is no folder nowhere"),
        (["label.jsonl", "label.jsonl"], "label.jsonl is named twice"),
        (["label.jsonl", "--embedder", "hashin"], "no embedder is called 'hashin'"),
        (["label.jsonl", "--against", "humanevil"], "no benchmark and no file is called 'humanevil'"),
        (["label.jsonl", "--fail-if", "rows"], "'rows' is no condition"),
        ([".", "--columns", "code=a"], "it has no columns"),
        (["nofolder/sub/file"], "there is no file or folder"),
    ],
)
def test_what_is_wrong_is_refused_in_one_message(kcoder, arguments, complaint):
    write(kcoder.folder / "label.jsonl", {"id": "1", "text": "q", "label": "a"})
    (kcoder.folder / "empty.jsonl").touch()
    done = kcoder("dataset-stats", *arguments)
    assert done.code == 2
    assert complaint in done.err
    assert done.out == ""
