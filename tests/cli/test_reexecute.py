"""`kcoder reexecute`."""

import json

import polars as pl
import pytest

SPEC = """
name: judged
why: Does it stay?
pretrain:
  {hidden: 32, layers: 1, context: 160, sequence_length: 64, vocabulary: 400, max_steps: 1,
   data: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}}
evaluate: {benchmark: mini, languages: [python], samples: 1, temperature: 0, pass_at: [1], max_tokens: 8}
"""


@pytest.fixture
def run(kcoder):
    (kcoder.folder / "judged.yaml").write_text(SPEC)
    assert kcoder("run", "judged.yaml").code == 0
    return kcoder.folder / "runs" / "judged"


def test_nothing_of_the_run_is_written(kcoder, run):
    def state():
        files = [path for path in run.parent.rglob("*") if path.is_file() and not path.is_symlink()]
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}

    before = state()
    assert kcoder("reexecute", "judged", "--sample", "5").code == 0
    assert state() == before


def test_a_sample_is_judged_again_and_is_as_it_was(kcoder, run):
    said = kcoder("reexecute", "judged", "--sample", "10")
    assert said.code == 0, said.err
    assert "10 of 10 as they were, drawn from" in said.out


def test_an_outcome_that_has_drifted_is_told_with_both_verdicts(kcoder, run):
    [table] = (run.parent / ".store").glob("*/outcomes.parquet")
    table.chmod(0o644)
    rows = pl.read_parquet(table).with_columns(verdict=pl.lit("passed"))
    rows.write_parquet(table)
    said = kcoder("reexecute", "judged", "--sample", "3", "--json")
    assert said.code == 4
    [found] = json.loads(said.out)
    assert found["sampled"] == len(found["drifted"]) == 3
    assert found["drifted"][0]["was"] == "passed"
    assert found["drifted"][0]["now"] != "passed"


def test_a_run_without_outcomes_says_so(kcoder, tiny):
    said = kcoder("reexecute", "tiny")
    assert said.code == 2
    assert "has no outcomes" in said.err
