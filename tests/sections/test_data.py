"""`data`."""

import pytest
from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.plugin import name_of
from kcoder.section import Wires
from kcoder.sections.data import BENCHMARKS, PRESETS, DataSection


def data(**told):
    return validated(DataSection, {"source": "mini", "language": "python", **told})


def steps(section, **up):
    return {step.name: step.stage for step in section.steps(Wires(**up), "data").steps}


def test_filters_lie_over_the_published_ones_and_off_drops_one():
    assert {n: f.limit for n, f in data().filter.items()} == {
        "max_avg_line_length": 100,
        "max_line_length": 1000,
        "min_alphabetic": 0.25,
    }
    assert data(filter={"max_line_length": 500}).filter["max_line_length"].limit == 500
    assert "min_alphabetic" not in data(filter={"min_alphabetic": "off"}).filter
    assert data(filter="off").filter == {}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_a_word_and_lies_under_what_is_said_beside_it(preset):
    assert set(data(filter=preset).filter) == set(PRESETS[preset])
    assert data(filter={"preset": preset, "max_bytes": 7}).filter["max_bytes"].limit == 7


def test_the_presets_hold_what_the_papers_say():
    codegeex = data(filter="codegeex").filter
    assert (codegeex["min_alphabetic"].limit, codegeex["min_stars"].limit, codegeex["min_bytes"].limit) == (
        0.4,
        1,
        1024,
    )
    codex = data(filter="codex").filter
    assert "min_alphabetic" not in codex and codex["min_alphanumeric"].limit == 0.25
    assert codex["max_bytes"].limit == 1_000_000 and "generated" in codex


def test_a_filter_can_be_switched_on_flag_or_have_several_options():
    told = data(filter={"parses": "on", "secrets": "flag", "min_alphabetic": {"limit": 0.3, "then": "flag"}}).filter
    assert (told["parses"].then, told["secrets"].then) == ("drop", "flag")
    assert (told["min_alphabetic"].limit, told["min_alphabetic"].then) == (0.3, "flag")


def test_a_filter_that_is_neither_is_refused():
    with pytest.raises(ValidationError, match="expected stack, codex, codegeex, off, or a mapping"):
        data(filter="nofilter")


def test_steps_follow_each_other_and_those_that_are_off_are_left_out():
    order = ["read", "filter", "duplicates", "decontaminate", "split"]
    assert list(steps(data())) == [f"data.{name}" for name in order]
    assert list(steps(data(filter="off", dedup="off", decontaminate="off"))) == ["data.read", "data.split"]
    kept = steps(data(keep="cyclomatic >= 2", dedup=["exact", "near"], decontaminate="mini"))
    order = ["read", "filter", "keep", "duplicates.exact", "duplicates.near", "decontaminate", "split"]
    assert list(kept) == [f"data.{name}" for name in order]
    assert kept["data.keep"].conditions == ("cyclomatic >= 2",)


def test_the_language_is_what_is_taught():
    up = data().steps(Wires(seed=5), "data")
    assert up.target == "python"
    assert up.steps[0].stage.seed == 5
    assert up.steps[0].stage.languages == {"python": 1.0}


def test_a_sample_is_a_number_or_says_how_it_is_drawn():
    read = steps(data(sample=10), seed=3)["data.read"]
    assert (read.sample, read.seed, read.method) == (10, 3, "hash")
    read = steps(data(sample={"n": 10, "seed": 7, "method": "first"}), seed=3)["data.read"]
    assert (read.sample, read.seed, read.method) == (10, 7, "first")


def test_the_known_benchmarks_are_looked_for_unless_others_are_named():
    assert [name_of(b) for b in data().decontaminate.benchmarks] == list(BENCHMARKS)
    assert [name_of(b) for b in data(decontaminate="mini").decontaminate.benchmarks] == ["mini"]
    told = data(decontaminate={"benchmarks": ["humaneval", "mini"], "missing": "report", "mode": "report"})
    stage = steps(told)["data.decontaminate"]
    assert [name_of(b) for b in stage.benchmarks] == ["humaneval", "mini"]
    assert (stage.mode, stage.benchmarks[0].missing) == ("report", "report")


def test_a_benchmark_with_options_can_stand_alone(tmp_path):
    told = data(decontaminate={"humaneval": {"path": str(tmp_path)}}).decontaminate
    assert [(name_of(b), b.path) for b in told.benchmarks] == [("humaneval", str(tmp_path))]


def test_the_default_does_not_depend_on_what_is_evaluated():
    alone = steps(data())["data.decontaminate"]
    beside = data().steps(Wires(sections={"evaluate": object()}), "data").steps[3].stage
    assert [name_of(b) for b in alone.benchmarks] == [name_of(b) for b in beside.benchmarks]


class Evaluating:
    """Stands for a section that evaluates on a benchmark."""

    def __init__(self, benchmark):
        self.benchmark = benchmark


def test_an_evaluated_benchmark_that_is_not_looked_for_is_remarked():
    from kcoder.plugin import load

    mini = load("benchmarks", "mini")()
    [remark] = data().remarks({"evaluate": Evaluating(mini)})
    assert remark.message == "data.decontaminate: mini is evaluated, and its problems are not looked for in the data"
    assert list(data(decontaminate="mini").remarks({"evaluate": Evaluating(mini)})) == []
    assert list(data().remarks({})) == []
