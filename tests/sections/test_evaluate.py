"""`evaluate`."""

from importlib.metadata import EntryPoint

import pytest
from pydantic import ValidationError

from kcoder import choose, plugin
from kcoder.choose import validated
from kcoder.host import Host
from kcoder.plugin import identity, load, name_of
from kcoder.section import Wires
from kcoder.sections.data import DataSection
from kcoder.sections.evaluate import EvaluateSection
from kcoder.sections.model import ModelSection
from kcoder.sections.train import TrainSection
from kcoder.stage import Step
from kcoder.stages.borrow import Borrow
from kcoder.stages.references import ExecuteReferences


def evaluate(**told):
    return validated(EvaluateSection, {"benchmark": "mini", **told})


def test_base_is_always_evaluated_and_the_tuned_model_where_there_is_one():
    def who(up):
        made = evaluate(samples=1, temperature=0, pass_at=[1]).steps(up, "evaluate").steps
        return [s.name for s in made if s.name.startswith("evaluate")]

    up = ModelSection(id="x").steps(Wires(), "model")
    assert who(up) == [
        "evaluate.python.references",
        "evaluate.base.python.complete",
        "evaluate.base.python.execute",
        "evaluate.base.score",
    ]
    tuned = Step("train", Borrow(source="y"))
    assert who(up.then(tuned, model=tuned["model"]))[4:] == [
        "evaluate.tuned.python.complete",
        "evaluate.tuned.python.execute",
        "evaluate.tuned.score",
    ]


def test_the_benchmarks_own_solutions_come_first_and_every_score_knows_them():
    up = ModelSection(id="x").steps(Wires(), "model")
    made = {s.name: s for s in evaluate(temperature=[0.2, 0.8]).steps(up, "evaluate").steps}
    references = (made["evaluate.python.references"]["references"],)
    assert made["evaluate.base.t0.2.score"].stage.references == references
    assert made["evaluate.base.t0.8.score"].stage.references == references


def test_a_benchmark_without_solutions_has_none_to_judge():
    up = ModelSection(id="x").steps(Wires(), "model")
    made = evaluate(benchmark="multipl-e", languages=["swift", "python"]).steps(up, "evaluate").steps
    assert [s.name for s in made if s.name.endswith("references")] == ["evaluate.python.references"]


@pytest.mark.parametrize(
    ("languages", "benchmark"), [(["python"], "humaneval"), (["swift", "python"], "multipl-e"), (["rust"], "multipl-e")]
)
def test_the_benchmark_follows_the_languages_where_none_is_named(languages, benchmark):
    assert name_of(validated(EvaluateSection, {"languages": languages}).benchmark) == benchmark


def test_python_is_asked_as_a_language_of_multipl_e():
    """P1's 161 problems: those of HumanEval that MultiPL-E has translated."""
    section = validated(EvaluateSection, {"languages": ["swift", "python"], "file": "problems"})
    up = ModelSection(id="x").steps(Wires(), "model")
    asked = {s.name: s.stage.benchmark for s in section.steps(up, "evaluate").steps if s.name.endswith("complete")}
    swift, python = asked["evaluate.base.t0.2.swift.complete"], asked["evaluate.base.t0.2.python.complete"]
    assert (name_of(swift), name_of(python)) == ("multipl-e", "humaneval")
    assert swift.called() == python.called() == "multipl-e"
    assert swift.path == python.path == "problems"


def test_a_file_stands_among_the_options_of_the_benchmark_and_of_no_other():
    told = {"benchmark": {"humaneval": {"tests": "plus"}}, "file": "plus.jsonl.gz"}
    assert validated(EvaluateSection, told).benchmark.path == "plus.jsonl.gz"  # which it has to have
    own = {"benchmark": {"humaneval": {"path": "own.jsonl"}}, "file": "plus.jsonl.gz"}
    assert validated(EvaluateSection, own).benchmark.path == "own.jsonl"


