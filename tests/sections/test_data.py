"""`data`."""

import pytest
from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.plugin import load, name_of
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
    with pytest.raises(ValidationError, match="against"):  # and not: there is no such benchmark
        data(decontaminate={"against": ["mini"], "mode": "report"})
    stage = steps(told)["data.decontaminate"]
    assert [name_of(b) for b in stage.benchmarks] == ["humaneval", "mini"]
    assert (stage.mode, stage.benchmarks[0].missing) == ("report", "report")


def test_a_benchmark_with_options_can_stand_alone(tmp_path):
    told = data(decontaminate={"humaneval": {"path": str(tmp_path)}}).decontaminate
    assert [(name_of(b), b.path) for b in told.benchmarks] == [("humaneval", str(tmp_path))]


def test_the_nearest_rows_are_reported_where_an_embedder_is_named_and_nothing_else_changes():
    off, on = (
        steps(data(decontaminate="mini")),
        steps(data(decontaminate={"benchmarks": "mini", "neighbours": "hashing"})),
    )
    near = on.pop("data.neighbours")
    assert list(on) == list(off)
    assert {name: stage.model_dump(exclude={"rows"}) for name, stage in on.items()} == {
        name: stage.model_dump(exclude={"rows"}) for name, stage in off.items()
    }
    assert name_of(near.embedder) == "hashing"
    assert (str(near.rows), str(near.leaks)) == ("data.duplicates['kept']", "data.decontaminate['leaks']")
    assert near.benchmarks == on["data.decontaminate"].benchmarks


def test_the_embedder_of_the_nearest_rows_has_options_and_benchmarks_keep_their_default():
    told = data(decontaminate={"neighbours": {"sentence": "org/model"}, "missing": "report"})
    near = steps(told)["data.neighbours"]
    assert near.embedder.model == "org/model"
    assert [name_of(b) for b in near.benchmarks] == list(BENCHMARKS)
    assert near.benchmarks[0].missing == "report"


def test_the_default_does_not_depend_on_what_is_evaluated():
    alone = steps(data())["data.decontaminate"]
    beside = data().steps(Wires(sections={"evaluate": object()}), "data").steps[3].stage
    assert [name_of(b) for b in alone.benchmarks] == [name_of(b) for b in beside.benchmarks]


class Evaluating:
    """Stands for a section that evaluates on a benchmark."""

    def __init__(self, benchmark):
        self.benchmark = benchmark


def test_an_evaluated_benchmark_that_is_not_looked_for_is_remarked():
    mini = load("benchmarks", "mini")()
    [remark] = data().remarks({"evaluate": Evaluating(mini)})
    assert remark.message == "data.decontaminate: mini is evaluated, and its problems are not looked for in the data"
    assert list(data(decontaminate="mini").remarks({"evaluate": Evaluating(mini)})) == []
    assert list(data().remarks({})) == []


def test_files_of_problems_are_told_apart_by_their_paths():
    mine = Evaluating(load("benchmarks", "file")(path="mine.jsonl"))
    [remark] = data(decontaminate="other.jsonl").remarks({"evaluate": mine})
    assert remark.hint == "decontaminate: [other.jsonl, mine.jsonl]"
    assert list(data(decontaminate="mine.jsonl").remarks({"evaluate": mine})) == []


def test_the_problems_that_choices_are_made_on_are_remarked_alike():
    from kcoder.sections.report import ReportSection

    report = validated(ReportSection, {"select": {"on": "mini-dev"}})
    mini = Evaluating(load("benchmarks", "mini")())
    [remark] = data(decontaminate="mini").remarks({"evaluate": mini, "report": report})
    assert remark.message.startswith("data.decontaminate: mini-dev is what report.select chooses on, and its problems")
    assert remark.hint == "decontaminate: [mini, mini-dev]"
    both = list(data(decontaminate="off").remarks({"evaluate": mini, "report": report}))
    assert [each.hint for each in both] == ["decontaminate: [mini, mini-dev]"] * 2
    assert list(data(decontaminate=["mini", "mini-dev"]).remarks({"evaluate": mini, "report": report})) == []


def test_rows_that_hold_problems_and_stay_are_told_of_with_the_rows_to_learn_from():
    up = data(decontaminate={"benchmarks": "mini", "mode": "report"}).steps(Wires(), "data")
    assert [(str(leaks), str(rows)) for leaks, rows in up.leaks] == [
        ("data.decontaminate['leaks']", "data.split['train']")
    ]
    assert data(decontaminate="mini").steps(Wires(), "data").leaks == ()
    assert data(decontaminate="off").steps(Wires(), "data").leaks == ()


def test_a_file_of_problems_without_texts_is_objected_to_before_any_work(tmp_path):
    (tmp_path / "plain.csv").write_text("question,answer\nDouble x.,return 2 * x\n")
    (tmp_path / "odd.jsonl").write_text('{"frage": "Double x."}\n')
    told = [str(tmp_path / "plain.csv"), str(tmp_path / "odd.jsonl"), {"humaneval": {"path": str(tmp_path)}}]
    first, second = data(decontaminate=told).objections({})
    assert (first.path, second.path) == (("decontaminate", "benchmarks", 1), ("decontaminate", "benchmarks", 2))
    assert first.message.startswith("data.decontaminate: odd.jsonl: no column is known for a problem's prompt")
    assert second.message == first.message


def test_the_split_has_a_seed_of_its_own_that_the_spec_s_does_not_touch():
    split = steps(data(split={"seed": 1, "threshold": 0.8}), seed=3)["data.split"]
    assert (split.seed, split.threshold, split.train) == (1, 0.8, 0.9)
    split = steps(data(), seed=3)["data.split"]
    assert (split.seed, split.threshold) == (0, 0.7)
