"""`data`."""

import pytest
from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.section import Wires
from kcoder.sections.data import DataSection


def data(**told):
    return validated(DataSection, {"source": "mini", "language": "python", **told})


def test_filters_lie_over_the_published_ones_and_off_drops_one():
    assert {n: f.limit for n, f in data().filter.items()} == {
        "max_avg_line_length": 100,
        "max_line_length": 1000,
        "min_alphabetic": 0.25,
    }
    assert data(filter={"max_line_length": 500}).filter["max_line_length"].limit == 500
    assert "min_alphabetic" not in data(filter={"min_alphabetic": "off"}).filter
    assert data(filter="off").filter == {}


def test_a_filter_that_is_neither_is_refused():
    with pytest.raises(ValidationError, match="expected stack, off, or a mapping"):
        data(filter="nofilter")


def test_steps_follow_each_other_and_those_that_are_off_are_left_out():
    def names(section):
        return [s.name for s in section.steps(Wires(), "data").steps]

    assert names(data()) == ["data.read", "data.filter", "data.duplicates", "data.split"]
    assert names(data(filter="off", dedup="off")) == ["data.read", "data.split"]


def test_the_language_is_what_is_taught():
    up = data().steps(Wires(seed=5), "data")
    assert up.target == "python"
    assert up.steps[0].stage.seed == 5
    assert up.steps[0].stage.languages == {"python": 1.0}