def test_a_benchmark_that_cannot_be_loaded_is_a_fault_of_its_field(monkeypatch):
    broken = EntryPoint("broken", "no_such_module:X", "kcoder.benchmarks")
    for module in (plugin, choose):  # both have the name
        monkeypatch.setattr(module, "registered", lambda group: {"broken": broken})
    for told in ({}, {"file": "x.jsonl"}):
        with pytest.raises(ValidationError) as caught:
            validated(EvaluateSection, {"benchmark": "broken", **told})
        fault = next(each for each in caught.value.errors() if each["loc"] == ("benchmark",))
        assert fault["msg"].startswith("plugin 'broken' cannot be loaded: ModuleNotFoundError")
        assert fault["ctx"]["hint"] == "mend or uninstall that package"


def test_a_file_is_for_benchmarks_that_have_one():
    told = validated(EvaluateSection, {"benchmark": "mini", "file": "x.jsonl"})
    faults = [o.message for o in told.objections({"model": ModelSection(id="x")})]
    assert "evaluate.file: mini is read from no file" in faults


def test_the_first_problems_alone_have_their_solutions_run(tmp_path):
    stage = ExecuteReferences(benchmark=load("benchmarks", "mini")(), language=load("languages", "python"), problems=3)
    assert stage.run({}, tmp_path, Host())["references"] == 3
    assert stage.describe() == "the solutions of the first 3 of mini in python"


def test_completions_are_run_as_they_stand_too_only_where_that_is_asked_for():
    up = ModelSection(id="x").steps(Wires(), "model")
    asked = {"samples": 1, "temperature": 0, "pass_at": [1], "languages": ["python", "lua"]}
    plain, made = (
        {s.name: s.stage for s in evaluate(uncut=told, **asked).steps(up, "evaluate").steps} for told in (False, True)
    )
    assert set(made) - set(plain) == {"evaluate.base.python.uncut", "evaluate.base.lua.uncut"}
    assert plain["evaluate.base.score"].uncut is None
    assert [str(each) for each in made["evaluate.base.score"].uncut] == [
        "evaluate.base.python.uncut['uncut']",
        "evaluate.base.lua.uncut['uncut']",
    ]
    raw = made["evaluate.base.lua.uncut"]
    assert str(raw.completions) == "evaluate.base.lua.complete['completions']"
    assert str(raw.outcomes) == "evaluate.base.lua.execute['outcomes']"


def test_witnesses_are_judged_before_any_model_and_change_no_completion(tmp_path):
    up = ModelSection(id="x").steps(Wires(), "model")
    asked = {"samples": 1, "temperature": 0, "pass_at": [1], "languages": ["ruby", "lua"]}
    files = ["rb.jsonl", "lua.jsonl"]
    plain, made = (
        {s.name: s.stage for s in evaluate(benchmark={"multipl-e": told}, **asked).steps(up, "evaluate").steps}
        for told in ({}, {"witnesses": files})
    )
    assert list(made)[1:3] == ["evaluate.ruby.witnesses", "evaluate.lua.witnesses"]
    assert made["evaluate.lua.witnesses"].files == tuple(files)
    complete = "evaluate.base.lua.complete"
    keys = [identity(steps[complete].benchmark, lambda p: {}, str) for steps in (plain, made)]
    assert keys[0] == keys[1]


def test_each_temperature_has_its_steps():
    up = ModelSection(id="x").steps(Wires(), "model")
    names = [s.name for s in evaluate(temperature=[0.2, 0.8]).steps(up, "evaluate").steps]
    assert "evaluate.base.t0.2.score" in names and "evaluate.base.t0.8.score" in names


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"samples": 5, "temperature": 0.8}, "pass_at"),
        ({"temperature": 0, "pass_at": [1]}, "temperature"),
        ({"benchmark": "mini-dev"}, "benchmark"),
        ({"languages": ["python", "python"]}, "languages"),
    ],
)
def test_rules(told, field):
    assert [o.path[0] for o in evaluate(**told).objections({"model": None})] == [field]


REPORTED = {"source": "mini", "language": "python", "decontaminate": {"benchmarks": "mini", "mode": "report"}}


def held(train, **data):
    """What each score step is told of problems in training rows, after a model, data and this training."""
    up = ModelSection(id="x").steps(Wires(), "model")
    up = validated(DataSection, REPORTED | data).steps(up, "data")
    up = validated(TrainSection, {"method": train}).steps(up, "train")
    up = evaluate(samples=1, temperature=0, pass_at=[1]).steps(up, "evaluate")
    return {s.name: [str(leaks) for leaks, _ in s.stage.held] for s in up.steps if s.name.endswith(".score")}


