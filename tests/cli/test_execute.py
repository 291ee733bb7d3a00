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
