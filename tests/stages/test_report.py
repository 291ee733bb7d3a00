import json
from typing import ClassVar

import pytest

from kcoder.host import Host
from kcoder.records import Outcome, Score, frame
from kcoder.stage import Stage, Step
from kcoder.stages.report import Report, Select, Variant


class Judge(Stage):
    produces: ClassVar = {"outcomes": Outcome, "scores": Score}


@pytest.fixture
def study(tmp_path):
    """One variant: the base passes p0 of two Lua problems, the tuned model passes both."""
    files, scores, outcomes = {}, {}, {}
    for of, passed in (("base", ["p0"]), ("tuned", ["p0", "p1"])):
        step = Step(f"evaluate.{of}.lua.execute", Judge())
        place = {"benchmark": "mini", "language": "lua", "isolation": "limits"}
        verdicts = {p: "passed" if p in passed else "timed out" for p in ("p0", "p1")}
        rows = [{"problem": p, "sample": 0, "verdict": verdict, **place} for p, verdict in verdicts.items()]
        share = {"value": len(passed) / 2, "low": 0.0, "high": 1.0, "k": len(passed), "n": 2}
        score = {"of": of, "metric": "pass@1", "samples": 1, "temperature": 0.0, **share, **place}
        for output, kind, content in (("outcomes", Outcome, rows), ("scores", Score, [score])):
            files[step[output]] = tmp_path / f"{of}-{output}.parquet"
            frame(kind, content).write_parquet(files[step[output]])
        scores[step.name], outcomes[step.name] = step["scores"], step["outcomes"]
    variant = Variant(name="lora", settings={"train.method": "lora"}, scores=scores, outcomes=outcomes)
    return Report(name="s", why="Does it learn?", variants=(variant,), target="lua"), files


def made(study, out):
    out.mkdir()
    return study[0].run(study[1], out, Host())


def test_every_input_is_wired(study):
    assert [path for path, _ in study[0].inputs()] == [
        "variants[0].scores.evaluate.base.lua.execute",
        "variants[0].scores.evaluate.tuned.lua.execute",
        "variants[0].outcomes.evaluate.base.lua.execute",
        "variants[0].outcomes.evaluate.tuned.lua.execute",
    ]


def test_the_artifact_holds_every_number(study, tmp_path):
    facts = made(study, tmp_path / "out")
    told = json.loads((tmp_path / "out/results/results.json").read_bytes())
    assert [(s["model"], s["k"], s["n"], s["split"]) for s in told["scores"]] == [
        ("base", 1, 2, "test"),
        ("lora", 2, 2, "test"),
    ]
    assert told["changes"][0]["points"] == 50.0
    assert facts["scores"] == 2
    assert (tmp_path / "out/results/results.csv").read_text().startswith("kind,model,against,benchmark")


def test_the_same_inputs_make_the_same_bytes(study, tmp_path):
    made(study, tmp_path / "one")
    made(study, tmp_path / "two")
    for name in ("results.json", "results.csv"):
        assert (tmp_path / "one/results" / name).read_bytes() == (tmp_path / "two/results" / name).read_bytes()


def test_publishing_puts_the_page_and_the_numbers_into_the_run(study, tmp_path):
    made(study, tmp_path / "out")
    run = tmp_path / "run"
    run.mkdir()
    # a stored report is published by a stage that knows no options
    Report.model_construct().publish(tmp_path / "out", run, {"command": "kcoder run s.yaml"})
    assert sorted(p.name for p in run.iterdir()) == ["report.html", "results.csv", "results.json"]
    assert "<h1>Does it learn?</h1>" in (run / "report.html").read_text("utf-8")
    assert "kcoder run s.yaml" in (run / "report.html").read_text("utf-8")
    assert (run / "results.json").read_bytes() == (tmp_path / "out/results/results.json").read_bytes()


def test_publishing_needs_no_diary(study, tmp_path):
    made(study, tmp_path / "out")
    study[0].publish(tmp_path / "out", tmp_path, {})
    assert "Protocol" in (tmp_path / "report.html").read_text("utf-8")


def test_problems_for_choices_are_no_test():
    chooses = Report(name="s", target="lua", select=Select(on="humaneval-half"))
    assert [chooses.split(b) for b in ("mini", "mini-dev", "humaneval-half")] == ["test", "dev", "dev"]


def test_the_plan_says_how_many_variants_are_compared(study):
    assert study[0].describe() == "1 variant"
