"""The planted copies are found, and innocent files are left alone."""

import json
import os
import sys
import sysconfig
from pathlib import Path

import polars as pl
import pytest

from kcoder.benchmarks.mini import MiniProblems
from kcoder.benchmarks.published import HumanEval, HumanEvalX, Mbpp
from kcoder.host import Host
from kcoder.leaks.finder import Finder, Sought
from kcoder.leaks.tokens import Marks
from kcoder.source import Wanted
from kcoder.sources.mini import Mini

sys.path.insert(0, str(Path(__file__).parent))
from planting import copies

DATA = os.environ.get("KCODER_TEST_DATA")
MARKS = {"python": Marks("#"), "javascript": Marks("//", ("/*", "*/"))}
with_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder of benchmarks")


@pytest.fixture(scope="module")
def finder():
    data = Path(DATA)
    known = {
        "humaneval": HumanEval(path=str(data / "humaneval/HumanEval.jsonl.gz")),
        "mbpp": Mbpp(path=str(data / "mbpp/sanitized-mbpp.json")),
        "humaneval-x": HumanEvalX(path=str(data / "humaneval-x/humaneval_js.jsonl.gz")),
    }
    sought = [
        Sought(name, t.language, t.id, t.prompt, t.solution, MARKS[t.language])
        for name, benchmark in known.items()
        for t in benchmark.texts(Host())
    ]
    assert len(sought) == 164 + 426 + 164
    return Finder(sought, common=5, share=0.6)


@with_data
@pytest.mark.parametrize("seed", range(100, 106))  # the thresholds were chosen on seeds 0 to 29
def test_at_least_48_of_50_planted_copies_are_found(finder, seed):
    planted = list(copies(Path(DATA), seed))
    assert len(planted) == 50 and len({c.alteration for c in planted}) == 5
    found = finder.find(pl.Series([c.text for c in planted]), [MARKS[c.language] for c in planted])
    hit = {(f.row, finder.sought[f.problem].id.rpartition("/")[2]) for f in found}
    missed = [c for n, c in enumerate(planted) if (n, c.problem.rpartition("/")[2]) not in hit]
    assert len(missed) <= 2, [(c.problem, c.alteration) for c in missed]


@with_data
def test_at_most_one_of_ten_thousand_innocent_files_is_flagged(finder):
    paths = sysconfig.get_paths()
    texts: dict[str, None] = {}
    for root in (paths["stdlib"], paths["purelib"]):
        for path in sorted(Path(root).rglob("*.py")):
            if 200 <= path.stat().st_size <= 30_000 and len(texts) < 10_000:
                texts[path.read_text("utf-8", "replace")] = None
    if len(texts) < 10_000:
        pytest.skip(f"only {len(texts):,} different files of Python are on this machine")
    column = pl.Series(list(texts))
    flagged = set()
    for at in range(0, len(column), 512):
        part = column.slice(at, 512)
        flagged |= {at + f.row for f in finder.find(part, [MARKS["python"]] * len(part))}
    assert len(flagged) <= 1, [column[row][:200] for row in flagged]


@with_data
def test_what_is_found_in_a_set_of_instructions_is_the_same_function_and_no_idiom(finder):
    rows = json.loads((Path(DATA) / "codealpaca/code_alpaca_2k.json").read_text("utf-8"))
    texts = pl.Series([f"{r['instruction']}\n{r['input']}\n{r['output']}" for r in rows])
    found = finder.find(texts, [None] * len(texts))
    of_humaneval = {
        (f.row, finder.sought[f.problem].id) for f in found if finder.sought[f.problem].set == "humaneval python"
    }
    # the maximum element of an array, twice, whether a string is a palindrome, and the prime numbers of a range
    real = {(1121, "HumanEval/35"), (1255, "HumanEval/35"), (1149, "HumanEval/48"), (422, "HumanEval/96")}
    assert of_humaneval == real
    assert len({f.row for f in found}) <= 10


def test_variations_of_one_theme_are_not_taken_for_each_other():
    marks = {"python": Marks("#"), "lua": Marks("--", ("--[[", "]]"))}
    sought = [
        Sought("mini", t.language, t.id, t.prompt, t.solution, marks[t.language]) for t in MiniProblems().texts(Host())
    ]
    assert len(sought) == 200
    finder = Finder(sought, common=5, share=0.6)
    rows = pl.concat(Mini(functions=10_000).batches(Wanted({"python": 0.5, "lua": 0.5})))
    texts = rows.select(pl.concat_str("prompt", "text")).to_series()
    found = finder.find(texts, [marks[name] for name in rows["language"]])
    assert len({f.row for f in found}) <= 10  # no skeleton is shared, and one in a thousand is hardly another


def test_a_row_that_is_the_problem_is_found_by_both_its_parts_and_shown():
    prompt = (
        'def spread(readings):\n    """Return the difference between the warmest and the coldest of the readings,\n'
        '    leaving out every one that a broken sensor reported as minus forty degrees."""\n'
    )
    solution = (
        "    usable = [each for each in readings if each != -40]\n"
        "    return max(usable) - min(usable) if usable else 0\n"
    )
    finder = Finder([Sought("own", "python", "spread", prompt, solution, Marks("#"))], common=5, share=0.6)
    other = "def area(width, height):\n    return width * height\n"
    found = finder.find(pl.Series([other, other + prompt + solution, None]), [Marks("#"), None, None])
    assert [(f.row, f.problem, f.share, f.how) for f in found] == [(1, 0, 1.0, "both")]
    assert "warmest" in found[0].excerpt and "usable = [" in found[0].excerpt and "area" not in found[0].excerpt


def test_what_a_prompt_asks_is_found_in_a_row_that_solves_it_otherwise():
    prompt = "Write a function that counts how many harbours lie within a given distance of the lighthouse on a chart."
    finder = Finder([Sought("own", "python", "h", prompt, "    return 1\n", Marks("#"))], common=5, share=0.6)
    assert finder.found_by() == [frozenset({"prompt"})]
    row = f"Question: {prompt.replace(' a given', chr(10) + '# a given')}\nsum(near(x) for x in chart)\n"
    [found] = finder.find(pl.Series([row]), [None])
    assert (found.how, found.share) == ("prompt", 1.0)
