"""`train`."""

import pytest
from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.plan import Memory
from kcoder.plugin import options
from kcoder.prepare import Places, prepare
from kcoder.section import Wires
from kcoder.sections.data import DataSection
from kcoder.sections.evaluate import EvaluateSection
from kcoder.sections.pretrain import PretrainSection
from kcoder.sections.report import ReportSection
from kcoder.sections.train import TrainSection
from kcoder.stages.lora import Lora
from kcoder.training.infill import Infill

SPEC = """
name: x
model: {model}
data: {{source: mini, language: python}}
sweep: {{train: [{{method: full, learning_rate: 1e-3}}, {{method: full, learning_rate: 1e-4}}, none]}}
"""


def test_none_trains_nothing():
    up = Wires()
    assert validated(TrainSection, {"method": "none"}).steps(up, "train") is up


def test_rows_are_packed_once_for_all_learning_rates(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "s.yaml").write_text(SPEC.format(model=tmp_path / "model"))
    plan = prepare(tmp_path / "s.yaml").plan(Places(tmp_path).store, Memory())
    first, second = "full,learning_rate=1e-3", "full,learning_rate=1e-4"
    assert [p.variants for p in plan if p.name == "train.rows"] == [(first, second)]
    assert [p.variants for p in plan if p.name == "train"] == [(first,), (second,)]


def keys(folder, train):
    """The keys of `train.rows` and `train` in a spec with this train section."""
    (folder / "model").mkdir(exist_ok=True)
    (folder / "s.yaml").write_text(
        f"name: x\nmodel: {folder / 'model'}\ndata: {{source: mini, language: python}}\ntrain: {train}\n"
    )
    plan = prepare(folder / "s.yaml").plan(Places(folder).store, Memory())
    return {p.name: p.key for p in plan if p.name.startswith("train")}


def test_another_template_is_another_key(tmp_path):
    (tmp_path / "a.jinja").write_text("{{ messages }}")
    (tmp_path / "b.jinja").write_text("{{ messages[0] }}")
    asked = [
        "{method: full}",
        "{method: full, template: plain}",
        "{method: full, template: alpaca}",
        "{method: full, template: chat}",
        f"{{method: full, template: chat, chat_template: {tmp_path / 'a.jinja'}}}",
        f"{{method: full, template: chat, chat_template: {tmp_path / 'b.jinja'}}}",
        "{method: full, fim: {}}",
        "{method: full, fim: {rate: 0.9}}",
        "{method: full, fim: {seed: 3}}",
    ]
    found = [keys(tmp_path, each) for each in asked]
    for name in ("train.rows", "train"):
        assert len({each[name] for each in found}) == len(asked)


def test_a_chat_template_is_known_by_its_words_and_not_by_its_file(tmp_path):
    for name in ("a.jinja", "b.jinja"):
        (tmp_path / name).write_text("{{ messages }}")
    told = [keys(tmp_path, f"{{template: chat, chat_template: {tmp_path / name}}}") for name in ("a.jinja", "b.jinja")]
    assert told[0] == told[1]
    section = validated(TrainSection, {"template": "chat", "chat_template": "{{ messages }}"})
    assert section.chat_template == "{{ messages }}"


def test_a_chat_template_that_cannot_be_read_is_told_before_the_work(tmp_path):
    with pytest.raises(ValidationError, match=r"none\.jinja cannot be read: No such file"):
        validated(TrainSection, {"template": "chat", "chat_template": str(tmp_path / "none.jinja")})


def test_a_chat_template_without_its_template_is_objected_to():
    section = validated(TrainSection, {"chat_template": "{{ messages }}"})
    faults = [each for each in section.objections({"data": None, "model": None}) if each.path == ("chat_template",)]
    assert [each.message for each in faults] == ["train.chat_template: the template is the model's own, not chat"]


def test_holes_take_the_seed_of_the_spec():
    up = validated(PretrainSection, {"data": {"source": "mini", "language": "python"}}).steps(Wires(seed=4), "pretrain")
    up = validated(DataSection, {"source": "mini", "language": "python"}).steps(up, "data")
    up = validated(TrainSection, {"fim": {"rate": 0.25, "mode": "psm"}}).steps(up, "train")
    [pack] = [step.stage for step in up.steps if step.name == "train.rows"]
    assert pack.fim == Infill(rate=0.25, mode="psm", seed=4)


DATA = validated(DataSection, {"source": "mini", "language": "lua"})


def test_a_checkpoint_is_chosen_after_the_training_and_changes_none_of_it(tmp_path):
    plain = keys(tmp_path, "{method: lora, keep: 5}")
    chosen = keys(tmp_path, "{method: lora, select: {on: mini-dev, language: python}}")
    assert "train.select" not in plain
    assert set(chosen) == {"train.rows", "train", "train.select"}
    assert chosen["train"] == plain["train"] != keys(tmp_path, "lora")["train"]
    other = keys(tmp_path, "{method: lora, select: {on: mini-dev, language: python, problems: 9}}")
    assert (other["train"], other["train.select"] == chosen["train.select"]) == (chosen["train"], False)
    assert keys(tmp_path, "{method: lora, select: off}") == keys(tmp_path, "lora")


