import json
from typing import ClassVar

import pytest

from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Outcome, Reference, Score, frame
from kcoder.stage import Stage, Step
from kcoder.stages.complete import CompleteProblems
from kcoder.stages.execute import ExecutePrograms
from kcoder.stages.references import ExecuteReferences
from kcoder.stages.report import Report, Select, Variant
from kcoder.stages.score import ScoreOutcomes


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


# ---- through the stages that judge and score -----------------------------------------------------------------


class Judgements:
    """Steps of a variant as the section wires them; what their programs came to is made, a text of 1 and 0."""

    def __init__(self, folder):
        self.folder, self.files = folder, {}
        self.mini, self.lua = load("benchmarks", "mini")(), load("languages", "lua")
        self.references = Step("evaluate.lua.references", ExecuteReferences(benchmark=self.mini, language=self.lua))

    def solved(self, marks):
        """What the benchmark's own solutions came to."""
        self._put(self.references["references"], Reference, marks)

    def variant(self, name, base, tuned, **asked):
        scores, outcomes = {}, {}
        for of, marks in (("base", base), ("tuned", tuned)):
            at = f"evaluate.{of}.lua"
            completed = Step(f"{at}.complete", CompleteProblems(benchmark=self.mini, language=self.lua, **asked))
            executed = ExecutePrograms(completions=completed["completions"], language=self.lua)
            step = Step(f"{at}.execute", executed)
            outcomes[step.name] = step["outcomes"]
            self._put(step["outcomes"], Outcome, marks)
            references = (self.references["references"],) if self.references["references"] in self.files else ()
            score = Step(f"{at}.score", ScoreOutcomes(outcomes=(step["outcomes"],), of=of, references=references))
            out = self.folder / f"{len(self.files)}-score"
            out.mkdir()
            score.stage.run(self.files, out, Host())
            self.files[score["scores"]] = out / "scores.parquet"
            scores[score.name] = score["scores"]
        references = {step.name: step["references"] for step in [self.references] if step["references"] in self.files}
        return Variant(name=name, scores=scores, outcomes=outcomes, references=references)

    def told(self, *variants):
        out = self.folder / "out"
        out.mkdir()
        Report(name="s", target="lua", variants=variants).run(self.files, out, Host())
        return json.loads((out / "results/results.json").read_bytes())

    def _put(self, output, kind, marks):
        place = {"benchmark": "mini", "language": "lua", "isolation": "namespaces"}
        place |= {"sample": 0} if kind is Outcome else {}
        verdicts = ("wrong answer", "passed")
        rows = [place | {"problem": f"p{n}", "verdict": verdicts[mark == "1"]} for n, mark in enumerate(marks)]
        self.files[output] = self.folder / f"{len(self.files)}.parquet"
        frame(kind, rows).write_parquet(self.files[output])


def test_two_variants_are_compared_with_each_other_and_with_their_base(tmp_path):
    made = Judgements(tmp_path)
    told = made.told(
        made.variant("lora", "0" * 20, "1" * 8 + "0" * 12), made.variant("full", "0" * 20, "1" * 6 + "0" * 14)
    )
    [family] = told["comparisons"]
    assert [(p["model"], p["against"], p["points"], p["p"]) for p in family["pairs"]] == [
        ("lora", "base", 40.0, 3 * 2 / 2**8),
        ("full", "base", 30.0, 2 * 2 / 2**6),
        ("full", "lora", -10.0, 2 / 2**2),
    ]
    assert family["unranked"] == []


def test_variants_evaluated_under_other_settings_are_not_ranked_and_it_is_said_why(tmp_path):
    made = Judgements(tmp_path)
    told = made.told(
        made.variant("short", "0000", "1000", max_tokens=8), made.variant("long", "0000", "1111", max_tokens=9)
    )
    [family] = told["comparisons"]
    assert [(p["model"], p["against"]) for p in family["pairs"]] == [
        ("short", "base"),
        ("long", "base of long"),
    ]
    assert [(p["model"], p["against"]) for p in family["unranked"]][-1] == ("long", "short")
    why = "long and short cannot be ranked on mini in lua: complete.max_tokens is 9 against 8"
    assert family["unranked"][-1]["why"] == why
    assert f"{why}." in told["answer"]
    made.folder.joinpath("run").mkdir()
    Report.model_construct().publish(made.folder / "out", made.folder / "run", {})
    assert f"{why}; evaluate both under the same settings" in (made.folder / "run/report.html").read_text()


def test_a_problem_that_its_own_solution_does_not_solve_is_in_no_comparison(tmp_path):
    made = Judgements(tmp_path)
    made.solved("1110")
    told = made.told(made.variant("lora", "0000", "1100"))
    [family] = told["comparisons"]
    assert [(p["points"], p["n"], p["only_model"]["count"]) for p in family["pairs"]] == [(66.666667, 3, 2)]
    assert [(c["points"], c["n"]) for c in told["changes"]] == [(66.666667, 3)]
    assert [p["problem"] for p in told["problems"]] == ["p0", "p1", "p2"]
