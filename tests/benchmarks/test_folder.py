"""Problems from a folder."""

import json
from pathlib import Path

import pytest

from kcoder.benchmark import Benchmark
from kcoder.benchmarks.folder import ProblemFolder
from kcoder.choose import choose
from kcoder.errors import UsageError
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.judging import job, judge
from kcoder.plugin import load

TWICE = {"prompt": "def twice(n):\n", "tests": "assert twice(2) == 4\n", "solution": "    return 2 * n\n"}


def folder(root: Path, **files: str) -> ProblemFolder:
    """`twice__prompt__py="..."` is the file twice/prompt.py, `twice_prompt_py` twice.prompt.py."""
    for name, text in files.items():
        path = root / name.replace("__", "/", 1).replace("__", ".") if "__" in name else root / name.replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return ProblemFolder(path=str(root))


def apart(name: str = "twice", ending: str = "py", **changed: str) -> dict[str, str]:
    return {f"{name}__{part}__{ending}": text for part, text in (TWICE | changed).items()}


def problems(benchmark, language="python"):
    return list(benchmark.problems(language, Host()))


def test_a_problem_is_a_folder_or_files_of_one_name(tmp_path):
    pair = {f"half_{part}_py": text.replace("twice", "half") for part, text in TWICE.items() if part != "solution"}
    found = problems(folder(tmp_path, **apart(), **pair))
    assert [(p.id, p.entry, p.solution) for p in found] == [
        ("half", "half", ""),
        ("twice", "twice", "    return 2 * n\n"),
    ]
    assert found[1].prompt == TWICE["prompt"]
    assert found[1].program.text == TWICE["tests"]


def test_one_problem_may_be_asked_in_several_languages(tmp_path):
    ruby = apart(ending="rb", prompt="def twice(n)\n", tests="assert_equal(4, twice(2))\n", solution="  2 * n\nend\n")
    told = folder(tmp_path, **apart(), **ruby)
    assert told.languages() == ("python", "ruby")
    assert [p.prompt for p in problems(told, "ruby")] == ["def twice(n)\n"]


def test_hidden_files_and_read_mes_are_no_problems(tmp_path):
    told = folder(tmp_path, **apart())
    for name in (".DS_Store", "README.md", "twice/notes.txt", "twice/.hidden.py", "_old.py"):
        (tmp_path / name).write_text("words")
    assert [p.id for p in problems(told)] == ["twice"]


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        (
            {"twice__prompt__py": "def twice(n):\n"},
            r"twice: the python problem has no tests, only prompt\.py",
            "twice/tests.py",
        ),
        ({"twice_tests_py": "assert twice(1)"}, r"twice: the python problem has no prompt", "twice.prompt.py"),
        (
            {"twice__prompt__cpp": "int f() {", "twice__prompt__cc": "int f() {"},
            r"twice: two files are its prompt: prompt\.cc and prompt\.cpp",
            "keep one",
        ),
        ({"twice__prompt__zig": "fn f"}, r"prompt\.zig: no language is known for \.zig", ".py"),
        ({"twice__test__py": "assert 1"}, "nothing called test", "did you mean tests.py?"),
        ({"twice__promt__py": "def f():"}, "nothing called promt", "did you mean prompt.py?"),
        ({"twice.py": "def f():"}, "what it is of a problem is not clear", "NAME.prompt.py"),
    ],
)
def test_what_is_not_clear_is_named(tmp_path, files, message, hint):
    with pytest.raises(UsageError, match=message) as told:
        problems(folder(tmp_path, **files))
    assert hint in told.value.hint


def test_a_prompt_that_declares_nothing_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"prompt\.py: it declares no function"):
        problems(folder(tmp_path, **apart(prompt="# twice\n", tests="print(2)\n")))


def test_a_folder_without_problems_and_a_language_without_them_are_refused(tmp_path):
    with pytest.raises(UsageError, match="there are no problems in it"):
        problems(folder(tmp_path))
    with pytest.raises(UsageError, match="no problems in ruby") as told:
        problems(folder(tmp_path, **apart()), "ruby")
    assert told.value.hint == "there are problems in: python"
    with pytest.raises(UsageError, match="is no folder"):
        ProblemFolder(path=str(tmp_path / "nowhere")).languages()


def test_the_content_decides_the_key_and_the_place_does_not(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = folder(tmp_path / "one", **apart()), folder(tmp_path / "other", **apart())
    assert one.world() == other.world()
    before = one.world()
    folder(tmp_path / "one", **apart(tests="assert twice(3) == 6\n"))
    assert one.world() != before


def test_the_path_of_a_folder_stands_where_a_benchmark_does(tmp_path):
    folder(tmp_path, **apart())
    assert choose(Benchmark, str(tmp_path)) == ProblemFolder(path=str(tmp_path))


def test_its_solutions_and_wrong_ones_are_judged_as_any_benchmarks(tmp_path):
    told = folder(tmp_path, **apart(), **apart("broken", solution="    return n\n"))
    python = load("languages", "python")
    jobs = [
        job(p.id, python, prompt=p.prompt, text=p.solution, entry=p.entry, tests=json.dumps(p.asked()))
        for p in problems(told)
    ]
    judged = judge(Sandbox(), python, jobs, Host())
    assert {name: found.verdict.value for name, found in judged.items()} == {
        "twice": "passed",
        "broken": "wrong answer",
    }
