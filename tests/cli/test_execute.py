"""`kcoder execute`: completions made elsewhere, judged as ours."""

import json

import polars as pl
import pytest

PROBLEM = {"language": "python", "entry": "f", "tests": [[[1], 2]], "prompt": "def f(n):\n"}


@pytest.fixture
def files(kcoder):
    problems = [PROBLEM | {"id": name, "solution": "    return n + 1\n"} for name in ("a", "b", "c")]
    problems.append(PROBLEM | {"id": "broken", "solution": "    return n\n"})
    (kcoder.folder / "p.jsonl").write_text("".join(json.dumps(each) + "\n" for each in problems))
    texts = {
        "a": "    return n + 1\n\nprint(f(1))\n",
        "b": "    return n\n",
        "c": "    return (\n",
        "broken": "    return 2\n",
    }
    lines = [{"task_id": name, "completion": text} for name, text in texts.items()]
    (kcoder.folder / "c.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))


def test_scores_verdicts_and_what_was_not_scored_are_told(kcoder, files):
    said = kcoder("execute", "c.jsonl", "--benchmark", "p.jsonl", "-o", "out.jsonl")
    assert said.code == 0
    assert "  pass@1    1/3 = 33.3 % [6.1, 79.2]   wilson, 95 %" in said.out
    assert "  passed                2   50.0 %" in said.out
    assert "  build failed          1   25.0 %" in said.out
    assert "not scored, since their own solutions fail here: broken" in said.out
    rows = pl.read_ndjson(kcoder.folder / "out.jsonl")
    assert dict(rows.select("problem", "verdict").iter_rows()) == {
        "a": "passed",
        "b": "wrong answer",
        "broken": "passed",
        "c": "build failed",
    }


def test_completions_as_they_stand_are_scored_beside_those_cut(kcoder, files):
    lines = (kcoder.folder / "c.jsonl").read_text().splitlines()
    lines[0] = json.dumps({"task_id": "a", "completion": "    return n + 1\n\nThat is it.\n"})
    (kcoder.folder / "c.jsonl").write_text("\n".join(lines))
    said = kcoder("execute", "c.jsonl", "--benchmark", "p.jsonl", "--uncut", "-o", "out.jsonl")
    assert said.code == 0
    assert "  pass@1              1/3 = 33.3 %" in said.out
    assert "  pass@1 uncut        0/3 = 0.0 %" in said.out
    assert "  pass@1 cut - uncut  +33.3 points [+0.0, +100.0]   paired bootstrap over problems, 95 %" in said.out
    assert "passed" in pl.read_ndjson(kcoder.folder / "out.jsonl").filter(pl.col("problem") == "a")["verdict"]


def test_as_json_every_number_is_there(kcoder, files):
    told = json.loads(kcoder("execute", "c.jsonl", "--benchmark", "p.jsonl", "--json").out)
    [score] = told["scores"]["rows"]
    assert (score["metric"], score["k"], score["n"]) == ("pass@1", 1, 3)
    assert told["references"]["failed"] == ["broken"]


def test_the_benchmarks_own_solutions_can_be_judged_alone(kcoder, files):
    said = kcoder("execute", "--references", "--benchmark", "p.jsonl")
    assert said.out == "  3 of 4 reference solutions passed\n  broken: f(1) gave 1, expected 2\n"
    for words, message in (([], "nothing to judge"), (["c.jsonl", "--references"], "--references judges no file")):
        said = kcoder("execute", *words, "--benchmark", "p.jsonl")
        assert (said.code, message in said.err) == (2, True)


@pytest.fixture
def witnessed(kcoder):
    """Three problems without solutions; of `a` the second witness is right, of `b` the only one is wrong."""
    lines = [PROBLEM | {"id": name} for name in "abc"]
    (kcoder.folder / "bare.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    told = [("a", "    return n\n"), ("a", "```python\ndef f(n):\n    return n + 1\n```\n"), ("b", "    return n\n")]
    lines = [{"id": name, "answer": text} for name, text in told]
    (kcoder.folder / "w.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    return "{file: {path: bare.jsonl, witnesses: w.jsonl}}"


def test_witnesses_stand_in_for_solutions_and_take_no_problem_away(kcoder, witnessed):
    said = kcoder("execute", "--references", "--benchmark", witnessed)
    assert said.out.splitlines() == [
        "  no reference solutions",
        "  1 of 3 problems without a solution are passed by a witness",
        "  no witness passes: 1 problem, scored all the same: b",
        "  without a witness: 1 problem",
    ]
    lines = [{"task_id": name, "completion": "    return n + 1\n"} for name in "abc"]
    (kcoder.folder / "c.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    said = kcoder("execute", "c.jsonl", "--benchmark", witnessed)
    assert "  pass@1    3/3 = 100.0 %" in said.out
    assert "  no witness passes: 1 problem, scored all the same: b" in said.out


def test_a_file_of_witnesses_that_is_none_is_one_message(kcoder, witnessed):
    for text, message in (
        ("", "w.jsonl: there are no completions in it"),
        ('{"id": "z", "answer": ""}\n', "z is none"),
    ):
        (kcoder.folder / "w.jsonl").write_text(text)
        said = kcoder("execute", "--references", "--benchmark", witnessed)
        assert (said.code, message in said.err, "Traceback" in said.err) == (2, True, False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--benchmark", "humanevl"], "no benchmark is called 'humanevl'"),
        (["--benchmark", "p.jsonl", "--language", "pyhton"], "no language is called 'pyhton'"),
        (["--benchmark", "p.jsonl", "--pass-at", "one"], "'one' is no list of numbers"),
        (["--benchmark", "p.jsonl", "--language", "ruby"], "no problems in ruby"),
        (["--benchmark", "p.jsonl", "--pass-at", "2"], "have fewer than 2 samples"),
        (["--benchmark", "{mbpp: {part: some}}"], "--benchmark: "),
        (["--benchmark", "{mbpp"], "--benchmark: "),
    ],
)
def test_what_cannot_be_done_is_one_message(kcoder, files, words, message):
    said = kcoder("execute", "c.jsonl", *words)
    assert said.code in (1, 2)
    assert message in said.err
    assert "Traceback" not in said.err
