"""Where faults stand."""

import pytest

from kcoder.spec.faults import locate
from kcoder.spec.load import load_text
from kcoder.spec.read import read

ROOT = load_text("data:\n  source: {folder: {path: x}}\n  languages: [a, b]\n", "s.yaml")[0]


def test_a_path_leads_to_the_deepest_node_that_stands():
    at = locate(ROOT, ("data", "languages", 1))
    assert (at.name, at.place.line, at.place.column, at.rest) == ("data.languages.1", 3, 18, ())


def test_what_does_not_stand_in_the_file_is_passed_over():
    at = locate(ROOT, ("data", "split", "train"))
    assert (at.name, at.place.line, at.rest) == ("data", 1, ("split", "train"))


def test_the_name_of_a_plugin_in_between_is_found():
    at = locate(ROOT, ("data", "source", "path"))
    assert (at.name, at.place.line) == ("data.source.folder.path", 2)


@pytest.mark.parametrize(
    "text",
    ["data: {split: 5}", "pretrain: 5", "report: 5", "report: []", "report: null", "data: {languages: []}"],
)
def test_what_is_no_mapping_is_told_so(text):
    told = read(load_text("name: x\n" + text, "s.yaml")[0]).faults
    assert any("expected a mapping: {name: value}, got" in fault.message for fault in told)


def test_options_under_the_name_of_the_method_are_faulted_where_they_stand():
    text = "name: x\ntrain:\n  method:\n    lora:\n      r: -1\n"
    [fault] = [f for f in read(load_text(text, "s.yaml")[0]).faults if ".r:" in f.message]
    assert (fault.place.line, fault.message) == (5, "train.method.lora.r: must be greater than 0, got -1")