def test_what_was_chosen_is_the_model_and_it_writes_in_the_language_of_the_data():
    up = validated(PretrainSection, {"data": {"source": "mini", "language": "python"}}).steps(
        Wires(seed=23), "pretrain"
    )
    up = validated(TrainSection, {"select": "mini-dev"}).steps(DATA.steps(up, "data"), "train")
    select = up.steps[-1]
    assert (select.name, up.model) == ("train.select", select["model"])
    assert (select.stage.language.name, select.stage.k, select.stage.seed) == ("lua", 1, 23)
    [train] = [step.stage for step in up.steps if step.name == "train"]
    assert train.keep == 5


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("mini", "train.select.on: mini is a test; choices made on it spoil its scores"),
        ({"on": "mini-dev", "by": "pass@2"}, "train.select.by: pass@2 needs at least 2 samples, samples is 1"),
        (
            {"on": "mini-dev", "samples": 2},
            "train.select.temperature: at 0 all 2 samples of a problem are the same program",
        ),
        ({"on": "mini-dev", "language": "swift"}, "train.select.on: mini-dev has no problems in swift"),
        ({"on": {"mbpp": {"part": "validation"}}}, "train.select.on: mbpp dev has no problems in lua"),
        (
            {"on": {"multipl-e": {"version": "mbpp", "part": "validation"}}},
            "train.select.on: these problems are among those evaluated; choices made on them spoil the scores",
        ),
    ],
)
def test_what_cannot_be_chosen_by_is_objected_to(select, message):
    options = {"benchmark": {"multipl-e": {"version": "mbpp"}}, "languages": ["lua"]}
    told = {"data": DATA, "model": None, "evaluate": validated(EvaluateSection, options)}
    assert message in [each.message for each in validated(TrainSection, {"select": select}).objections(told)]


def test_a_score_that_nobody_knows_is_refused():
    with pytest.raises(ValidationError, match="loss is no score to choose by"):
        validated(TrainSection, {"select": {"on": "mini-dev", "by": "loss"}})


def test_there_has_to_be_something_to_choose_among_and_a_language_to_ask_in():
    one = validated(TrainSection, {"method": {"lora": {"keep": 1}}, "select": "mini-dev"})
    faults = [each.message for each in one.objections({"data": DATA})]
    assert "train.keep: there is nothing for select to choose among" in faults
    both = validated(DataSection, {"source": "mini", "languages": {"lua": 0.5, "python": 0.5}})
    faults = [each.message for each in validated(TrainSection, {"select": "mini-dev"}).objections({"data": both})]
    assert "train.select: data has no one language, so which one decides has to be said" in faults


@pytest.mark.parametrize(
    ("told", "keep"),
    [("select: mini-dev", 5), ("keep: 9, select: {on: mini-dev, by: pass@10, samples: 20, temperature: 1}", 2)],
)
def test_a_smoke_run_chooses_by_few_problems(tmp_path, told, keep):
    (tmp_path / "s.yaml").write_text(
        f"name: x\npretrain: {{data: {{source: mini, language: lua}}}}\ndata: {{source: mini, language: lua}}\n"
        f"train: {{method: lora, {told}}}\n"
    )
    [steps] = prepare(tmp_path / "s.yaml", smoke=True).steps().values()
    stages = {step.name: step.stage for step in steps}
    select = stages["train.select"]
    assert (select.k, select.samples, select.problems, stages["train"].keep) == (1, 1, 5, keep)


def test_a_merged_adapter_is_the_model_that_is_evaluated():
    up = validated(PretrainSection, {"data": {"source": "mini", "language": "python"}}).steps(Wires(seed=4), "pretrain")
    up = validated(TrainSection, {"select": "mini-dev", "merge": "bfloat16"}).steps(DATA.steps(up, "data"), "train")
    select, merge = up.steps[-2:]
    assert (merge.name, merge.stage.model, merge.stage.dtype) == ("train.merge", select["model"], "bfloat16")
    assert up.model == merge["model"]


def test_a_method_without_an_adapter_has_nothing_to_merge():
    faults = validated(TrainSection, {"method": "full", "merge": "float32"}).objections({"data": DATA, "model": None})
    assert [each.message for each in faults] == ["train.merge: full leaves no adapter to merge"]


def test_two_choices_on_the_same_problems_are_remarked_on():
    section = validated(TrainSection, {"select": "mini-dev"})
    for on, messages in (
        ("mini-dev", ["train.select and report.select both choose on mini-dev"]),
        ({"mbpp": {"part": "validation"}}, []),
    ):
        told = {"report": validated(ReportSection, {"select": {"on": on}})}
        assert [each.message for each in section.remarks(told)] == messages


def test_a_training_that_keeps_nothing_has_the_key_it_always_had():
    assert "keep" not in dict(options(Lora()))
    assert dict(options(Lora(keep=2)))["keep"] == 2
