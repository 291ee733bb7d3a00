"""The planted copies are found, and innocent files are left alone."""

import os
import sys
import sysconfig
from pathlib import Path

import polars as pl
import pytest

from kcoder.benchmarks.published import HumanEval, HumanEvalX, Mbpp
from kcoder.host import Host
from kcoder.leaks.finder import Finder, Sought
from kcoder.leaks.tokens import Marks

sys.path.insert(0, str(Path(__file__).parent))
from planting import copies

DATA = os.environ.get("KCODER_TEST_DATA")
MARKS = {"python": Marks("#"), "javascript": Marks("//", ("/*", "*/"))}
pytestmark = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder of benchmarks")
#: characters of a solution, blanks not counted: shorter ones cannot be told from chance once every name is changed
LEAST = 120


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


@pytest.mark.parametrize("seed", [1, 2, 4, 5])
def test_at_least_48_of_50_planted_copies_are_found(finder, seed):
    planted = list(copies(Path(DATA), seed, LEAST))
    assert len(planted) == 50 and len({c.alteration for c in planted}) == 5
    found = finder.find(pl.Series([c.text for c in planted]), [MARKS[c.language] for c in planted])
    hit = {(f.row, finder.sought[f.problem].id.rpartition("/")[2]) for f in found}
    missed = [c for n, c in enumerate(planted) if (n, c.problem.rpartition("/")[2]) not in hit]
    assert len(missed) <= 2, [(c.problem, c.alteration) for c in missed]


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
