"""`model`."""

from kcoder.section import Wires
from kcoder.sections.model import ModelSection


def test_it_is_the_base_and_the_model_until_something_is_trained():
    up = ModelSection(id="runs/other").steps(Wires(), "model")
    assert up.base == up.model
    assert str(up.base) == "model['model']"


def test_it_does_not_stand_beside_pretrain():
    assert len(list(ModelSection(id="x").objections({"pretrain": None}))) == 1
    assert list(ModelSection(id="x").objections({"data": None})) == []
