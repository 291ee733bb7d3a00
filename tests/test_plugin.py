"""Finding plugins and telling them apart."""

from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest

from kcoder import plugin
from kcoder.errors import UsageError
from kcoder.plugin import Plugin, contract, identity, load, name_of, names, option, origin


class Box(Plugin):
    group = "filters"
    unkeyed: ClassVar = frozenset({"path"})
    size: int = option(1, "how large", source="here")
    path: str = ""
    inner: Plugin | None = None
    extra: str | None = None


def told(value):
    return identity(value, lambda p: {"w": 1} if isinstance(p, Box) else {}, lambda v: "known")


def test_what_a_base_leaves_out_of_keys_stays_out_of_those_of_its_kinds():
    class Crate(Box):
        unkeyed: ClassVar = frozenset({"size"})

    assert told(Crate(size=3, path="here")).keys() & {"size", "path"} == set()


def test_a_plugin_is_what_its_options_revision_and_world_are():
    assert told(Box(size=3)) == {"is": "test_plugin:Box", "revision": 1, "world": {"w": 1}, "size": 3} or told(
        Box(size=3)
    ) == {"is": name_of(Box), "revision": 1, "world": {"w": 1}, "size": 3}


def test_a_path_changes_nothing_and_a_plugin_inside_does():
    assert told(Box(path="a")) == told(Box(path="b"))
    assert told(Box(inner=Box(size=1))) != told(Box(inner=Box(size=2)))


def test_a_raised_revision_is_another_thing(monkeypatch):
    before = told(Box())
    monkeypatch.setattr(Box, "revision", 2)
    assert told(Box()) != before


def test_built_in_plugins_are_called_by_the_names_they_are_registered_under():
    assert name_of(load("filters", "max_line_length")()) == "max_line_length"
    assert name_of(load("languages", "python")) == "python"


def test_kcoders_own_plugins_carry_no_origin():
    assert origin("kcoder.filters.lines") == {}


def test_an_unknown_name_suggests_the_near_miss():
    with pytest.raises(UsageError) as caught:
        load("filters", "max_line_lenght")
    assert caught.value.hint == "did you mean max_line_length?"


@pytest.fixture
def installed(monkeypatch):
    """Pretend that another package offers a plugin of this value."""

    def install(group, name, value):
        table = dict(plugin.registered(group)) | {name: EntryPoint(name, value, f"kcoder.{group}")}
        monkeypatch.setattr(plugin, "registered", lambda g: table if g == group else {})
        load.cache_clear()

    yield install
    load.cache_clear()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module:X", "cannot be loaded: ModuleNotFoundError"),
        ("kcoder.errors:Missing", "cannot be loaded: AttributeError"),
        ("kcoder.errors:Place", "is not a Filter"),
    ],
)
def test_a_broken_plugin_is_one_message_with_its_name(installed, value, message):
    installed("filters", "broken", value)
    with pytest.raises(UsageError, match=message):
        load("filters", "broken")


@pytest.mark.parametrize("group", plugin.GROUPS)
def test_every_group_has_a_contract_and_members(group):
    assert issubclass(contract(group), Plugin)
    assert names(group)
