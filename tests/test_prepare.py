"""From a file to a plan."""

import pytest

from kcoder.errors import SpecError
from kcoder.plan import Memory, State
from kcoder.prepare import Places, prepare


@pytest.fixture
def written(tmp_path):
    def write(text, name="s.yaml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


DATA = "name: x\ndata: {source: mini, language: python, decontaminate: mini}\n"


def test_shared_steps_of_variants_are_one_step(written, tmp_path):
    path = written(DATA + "variants: {a: {data: {sample: 10}}, b: {data: {sample: 10}}, c: {data: {sample: 20}}}\n")
    plan = prepare(path).plan(Places(tmp_path / "runs").store, Memory())
    reads = [p for p in plan if p.name == "data.read"]
    assert [p.variants for p in reads] == [("a", "b"), ("c",)]
    assert {p.state for p in plan} == {State.MISSING, State.WAITING}


def test_settings_lie_on_top_of_the_file(written):
    prepared = prepare(written(DATA), ("data.sample=7", "seed=3"))
    assert prepared.head.seed == 3
    assert prepared.specs[""].sections["data"].sample.n == 7


def test_a_wrong_setting_names_itself(written):
    with pytest.raises(SpecError) as caught:
        prepare(written(DATA), ("data.smaple=7",))
    [fault] = caught.value.faults
    assert str(fault.place) == "--set data.smaple=7"
    assert fault.hint == "did you mean sample?"


def test_every_variant_is_validated_not_only_the_first(written):
    with pytest.raises(SpecError, match="must be greater than 0"):
        prepare(written(DATA + "sweep: {data.sample: [10, -1]}\n"))


def test_a_name_or_a_why_is_in_no_key_but_the_reports(written, tmp_path):
    def keys(text):
        return {p.name: p.key for p in prepare(written(text)).plan(Places(tmp_path).store, Memory())}

    one, other = keys(DATA), keys(DATA.replace("name: x", "name: y\nwhy: Because?"))
    assert {n for n in one if one[n] != other[n]} == {"report"}


def test_a_seed_is_in_the_keys_of_what_is_random(written, tmp_path):
    def keys(text):
        return {p.name: p.key for p in prepare(written(text)).plan(Places(tmp_path).store, Memory())}

    assert keys(DATA)["data.read"] != keys(DATA + "seed: 1\n")["data.read"]
