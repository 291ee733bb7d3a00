"""The specs of this repository do what they promise."""

from pathlib import Path

import pytest

from kcoder.forecast import Forecast
from kcoder.model import published_models
from kcoder.prepare import prepare
from kcoder.training import forecast
from kcoder.training.room import CONTEXT, Room

SPECS = Path(__file__).parents[2] / "specs"
#: what a T4 of 15 GiB has left for one program
T4 = Room("GPU", 14.7 * 2**30, CONTEXT, (7, 5))


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_is_right_and_so_is_its_smoke_run(path):
    assert prepare(path).steps()
    assert prepare(path, smoke=True).head.name.endswith("-smoke")


def test_the_first_hour_fits_on_a_free_gpu(monkeypatch):
    monkeypatch.setattr(forecast, "room", lambda: T4)
    monkeypatch.setattr(forecast, "capability", lambda: T4.able)
    known = published_models()["Salesforce/codegen-350M-mono"]
    config = {"model_type": known.family, **known.config}
    monkeypatch.setattr(forecast, "model", lambda output, stored: {"family": known.family, "config": config})
    [train] = [step.stage for step in prepare(SPECS / "first_hour.yaml").steps()[""] if step.name == "train"]
    told = forecast.forecast(train, lambda step: None, Path("runs"), probe=False)
    assert isinstance(told, Forecast)
    assert told.lacks is None
    assert 6e9 < told.numbers["memory"]["bytes"] < 11e9
