from kcoder.scoring.named import named, score_name

TOLD = {
    "rows": 10,
    "total": 100,
    "left_out": {"in other languages": 20},
    "other": 3,
    "languages": {},
    "parse": {"python": 7},
    "define": {"python": 4},
    "question_words": None,
    "code_characters": {"mean": 194.5},
    "problems": [{"name": "near_duplicates", "count": 1, "of": 10}],
    "leaks": {"rows": 2, "benchmarks": {"humaneval": {"problems": 1, "of": 164}}},
    "code": [
        {"language": "python", "scorers": ["radon", "token"], "programs": 7, "real": 6, "unreadable": 1},
        {"language": "klingon", "scorers": [], "programs": 3, "real": 0, "unreadable": 0},
    ],
    "scores": [
        {"metric": "question_ttr", "language": None, "value": 0.9},
        {"metric": "cyclomatic", "language": "python", "value": 2.0},
    ],
}


def test_counts_know_what_they_count_and_measures_do_not():
    found = named(TOLD)
    assert found["near_duplicates"] == (1, 10)
    assert found["unparsed"] == (3, 10)
    assert found["python.define"] == (4, 7)
    assert found["python.unreadable"] == (1, 7)
    assert (found["python.real"], found["klingon.real"]) == ((6, 7), (None, 3))
    assert found["left_out"] == (20, 120)
    assert found["code_characters"] == (194.5, None)
    assert found["question_words"] == (None, None)
    assert found["question_ttr"] == (0.9, None)
    assert (found["leaks"], found["leaks.humaneval"]) == ((2, 10), (1, 164))


def test_a_score_of_a_language_names_it():
    assert [score_name(score) for score in TOLD["scores"]] == ["question_ttr", "python.cyclomatic"]


def test_where_no_leaks_were_looked_for_none_can_be_asked():
    assert "leaks" not in named(TOLD | {"leaks": None})


def test_a_condition_on_files_of_problems_counts_all_of_them():
    files = {"file-3fa2c1": {"problems": 1, "of": 10}, "file-000000": {"problems": 2, "of": 5}}
    assert named(TOLD | {"leaks": {"rows": 2, "benchmarks": files}})["leaks.file"] == (3, 15)
