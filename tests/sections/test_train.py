"""`train`."""

from kcoder.choose import validated
from kcoder.plan import Memory
from kcoder.prepare import Places, prepare
from kcoder.section import Wires
from kcoder.sections.train import TrainSection

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
