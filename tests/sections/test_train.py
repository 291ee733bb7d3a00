"""`train`."""

import pytest
from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.plan import Memory
from kcoder.prepare import Places, prepare
from kcoder.section import Wires
from kcoder.sections.data import DataSection
from kcoder.sections.pretrain import PretrainSection
from kcoder.sections.train import TrainSection
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
