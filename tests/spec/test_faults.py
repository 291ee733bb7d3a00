"""Where faults stand."""

from kcoder.spec.faults import locate
from kcoder.spec.load import load_text

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
