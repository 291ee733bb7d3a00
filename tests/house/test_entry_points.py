"""The table of contents: every built-in plugin loads, keeps its contract and explains its options."""

import tomllib
from pathlib import Path

import pytest

from kcoder.host import Host
from kcoder.plugin import GROUPS, contract, load, registered

ROOT = Path(__file__).parents[2]
POINTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
BUILT_IN = [(group.removeprefix("kcoder."), name) for group, names in POINTS.items() for name in names]


def test_every_group_is_in_the_one_table():
    assert {group.removeprefix("kcoder.") for group in POINTS} == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_a_contract_knows_its_group(group):
    assert contract(group).group == group


@pytest.mark.parametrize(("group", "name"), BUILT_IN)
def test_a_built_in_plugin_loads_and_is_installed_as_written(group, name):
    assert load(group, name)
    assert registered(group)[name].value == POINTS[f"kcoder.{group}"][name]


@pytest.mark.parametrize(("group", "name"), [p for p in BUILT_IN if p[0] != "languages"])
def test_a_built_in_plugin_passes_the_conformance_kit(group, name):
    from kcoder.conformance import test_plugin

    findings = test_plugin(group, name, Host())
    assert findings
    assert [f for f in findings if not f.ok] == []
