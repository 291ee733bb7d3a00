"""What a score was made of."""

from kcoder.paired import Held
from kcoder.plugin import load
from kcoder.reporting.gather import Judged, Model
from kcoder.reporting.passes import asked, behind, k_of
from kcoder.stage import Step
from kcoder.stages.complete import CompleteProblems
from kcoder.stages.execute import ExecutePrograms

SCORE = {"benchmark": "mini", "language": "lua", "metric": "pass@1", "temperature": 0.8, "value": 0.5}


def model(**judged):
    return Model("m", "tuned", [""], {}, [], {}, judged)


def judged(passes, temperature=None):
    settings = {} if temperature is None else {"complete.temperature": temperature}
    return Judged({("mini", "lua"): {f"p{n}": (c, 1) for n, c in enumerate(passes)}}, settings=settings)


def test_a_score_is_of_the_step_that_gives_its_value():
    found = behind(SCORE, model(one=judged([1, 1]), two=judged([0, 1])))
    assert found == Held({"p0": (0, 1), "p1": (1, 1)}, {})
    assert behind(SCORE | {"value": 0.25}, model(one=judged([0, 1]))) is None


def test_of_two_steps_with_one_value_the_temperature_decides():
    found = behind(SCORE, model(one=judged([1, 0], 0.2), two=judged([0, 1], 0.8)))
    assert found.passes == {"p0": (0, 1), "p1": (1, 1)}


def test_fewer_samples_than_k_are_behind_nothing():
    assert behind(SCORE | {"metric": "pass@2"}, model(one=judged([1, 0]))) is None
    assert [k_of(name) for name in ("pass@10", "pass@x", "exact_match")] == [10, None, None]


def test_what_was_asked_names_both_steps_and_the_benchmarks_file(tmp_path):
    def told(name, **how):
        benchmark = load("benchmarks", "file")(path=str(tmp_path / name))
        lua = load("languages", "lua")
        completed = Step("c", CompleteProblems(benchmark=benchmark, language=lua, **how))
        return asked(ExecutePrograms(completions=completed["completions"], language=lua))

    one, other = told("a.jsonl", max_tokens=8, seed=1), told("b.jsonl", max_tokens=9, seed=2)
    assert {name for name in one if one[name] != other[name]} == {
        "complete.max_tokens",
        "complete.benchmark.world.path",
    }
    assert one["execute.executor.is"] == "sandbox"
