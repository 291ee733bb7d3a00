"""Texts of published benchmarks from files of one's own; from the hub they come as any data set does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder import hub
from kcoder.benchmark import known_as
from kcoder.benchmarks.published import HumanEval, HumanEvalX, Mbpp, MultiplE
from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.judging import job, judge
from kcoder.plugin import load
from kcoder.records import Verdict

sys.path.insert(0, str(Path(__file__).parents[1]))
from hub_server import serving

DATA = os.environ.get("KCODER_TEST_DATA")


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_a_file_gives_the_texts_of_its_problems(tmp_path):
    row = {"task_id": "HumanEval/0", "prompt": "def f(x):\n", "canonical_solution": "    return x\n", "test": "..."}
    [text] = HumanEval(path=lines(tmp_path / "h.jsonl", row)).texts(Host())
    assert (text.id, text.language, text.prompt, text.solution) == (
        "HumanEval/0",
        "python",
        "def f(x):\n",
        "    return x\n",
    )
    [text] = Mbpp(path=lines(tmp_path / "m.jsonl", {"task_id": 11, "text": "Write f.", "code": "f = 1"})).texts(Host())
    assert (text.id, text.prompt, text.solution) == ("11", "Write f.", "f = 1")


def test_a_folder_gives_those_of_all_its_files_by_their_languages(tmp_path):
    lines(tmp_path / "humaneval-java.jsonl", {"name": "a", "language": "java", "prompt": "class A {"})
    lines(tmp_path / "humaneval-rs.jsonl", {"name": "b", "language": "rs", "prompt": "fn b() {"})
    lines(tmp_path / "humaneval_js.jsonl", {"task_id": "c", "prompt": "function c() {"})
    lines(tmp_path / "humaneval_rust.jsonl", {"task_id": "d", "prompt": "fn d() {"})
    found = [(t.id, t.language, t.solution) for t in HumanEvalX(path=str(tmp_path)).texts(Host())]
    assert found == [("a", "java", ""), ("b", "rust", ""), ("c", "javascript", ""), ("d", "rust", "")]


def test_columns_of_other_names_are_guessed_and_said_and_those_nobody_knows_are_refused(tmp_path):
    said = []
    told = HumanEval(path=lines(tmp_path / "h.jsonl", {"question": "Double x.", "answer": "return 2 * x"}))
    [text] = told.texts(Host(say=said.append))
    assert (text.id, text.language, text.prompt, text.solution) == ("h.jsonl#1", "python", "Double x.", "return 2 * x")
    assert said == ["h.jsonl: read as pairs: question = question, code = answer"]
    told = HumanEval(path=lines(tmp_path / "h.jsonl", {"frage": "Double x.", "antwort": "return 2 * x"}))
    with pytest.raises(UsageError, match=r"h\.jsonl: no column is known .* there are: frage, antwort"):
        told.check_texts()
    with pytest.raises(UsageError, match=r"h\.jsonl: no column is known"):
        list(told.texts(Host()))


def test_problems_without_a_word_are_refused(tmp_path):
    with pytest.raises(UsageError, match="the prompt and solution of every problem are empty"):
        list(HumanEval(path=lines(tmp_path / "h.jsonl", {"prompt": "", "canonical_solution": ""})).texts(Host()))


def test_a_folder_may_hold_any_kind_of_table_and_what_is_none_is_passed_over(tmp_path):
    (tmp_path / "humaneval-java.csv").write_text("task_id,prompt\na,class A {\n")
    (tmp_path / "README.md").write_text("words")
    assert [(t.id, t.language) for t in HumanEvalX(path=str(tmp_path)).texts(Host())] == [("a", "java")]


def test_what_is_not_there_is_not_checked_for_its_texts(tmp_path):
    HumanEval().check_texts()
    HumanEval(path=str(tmp_path / "nowhere.jsonl")).check_texts()
    HumanEval(path=str(tmp_path)).check_texts()  # no file in it


FROM_THE_HUB = """
from kcoder.benchmarks.published import HumanEvalX
from kcoder.host import Host
print([(t.id, t.language) for t in HumanEvalX().texts(Host())])
"""


def test_a_data_set_that_comes_with_a_program_is_read_file_by_file_and_the_program_never_run(tmp_path):
    home = tmp_path / "hub/THUDM/humaneval-x"
    for name in ("python", "cpp", "go", "java", "js"):
        (home / "data" / name / "data").mkdir(parents=True)
        lines(home / "data" / name / "data/humaneval.jsonl", {"task_id": f"{name}/0", "prompt": "f"})
    (home / "humaneval-x.py").write_text("raise SystemExit('run')\n")
    told = {k: v for k, v in os.environ.items() if k not in ("HF_HUB_OFFLINE", "HF_TOKEN")}
    with serving(tmp_path / "hub") as (address, _):
        told |= {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "home")}
        done = subprocess.run([sys.executable, "-c", FROM_THE_HUB], capture_output=True, text=True, env=told)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(
        [("python/0", "python"), ("cpp/0", "cpp"), ("go/0", "go"), ("java/0", "java"), ("js/0", "javascript")]
    )


def test_the_world_is_the_content_of_the_files(tmp_path):
    path = lines(tmp_path / "h.jsonl", {"task_id": "a", "prompt": "x"})
    before = HumanEval(path=path).world()
    lines(tmp_path / "h.jsonl", {"task_id": "a", "prompt": "y"})
    assert HumanEval(path=path).world() != before


def test_what_cannot_be_had_stops_and_says_what_to_do(tmp_path, monkeypatch):
    def nobody(*_, **__):
        raise MachineLacksError("the hub gave no answer", "run once with the network")

    monkeypatch.setattr(hub, "commit", nobody)
    with pytest.raises(MachineLacksError) as caught:
        HumanEval().world()
    assert "decontaminate: {missing: report}" in caught.value.hint and "path" in caught.value.hint
    lenient = HumanEval(missing="report")
    assert lenient.world() == {"missing": "the hub gave no answer"}
    assert (lenient.lacking(), list(lenient.texts(Host()))) == ("the hub gave no answer", [])
    with pytest.raises(MachineLacksError, match="there are no problems in"):
        HumanEval(path=str(tmp_path / "nowhere.jsonl")).world()


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder of benchmarks")
@pytest.mark.parametrize(
    ("benchmark", "path", "count", "solved"),
    [
        (HumanEval, "humaneval/HumanEval.jsonl.gz", 164, 164),
        (Mbpp, "mbpp/sanitized-mbpp.json", 426, 426),
        (HumanEvalX, "humaneval-x", 984, 984),
        (MultiplE, "multipl-e", 1110, 0),
    ],
)
def test_the_real_files_are_read(benchmark, path, count, solved, tmp_path):
    place = Path(DATA) / path
    if benchmark is HumanEvalX:  # what else lies in that folder is no problem
        for file in place.glob("*.jsonl.gz"):
            (tmp_path / file.name).symlink_to(file)
        place = tmp_path
    texts = list(benchmark(path=str(place)).texts(Host()))
    assert len(texts) == count
    assert sum(bool(text.solution) for text in texts) == solved
    assert all(text.id and text.prompt for text in texts)


def problems(benchmark, language="python"):
    return list(benchmark.problems(language, Host()))


def test_a_problem_of_humaneval_is_tested_by_its_own_program(tmp_path):
    row = {
        "task_id": "HumanEval/0",
        "prompt": "def f(x):\n",
        "entry_point": "f",
        "canonical_solution": "    return x\n",
    }
    told = HumanEval(path=lines(tmp_path / "h.jsonl", row | {"test": "def check(g):\n    assert g(1) == 1\n"}))
    [problem] = problems(told)
    assert (problem.id, problem.entry, problem.solution) == ("HumanEval/0", "f", "    return x\n")
    assert problem.program.text == "def check(g):\n    assert g(1) == 1\n\ncheck(f)\n"


MBPP_ROW = {
    "prompt": "Double it.",
    "code": "import math\ndef half(x):\n  return x / 2\ndef twice(x):\r\n  return 2 * x",
    "test_imports": ["import math"],
    "test_list": ["assert math.floor(twice(1)) == 2", "assert twice(2) == 4"],
}


def test_a_problem_of_mbpp_shows_its_asserts_and_is_tested_by_them(tmp_path):
    rows = [MBPP_ROW | {"task_id": number} for number in (2, 11, 510, 511)]
    told = Mbpp(path=lines(tmp_path / "m.jsonl", *rows))
    assert [problem.id for problem in problems(told)] == ["11", "510"]
    assert len(problems(told.model_copy(update={"part": "all"}))) == 4
    problem = problems(told)[0]
    assert problem.prompt == '"""\nDouble it.\nassert math.floor(twice(1)) == 2\nassert twice(2) == 4\n"""\n'
    assert problem.entry == "twice"
    assert problem.program.text == "import math\nassert math.floor(twice(1)) == 2\nassert twice(2) == 4\n"
    assert "\r" not in problem.solution


def test_a_problem_of_multipl_e_has_tests_in_its_language_and_no_solution(tmp_path):
    rows = {
        "rs": "}\n\nfn main() {\n    let candidate = has_it;\n    assert_eq!(candidate(1), 2);\n}\n",
        "rb": "class T\n  candidate = method(:has_it)\n",
        "java": "    }\n    assert(has_it((1l)) == (2l));\n",
        "go": "  candidate := has_it\n",
        "ts": "  let candidate = has_it;\n",
    }
    for short, tests in rows.items():
        lines(tmp_path / f"humaneval-{short}.jsonl", {"name": "a", "language": short, "prompt": "p", "tests": tests})
    benchmark = MultiplE(path=str(tmp_path))
    assert set(benchmark.languages()) == {"go", "java", "ruby", "rust", "typescript"}
    for language in benchmark.languages():
        [problem] = problems(benchmark, language)
        assert (problem.entry, problem.solution) == ("has_it", "")
        assert problem.program.text in rows.values()


@pytest.mark.parametrize(
    ("declaration", "entry"),
    [
        ("from typing import List\n\ndef half(x: int) -> int:\n", "half"),
        ("\nconst isHalf = (x) => {\n", "isHalf"),
        ("\nfunc Half(x int) int {\n", "Half"),
        ("use md5;\n\nfn half(x:Vec<i32>) -> bool{\n", "half"),
        ("#include<stdio.h>\nbool half(vector<int> x){\n", "half"),
        ("class Solution {\n    public Optional<String> half(String text) throws Exception {\n", "half"),
    ],
)
def test_a_problem_of_humaneval_x_calls_what_its_declaration_ends_with(tmp_path, declaration, entry):
    row = {"task_id": "a/0", "prompt": "p\n", "declaration": declaration, "canonical_solution": "s", "test": "t"}
    [problem] = problems(HumanEvalX(path=lines(tmp_path / "humaneval_cpp.jsonl", row)), "cpp")
    assert (problem.entry, problem.prompt) == (entry, "p\n")
    [rust] = problems(HumanEvalX(path=lines(tmp_path / "humaneval_rust.jsonl", row)), "rust")
    assert rust.prompt == f"p\n{declaration}"


def test_of_several_functions_the_one_that_is_tested_is_called(tmp_path):
    row = {
        "task_id": "Rust/10",
        "prompt": "",
        "declaration": "fn is_it(s: &str) -> bool {\n",
        "test": "make_it(1) == 2",
    }
    row["canonical_solution"] = "    true\n}\n\nfn make_it(s: &str) -> bool {\n    is_it(s)\n}\n"
    [problem] = problems(HumanEvalX(path=lines(tmp_path / "humaneval_rust.jsonl", row)), "rust")
    assert problem.entry == "make_it"


def test_a_row_that_lacks_a_column_is_named_with_what_it_has(tmp_path):
    told = HumanEval(path=lines(tmp_path / "h.jsonl", {"task_id": "a", "prompt": "p"}))
    with pytest.raises(UsageError, match=r"h\.jsonl: problem 1 has no entry_point") as error:
        problems(told)
    assert error.value.hint == "a row of this benchmark has task_id, prompt"


def test_a_language_without_problems_is_an_error(tmp_path):
    row = {"name": "a", "prompt": "p", "tests": "candidate = f"}
    told = MultiplE(path=lines(tmp_path / "humaneval-rs.jsonl", row))
    with pytest.raises(UsageError, match="there are no problems in swift"):
        problems(told, "swift")


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")
def test_the_benchmarks_have_as_many_problems_as_were_published():
    data = Path(DATA or "")
    assert len(problems(HumanEval(path=str(data / "humaneval/HumanEval.jsonl.gz")))) == 164
    sanitized = Mbpp(path=str(data / "mbpp/sanitized-mbpp.json"))
    assert (len(problems(sanitized)), len(problems(sanitized.model_copy(update={"part": "all"})))) == (257, 426)
    found = {
        n: len(problems(MultiplE(path=str(data / "multipl-e")), n)) for n in ("java", "rust", "ruby", "swift", "go")
    }
    assert found == {"java": 158, "rust": 156, "ruby": 161, "swift": 159, "go": 154}
    translated = HumanEvalX(path=str(data / "humaneval-x"))
    assert {n: len(problems(translated, n)) for n in translated.languages()} == dict.fromkeys(
        ("cpp", "go", "java", "javascript", "python", "rust"), 164
    )


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")
def test_asked_in_python_multipl_e_is_the_problems_it_has_translated_under_the_same_names(tmp_path):
    data = Path(DATA or "")
    for file in (data / "multipl-e/humaneval-rb.jsonl.gz", data / "humaneval/HumanEval.jsonl.gz"):
        (tmp_path / file.name).symlink_to(file)
    benchmark = MultiplE(path=str(tmp_path))
    assert benchmark.languages() == ("python", "ruby")
    python = problems(benchmark.in_language("python"))
    assert len(python) == 161  # P1's 38.51 % of Python are 62 of these
    assert {p.id for p in python} == {p.id for p in problems(benchmark.in_language("ruby"), "ruby")}
    assert all(p.solution for p in python)


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")
def test_the_same_problem_has_the_same_task_in_every_language():
    data = Path(DATA or "")
    for benchmark in (HumanEvalX(path=str(data / "humaneval-x")), MultiplE(path=str(data / "multipl-e"))):
        java, go = ({benchmark.task(p.id) for p in problems(benchmark, name)} for name in ("java", "go"))
        assert len(java & go) >= 150
        assert len(java | go) <= 164


X = {"declaration": "d({\n", "canonical_solution": "  s\n}\n\n", "test": "t", "prompt": "// words\nd({\n"}


def test_a_translation_shows_a_solution_in_another_language_and_no_description(tmp_path):
    lines(tmp_path / "humaneval_java.jsonl", X | {"task_id": "Java/0", "declaration": "int f(int x) {\n"})
    row = X | {"task_id": "CPP/0", "declaration": "#include<x>\nint f(int x){\n", "prompt": "// words\nint f(int x){\n"}
    lines(tmp_path / "humaneval_cpp.jsonl", row)
    told = HumanEvalX(path=str(tmp_path), translate_from="java")
    [problem] = problems(told, "cpp")
    assert problem.preface == "code translation\nJava:\nint f(int x) {\n\n  s\n}\nC++:\n"
    assert problem.prompt == "#include<x>\nint f(int x){\n"
    assert (problem.id, problem.solution, problem.entry) == ("CPP/0", "  s\n}\n\n", "f")
    assert told.languages() == ("cpp",)
    assert told.called() == "humaneval-x from java"
    [plain] = problems(HumanEvalX(path=str(tmp_path)), "cpp")
    assert (plain.preface, plain.prompt) == ("", "// words\nint f(int x){\n")


def test_what_cannot_be_translated_is_refused(tmp_path):
    lines(tmp_path / "humaneval_cpp.jsonl", X | {"task_id": "CPP/0", "declaration": "int f(int x){\n"})
    told = HumanEvalX(path=str(tmp_path), translate_from="java")
    with pytest.raises(UsageError, match="CPP/0 has no solution in java"):
        problems(told, "cpp")
    with pytest.raises(UsageError, match="java is to be translated from itself"):
        problems(told, "java")


def passing(benchmark, language, answer=None):
    """The problems whose solutions, or this answer, are judged to pass."""
    spoken = load("languages", language)
    jobs = [
        job(p.id, spoken, prompt=p.prompt, text=answer or p.solution, entry=p.entry, tests=json.dumps(p.asked()))
        for p in problems(benchmark, language)
    ]
    judged = judge(load("executors", "sandbox")(), spoken, jobs, Host())
    return {name for name, found in judged.items() if found.verdict == Verdict.PASSED}, judged


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")
def test_the_solutions_of_a_language_pass_as_translations_into_it():
    """But for one whose published declaration is broken: it ends in the middle of a text."""
    told = HumanEvalX(path=str(Path(DATA or "") / "humaneval-x"), translate_from="java")
    passed, judged = passing(told, "python")
    assert set(judged) - passed == {"Python/142"}


PLUS = {
    "task_id": "HumanEval/0",
    "prompt": 'from typing import List\n\n\ndef half(xs: List[float]) -> List[float]:\n    """Half of each."""\n',
    "entry_point": "half",
    "canonical_solution": "    return [x / 2 for x in xs]\n",
    "base_input": [[[1, 2.5]]],
    "plus_input": [[[]], [[7, 0.1, 1e300]], [["1"]]],
    "contract": '    assert all(type(x) in (int, float) for x in xs), "invalid"\n',
    "atol": 0,
}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("    return [x / 2 for x in xs]\n", "passed"),
        ("    return [x * 0.5 + 1e-9 for x in xs]\n", "passed"),
        ("    return [x // 2 for x in xs]\n", "wrong answer"),
        ("    return [x / 2 for x in xs] if xs else None\n", "wrong answer"),
        ("    return tuple(x / 2 for x in xs)\n", "wrong answer"),
        ("    raise ValueError('no')\n", "runtime error"),
    ],
)
def test_evalplus_inputs_are_compared_with_the_canonical_solution(tmp_path, answer, verdict):
    """The last input is one that the contract rules out; no answer is asked for it."""
    told = HumanEval(path=lines(tmp_path / "HumanEvalPlus.jsonl", PLUS), tests="plus")
    assert told.called() == "humaneval+"
    _, judged = passing(told, "python", answer)
    found = judged["HumanEval/0"]
    assert found.verdict.value == verdict, found.detail
    if verdict == "wrong answer":
        assert "expected" in found.detail


def test_what_a_program_is_asked_cannot_be_patched_by_it(tmp_path):
    told = HumanEval(path=lines(tmp_path / "HumanEvalPlus.jsonl", PLUS), tests="plus")
    cheat = (
        "    return xs\n\n\ndef _same(*a):\n    return True\n\n\ndef exec(*a):\n    pass\n\n\n_names = {'half': half}\n"
    )
    passed, _ = passing(told, "python", cheat)
    assert not passed


MBPP_PLUS = {
    "task_id": "Mbpp/2",
    "prompt": '"""\nWrite a function to find the shared elements from the given two lists.\nassert 1\n"""\n',
    "entry_point": "similar_elements",
    "canonical_solution": "\ndef similar_elements(one, other):\n  return tuple(set(one) & set(other))\n",
    "base_input": [[[3, 4], [4, 5]]],
    "plus_input": [[[1, 2], [2, 1]]],
    "contract": "\n  assert isinstance(one, tuple)\n",
    "atol": 0,
}


def test_mbpp_plus_gets_its_tuples_back_and_its_sets_compared_as_sets(tmp_path):
    rows = [MBPP_PLUS, MBPP_PLUS | {"task_id": "Mbpp/511"}]
    told = Mbpp(path=lines(tmp_path / "MbppPlus.jsonl", MBPP_PLUS), tests="plus", part="all")
    assert passing(told, "python")[0] == {"Mbpp/2"}
    turned = "\ndef similar_elements(one, other):\n  return sorted(set(one) & set(other), reverse=True)\n"
    assert passing(told, "python", turned)[0] == {"Mbpp/2"}
    part = Mbpp(path=lines(tmp_path / "m.jsonl", *rows, MBPP_PLUS | {"task_id": "Mbpp/11"}), tests="plus")
    assert [problem.id for problem in problems(part)] == ["Mbpp/11"]


def test_evalplus_needs_its_file_and_says_which_line_is_none(tmp_path):
    with pytest.raises(ValidationError, match="path: HumanEvalPlus"):
        HumanEval(tests="plus")
    path = tmp_path / "HumanEvalPlus.jsonl"
    path.write_text(json.dumps(PLUS) + "\n[1]\n")
    with pytest.raises(UsageError, match=r"HumanEvalPlus\.jsonl:2: no problem in this line"):
        problems(HumanEval(path=str(path), tests="plus"))
    lines(path, {name: value for name, value in PLUS.items() if name != "plus_input"})
    with pytest.raises(UsageError, match="problem 1 has no plus_input"):
        problems(HumanEval(path=str(path), tests="plus"))


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder of benchmarks")
def test_the_validation_split_of_mbpp_is_for_development():
    sanitized = Mbpp(path=str(Path(DATA, "mbpp/sanitized-mbpp.json")), part="validation")
    assert (sanitized.develops(), sanitized.called()) == (True, "mbpp dev")
    found = [int(problem.id) for problem in problems(sanitized)]
    assert (len(found), min(found) > 510, max(found) < 601) == (42, True, True)
    test, whole = (sanitized.model_copy(update={"part": part}) for part in ("test", "all"))
    assert (test.develops(), test.holds(sanitized), whole.holds(sanitized)) == (False, False, True)


def test_problems_of_mbpp_in_other_languages_have_its_splits(tmp_path):
    rows = [
        {
            "name": f"mbpp_{n}_twice",
            "language": "lua",
            "prompt": "function twice(n)\n",
            "tests": "lu.assertEquals(twice(2), 4)\n",
        }
        for n in (510, 511, 600, 601)
    ]
    told = MultiplE(path=lines(tmp_path / "mbpp-lua.jsonl", *rows), version="mbpp", part="validation")
    assert [problem.id for problem in told.problems("lua", Host())] == ["mbpp_511_twice", "mbpp_600_twice"]
    assert (told.develops(), told.called(), known_as(told.called())) == (True, "multipl-e dev", "multipl-e")
    test, whole = (told.model_copy(update={"part": part}) for part in ("test", None))
    assert [problem.id for problem in test.problems("lua", Host())] == ["mbpp_510_twice"]
    assert (test.develops(), test.holds(told), whole.holds(told)) == (False, False, True)
    dev, every = Mbpp(part="validation"), Mbpp(part="all")
    assert (whole.holds(dev), every.holds(told), test.holds(dev), Mbpp().holds(told)) == (True, True, False, False)
    assert not MultiplE().holds(dev)
    with pytest.raises(ValueError, match="HumanEval has no parts"):
        MultiplE(part="validation")


def test_each_part_of_mbpp_comes_from_its_splits_on_the_hub_and_all_are_looked_for(monkeypatch):
    asked, numbers = [], {"prompt": 2, "test": 11, "validation": 511, "train": 601}

    def batches(name, *, commit, host, config, split):
        asked.append(split)
        yield pl.DataFrame(
            {
                "task_id": [numbers[split]],
                "text": [f"Write f{numbers[split]}."],
                "code": ["def f(x):\n    return x\n"],
                "test_list": [["assert f(1) == 1"]],
            }
        )

    monkeypatch.setattr(hub, "batches", batches)
    monkeypatch.setattr(hub, "commit", lambda *_, **__: "main")
    for part, ids in (("test", ["11"]), ("validation", ["511"]), ("all", ["2", "11", "511", "601"])):
        asked.clear()
        assert [problem.id for problem in problems(Mbpp(part=part))] == ids
        assert asked == [split for split, number in numbers.items() if str(number) in ids]
    monkeypatch.setattr(Mbpp, "lacking", lambda self: "")
    assert {text.id for text in Mbpp().texts(Host())} == {"2", "11", "511", "601"}
