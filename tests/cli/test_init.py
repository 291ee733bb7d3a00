"""`kcoder init`."""

from pathlib import Path

import pytest


def test_templates_are_listed_with_what_they_are_for(kcoder):
    said = kcoder("init", "--list")
    assert "quickstart" in said.out
    assert "Offline: no network" in said.out


def test_a_template_is_written_once_and_never_over_a_file(kcoder):
    assert kcoder("init").code == 0
    assert (kcoder.folder / "quickstart.yaml").read_text().startswith("# Offline")
    said = kcoder("init", "quickstart")
    assert (said.code, "is there already" in said.err) == (2, True)
    assert kcoder("init", "own_data", "-o", "mine.yaml").code == 0


def test_a_near_miss_is_suggested(kcoder):
    assert "did you mean quickstart?" in kcoder("init", "quikstart").err


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("spec", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_each_of_our_specs_is_a_template(spec):
    assert spec.read_text() == (ROOT / "kcoder/templates" / spec.name).read_text()
