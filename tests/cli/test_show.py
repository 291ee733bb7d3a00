"""`kcoder show`."""

import json
import shutil

import pytest
from click.testing import CliRunner

from kcoder.cli.screen import WIDTH
from kcoder.cli.show import command

#: the smallest training there is: rows are made for it, and it makes one step
TRAINED = """
name: trained
why: What does it see?
pretrain:
  {hidden: 32, layers: 1, context: 96, sequence_length: 64, vocabulary: 400, max_steps: 1,
   data: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}}
data: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}
train: {method: full, max_steps: 1}
"""


@pytest.fixture
def trained(kcoder):
    (kcoder.folder / "trained.yaml").write_text(TRAINED)
    assert kcoder("run", "trained.yaml").code == 0
    return kcoder.folder / "runs" / "trained"


def test_steps_and_facts(kcoder, tiny):
    assert "data.duplicates" in kcoder("show", "tiny").out
    said = kcoder("show", "tiny", "--stage", "data.split")
    assert '"train"' in said.out
    assert "data.read" not in said.out


def test_a_run_of_data_shows_what_became_of_the_rows_and_some_of_them(kcoder, tiny):
    said = kcoder("show", "tiny", "--stage", "data", "--rows", "2").out
    funnel = said[said.index("what became of the rows") :]
    assert "  data.read           300 rows" in funnel
    assert " exact duplicate" in funnel
    dropped = funnel[funnel.index("dropped by data.duplicates") : funnel.index("data.split: train")]
    kept = funnel[funnel.index("data.split: train") :]
    assert dropped.count("licence") == kept.count("licence") == 2
    assert "── exact duplicate: " in dropped
    assert kept.count("  prompt\n") == kept.count("  text\n") == 2
    assert "⏎" in kept and "python" in kept
    assert max(map(len, said.splitlines())) <= WIDTH


def test_one_step_shows_all_of_its_tables(kcoder, tiny):
    said = kcoder("show", "tiny", "--stage", "data.split", "--rows", "1").out
    assert [name for name in ("train", "valid", "test") if f"\ndata.split: {name}\n" in said] == [
        "train",
        "valid",
        "test",
    ]


def test_the_rows_nearest_to_benchmark_problems_are_shown_where_they_are_asked_for(kcoder, tiny):
    assert "nearest rows" not in kcoder("show", "tiny", "--stage", "data").out
    near = kcoder.tiny.replace("decontaminate: mini", "decontaminate: {benchmarks: mini, neighbours: hashing}")
    (kcoder.folder / "tiny.yaml").write_text(near)
    assert kcoder("run", "tiny.yaml").code == 0
    assert [s["step"] for s in json.loads((tiny / "run.json").read_text())["steps"] if s["state"] == "built"] == [
        "data.neighbours"
    ]
    said = kcoder("show", "tiny", "--stage", "data", "--rows", "1").out
    shown = said[said.index("nearest rows that were not found to hold a problem") :].splitlines()
    assert shown[1].startswith("vectors: hashing of runs of up to 2 words")
    pairs = [line for line in shown if line.startswith("── mini ")]
    assert 1 <= len(pairs) <= 2
    assert all("Jaccard 0." in line and "cosine 0." in line for line in pairs)
    assert shown.count("  problem") == shown.count("  row") == len(pairs)
    assert max(map(len, said.splitlines())) <= WIDTH
    card = (tiny / "data.README.md").read_text()
    assert "| mini | 0." in card
    assert "cosine of vectors by hashing of runs" in card


def test_no_rows_leaves_the_counts(kcoder, tiny):
    said = kcoder("show", "tiny", "--stage", "data", "--rows", "0").out
    assert "what became of the rows" in said
    assert "licence" not in said


def test_rows_are_shown_as_the_model_sees_them_once_one_did(kcoder, trained):
    data = kcoder("show", "trained", "--stage", "data", "--rows", "2").out
    rows = kcoder("show", "trained", "--stage", "train.rows", "--rows", "2").out
    seen = data[data.index("what the model sees: rows of 96 tokens, template plain") :]
    assert seen in rows
    assert "data.split: train" not in data  # the same documents, as they were before
    lines = seen.splitlines()
    assert sum(line.startswith("row ") for line in lines) == 2
    assert any(line.startswith("· ") and line.endswith("⏎") for line in lines)
    assert any(line.startswith("+ ") and line.endswith("⟦<|endoftext|>⟧") for line in lines)
    assert any(line.startswith("  python  ") for line in lines)
    assert "\x1b" not in data + rows  # no colours into a file
    assert max(map(len, (data + rows).splitlines())) <= WIDTH


def test_on_a_terminal_what_is_trained_has_a_colour(trained):
    said = CliRunner().invoke(command, ["trained", "--stage", "train.rows", "--rows", "1"], color=True).output
    coloured = [line for line in said.splitlines() if line.startswith("\x1b[")]
    assert any(line.startswith("\x1b[32m+ ") for line in coloured)
    assert any(line.startswith("\x1b[2m· ") for line in coloured)


def test_rows_whose_model_was_removed_are_told_to_be_gone(kcoder, trained):
    for folder in (kcoder.folder / "runs/.store").glob("pretrain-*"):
        shutil.rmtree(folder)
    said = kcoder("show", "trained", "--stage", "train.rows")
    assert said.code == 0
    assert "the model that has the words of these rows is gone" in said.out


def test_near_misses_are_suggested(kcoder, tiny):
    for args, hint in ((("show", "tinny"), "tiny"), (("show", "tiny", "--stage", "dta"), "data")):
        said = kcoder(*args)
        assert said.code == 2
        assert f"did you mean {hint}" in said.err


def test_an_unknown_problem_is_refused(kcoder, tiny):
    assert kcoder("show", "tiny", "--problem", "x").code == 2
