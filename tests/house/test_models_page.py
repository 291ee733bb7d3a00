"""docs/models.md says what the families say."""

import re
from pathlib import Path

from kcoder.conformance_models import family
from kcoder.host import Host
from kcoder.model import published_models
from kcoder.plugin import load, names

PAGE = (Path(__file__).parents[2] / "docs/models.md").read_text("utf-8")


def test_the_table_has_every_family_with_its_targets_and_marks():
    rows = [line.replace("\\|", "¦").strip("| ").split("|") for line in PAGE.splitlines() if line.startswith("| ")][1:]
    told = {name.strip(): [re.findall(r"`(.+?)`", each.replace("¦", "|")) for each in rest[1:]] for name, *rest in rows}
    known = {
        name: [list(its.lora_targets), [marks.prefix for marks in its.fim]]
        for name in names("models")
        for its in [load("models", name)]
    }
    assert {name: [*cells, []][:2] for name, cells in told.items()} == known


def test_it_counts_the_published_models():
    assert f"of {len(published_models())} models" in PAGE


def test_the_family_that_it_shows_is_a_family():
    [code] = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    made = {}
    exec(code, made)
    faults = [finding for finding in family(made["GRANITE"], Host()) if not finding.ok]
    # it is no entry point here, and so is trained as a family without a plugin is
    assert [finding.name for finding in faults] == ["name"]
