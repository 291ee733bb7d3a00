"""`model`."""

from kcoder.section import Wires
from kcoder.sections.model import ModelSection
from kcoder.sections.train import TrainSection
from kcoder.training.infill import Infill


def test_it_is_the_base_and_the_model_until_something_is_trained():
    up = ModelSection(id="runs/other").steps(Wires(), "model")
    assert up.base == up.model
    assert str(up.base) == "model['model']"


def test_it_does_not_stand_beside_pretrain():
    assert len(list(ModelSection(id="x").objections({"pretrain": None}))) == 1
    assert list(ModelSection(id="x").objections({"data": None})) == []


def test_a_published_model_that_cannot_learn_to_fill_in_is_objected_to_before_it_is_fetched():
    told = {"train": TrainSection(fim=Infill(rate=0.5))}
    [objection] = ModelSection(id="microsoft/phi-2").objections(told)
    assert objection.message == (
        "model: microsoft/phi-2 has no tokens for fill-in-the-middle, which train.fim asks for"
    )
    assert list(ModelSection(id="bigcode/starcoder2-3b").objections(told)) == []
    assert list(ModelSection(id="microsoft/phi-2").objections({"train": TrainSection()})) == []


def remarks(source, **told):
    return [each.message for each in ModelSection(id=source).remarks(told)]


def test_a_model_that_was_taught_to_chat_is_told_of_where_its_template_is_not_asked_for():
    chat, base = "Qwen/Qwen2.5-Coder-0.5B-Instruct", "Qwen/Qwen2.5-Coder-0.5B"
    train = {template: TrainSection(template=template) for template in ("chat", None)}
    assert "was taught to chat" in remarks(chat, train=train[None])[0]
    assert not remarks(chat, train=train["chat"])
    assert not remarks(chat, train=TrainSection(method=None))
    assert not remarks(base, train=train[None])


def test_a_family_without_a_plugin_is_told_of(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "opt"}')
    assert remarks(str(tmp_path)) == ["model: no plugin knows opt models, so this one will be inspected"]
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    assert remarks(str(tmp_path)) == []


def test_a_config_that_cannot_be_read_is_left_to_the_step(tmp_path):
    for broken in ("[]", "{", ""):
        (tmp_path / "config.json").write_text(broken)
        assert remarks(str(tmp_path)) == []
