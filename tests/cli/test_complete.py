"""`kcoder complete`, and what a run measures on documents held out: both want a run with models."""

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from kcoder.cli import _exit_code

SPEC = """
name: asked
pretrain:
  architecture: llama
  hidden: 32
  layers: 1
  heads: 4
  vocabulary: 320
  context: 96
  sequence_length: 64
  max_steps: 30
  fim: {rate: 0.5}
  data: &rows {source: rows.jsonl, language: python, decontaminate: problems.jsonl, split: {by: [repository]}}
data: *rows
train: {method: full, epochs: 15, batch_size: 4, learning_rate: 1e-2}
evaluate:
  benchmark: problems.jsonl
  languages: [python]
  samples: 1
  temperature: 0
  pass_at: [1]
  max_tokens: 8
  perplexity: {split: test, stride: 10, context: 24, documents: 15}
  infill: {split: valid, documents: 12, max_tokens: 8}
"""
ROWS = [{"id": f"{n}", "text": f"def f{n}(x):\n    y = x + {n}\n    return y * {n % 7}\n"} for n in range(400)]
PROBLEM = {"id": "p", "language": "python", "prompt": "def add(n):\n", "entry": "add", "tests": [[[1], 2]]}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A folder in which a small model was made, trained, and measured."""
    folder, before = tmp_path_factory.mktemp("asked"), Path.cwd()
    (folder / "asked.yaml").write_text(SPEC)
    (folder / "problems.jsonl").write_text(json.dumps(PROBLEM) + "\n")
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    os.chdir(folder)
    try:
        assert _exit_code(["run", "asked.yaml", "--threads", "1"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def asked(kcoder, ran, monkeypatch):
    monkeypatch.chdir(ran)
    return kcoder


def test_what_comes_is_the_answer_and_nothing_else(asked, ran):
    said = asked("complete", "asked", "def add(n):\n", "--max-tokens", "5")
    assert said.code == 0
    [told] = json.loads(asked("complete", "asked", "def add(n):\n", "--max-tokens", "5", "--json").out)
    assert told["model"] == "tuned" or told["model"] != "base"
    assert said.out == told["text"].rstrip("\n") + "\n"
    (ran / "prompt.py").write_text("def add(n):\n")
    assert asked("complete", "asked", "--file", "prompt.py", "--max-tokens", "5").out == said.out


def test_base_and_tuned_model_and_several_samples_can_be_asked(asked):
    told = json.loads(
        asked("complete", "asked", "def f", "--base", "--samples", "3", "--temperature", "1", "--json").out
    )
    assert [each["model"] for each in told] == ["base"] * 3
    assert len({each["text"] for each in told}) > 1
    again = json.loads(
        asked("complete", "asked", "def f", "--base", "--samples", "3", "--temperature", "1", "--json").out
    )
    assert again == told
    said = asked("complete", "asked", "def f", "--samples", "2", "--max-tokens", "3")
    assert "── 1" in said.out and "── 2" in said.out


def test_a_program_is_judged_at_once(asked, ran):
    """The model has learnt to go on with `return y * k`, with some k."""
    for name, tests in (("right", "assert f5(0) in range(0, 500, 5)\n"), ("wrong", "assert f5(0) == -1\n")):
        (ran / f"{name}.py").write_text(tests)
    told = ["complete", "asked", "def f5(x):\n    y = x + 5", "--language", "python", "--max-tokens", "12", "--tests"]
    [judged] = json.loads(asked(*told, "right.py", "--json").out)
    assert (judged["verdict"], judged["isolation"] != "") == ("passed", True)
    assert judged["program"].startswith("def f5(x):\n    y = x + 5\n    return y * ")
    assert asked(*told, "right.py").out.splitlines()[-1] == "── passed"
    assert asked(*told, "wrong.py").out.splitlines()[-1].startswith("── wrong answer")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nowhere", "x"], "nowhere"),
        (["asked", "x", "--variant", "tund"], "no model called tund"),
        (["asked", "x", "--language", "pyton"], "did you mean python?"),
        (["asked", "x", "--tests", "t.py"], "in which language?"),
        (["asked", "x", "--file", "y"], "two prompts"),
        (["asked", "--file", "nowhere.py"], "nowhere.py: No such file"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, args, words):
    said = asked("complete", *args)
    assert said.code == 2
    assert words in said.err


def test_a_run_without_a_model_says_so(kcoder, tiny):
    said = kcoder("complete", "tiny", "x")
    assert (said.code, "tiny has no model" in said.err) == (2, True)


def test_perplexity_and_filled_holes_of_both_models_stand_in_the_results(ran):
    told = json.loads((ran / "runs/asked/results.json").read_text())
    found = {(row["of"], row["metric"]): row for row in told["scores"]}
    assert set(found) == {
        (of, metric) for of in ("base", "tuned") for metric in ("pass@1", "perplexity", "bits_per_byte", "exact_match")
    }
    base, tuned = found["base", "perplexity"], found["tuned", "perplexity"]
    assert base["benchmark"] == tuned["benchmark"] == "test split, stride 10 of 24"
    assert 1 < tuned["value"] < base["value"]
    assert found["tuned", "bits_per_byte"]["unit"] == "bits per byte"
    assert found["base", "exact_match"]["benchmark"] == "valid split, line"
    assert found["base", "exact_match"]["n"] == 12
    rows = list(csv.DictReader(io.StringIO((ran / "runs/asked/results.csv").read_text())))
    assert {row["unit"] for row in rows if row["metric"] == "perplexity"} == {"perplexity"}
    page = re.sub("<[^>]+>", "", (ran / "runs/asked/report.html").read_text())
    assert f"{tuned['value']:.3f} [{tuned['low']:.3f}, {tuned['high']:.3f}]" in page
    assert "test split, stride 10 of 24" in page


def test_run_again_everything_is_reused(asked):
    said = asked("run", "asked.yaml", "--json")
    assert said.code == 0
    assert {json.loads(line)["event"] for line in said.out.splitlines()} == {"reused"}