def test_base_and_tuned_model_are_scored_on_the_same_clean_problems():
    found = ["data.decontaminate['leaks']"]
    assert held("lora") == {"evaluate.base.score": found, "evaluate.tuned.score": found}


def test_rows_that_taught_nothing_or_were_dropped_contaminate_nothing():
    assert held("none") == {"evaluate.base.score": []}
    assert held("lora", decontaminate="mini") == {"evaluate.base.score": [], "evaluate.tuned.score": []}


def with_data(**told):
    """The steps of evaluate after a model, data and a training."""
    up = ModelSection(id="x").steps(Wires(seed=7), "model")
    up = validated(DataSection, {"source": "mini", "language": "python", "decontaminate": "off"}).steps(up, "data")
    up = validated(TrainSection, {"method": "lora"}).steps(up, "train")
    up = evaluate(samples=1, temperature=0, pass_at=[1], **told).steps(up, "evaluate")
    return {step.name: step.stage for step in up.steps if step.name.startswith("evaluate")}


def test_both_models_are_measured_on_what_was_held_out():
    made = with_data(perplexity="valid", infill={"span": "random", "documents": 9})
    base, tuned = (made[f"evaluate.{who}.perplexity"] for who in ("base", "tuned"))
    assert str(base.rows) == str(tuned.rows) == "data.split['valid']"
    assert (base.of, tuned.of, base.where) == ("base", "tuned", "valid split")
    assert base.model != tuned.model
    hole = made["evaluate.tuned.infill"]
    assert (str(hole.rows), hole.span, hole.documents, hole.seed) == ("data.split['test']", "random", 9, 7)
    assert not [name for name in with_data() if name.endswith(("perplexity", "infill"))]


def test_documents_may_come_from_a_file_that_is_read_once(tmp_path):
    file = tmp_path / "held_out.jsonl"
    file.write_text('{"text": "a = 1"}\n')
    made = with_data(perplexity=str(file), languages=["python"])
    assert list(made["evaluate.perplexity.read"].languages) == ["python"]
    for who in ("base", "tuned"):
        assert str(made[f"evaluate.{who}.perplexity"].rows) == "evaluate.perplexity.read['rows']"
        assert made[f"evaluate.{who}.perplexity"].where == "held_out.jsonl"


def test_a_split_needs_data():
    [objection] = evaluate(perplexity="test").objections({"model": None})
    assert (objection.path, objection.message) == (
        ("perplexity",),
        "evaluate.perplexity: there is no test split without data",
    )
    assert not list(evaluate(perplexity="test").objections({"model": None, "data": None}))
    assert not list(evaluate(perplexity="off").objections({"model": None}))


ENDPOINT = {"endpoint": {"url": "http://127.0.0.1:1/v1", "model": "m"}}


def test_a_generator_with_a_model_of_its_own_needs_none_and_takes_none():
    alone = evaluate(generator=ENDPOINT)
    assert not list(alone.objections({}))
    made = alone.steps(Wires(), "evaluate").steps
    assert [s.stage.model for s in made if s.name.endswith("complete")] == [None, None]
    [objection] = alone.objections({"model": None})
    assert (objection.path, objection.hint) == (("generator",), "take out model, or generator")
    [objection] = evaluate(generator=ENDPOINT, perplexity="test").objections({"data": None})
    assert objection.path == ("perplexity",)


def test_choices_are_made_without_measuring_documents_again():
    from kcoder.sections.report import ReportSection

    up = ModelSection(id="x").steps(Wires(), "model")
    up = validated(DataSection, {"source": "mini", "language": "python", "decontaminate": "off"}).steps(up, "data")
    section = evaluate(samples=1, temperature=0, pass_at=[1], perplexity="test")
    up = section.steps(up.then(sections={"evaluate": section}), "evaluate")
    report = validated(ReportSection, {"select": {"on": "mini-dev"}})
    names = [step.name for step in report.steps(up, "report").steps if "perplexity" in step.name]
    assert names == ["evaluate.base.perplexity"]
