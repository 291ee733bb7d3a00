"""How a spec chooses a plugin."""

from importlib.metadata import EntryPoint
from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from kcoder import plugin
from kcoder.choose import Named, Use, settable, validated
from kcoder.filter import Filter
from kcoder.plugin import load
from kcoder.source import Source
from kcoder.stage import Training


class Spec(BaseModel):
    filter: Use[Filter] | None = None
    method: Use[Training] | None = None
    source: Use[Source] | None = None
    language: Annotated[str, Named("languages")] | None = None


def faults(**told):
    with pytest.raises(ValidationError) as caught:
        validated(Spec, told)
    return [(e["loc"], e["msg"], e.get("ctx", {}).get("hint", "")) for e in caught.value.errors()]


@pytest.mark.parametrize(
    "told",
    ["max_line_length", {"max_line_length": {}}, {"max_line_length": 1000}, {"max_line_length": {"limit": 1000}}],
)
def test_a_name_a_word_or_options(told):
    assert validated(Spec, {"filter": told}).filter.limit == 1000


def test_a_path_is_a_source(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"text": "x"}\n')
    assert validated(Spec, {"source": str(tmp_path / "rows.jsonl")}).source.path == str(tmp_path / "rows.jsonl")
    assert validated(Spec, {"source": str(tmp_path)}).source.path == str(tmp_path)


def test_a_misspelt_name_has_a_hint():
    [(loc, message, hint)] = faults(filter="max_line_lenght")
    assert (loc, hint) == (("filter",), "did you mean max_line_length?")
    assert "no filter is called" in message


def test_the_place_of_a_wrong_option_is_kept():
    [(loc, message, _)] = faults(filter={"max_line_length": {"limit": "many"}})
    assert loc == ("filter", "limit")
    assert "valid integer" in message or "valid number" in message


def test_an_unknown_option_names_the_near_miss_or_who_takes_it():
    assert faults(method={"lora": {"rr": 8, "learning_rat": 1}})[1][2] == "did you mean learning_rate?"
    [(_, _, hint)] = faults(method={"full": {"alpha": 8}})
    assert hint == "full has no alpha; lora and qlora take it"


def test_a_plugin_of_another_kind_cannot_stand_here():
    [(_, message, hint)] = faults(method="split")
    assert message == "split cannot be used here"
    assert hint == "there are: full, lora, qlora"


@pytest.mark.parametrize("told", [5, ["lora"], {"a": 1, "b": 2}, {}])
def test_what_names_no_plugin_is_refused(told):
    [(_, message, hint)] = faults(filter=told)
    assert message.startswith("expected the name of a filter")
    assert "min_alphabetic" in hint


def test_values_are_read_strictly():
    class Strict(BaseModel):
        n: int = 0
        x: float = 0.0
        b: bool = False

    assert validated(Strict, {"n": 3, "x": 2, "b": True}) == Strict(n=3, x=2.0, b=True)
    for wrong in ({"n": "3"}, {"n": 1.5}, {"b": "yes"}, {"b": 1}, {"x": "1"}):
        with pytest.raises(ValidationError):
            validated(Strict, wrong)


def test_a_language_that_is_no_plugin_here_may_be_a_package():
    [(_, _, hint)] = faults(language="kotlin")
    assert hint.endswith("such as kcoder-kotlin")


def test_a_language_that_cannot_be_loaded_is_a_fault_of_the_field_that_names_it(monkeypatch):
    broken = EntryPoint("broken", "no_such_module:X", "kcoder.languages")
    monkeypatch.setattr(plugin, "registered", lambda group: {"broken": broken})
    [(loc, message, hint)] = faults(language="broken")
    assert (loc, hint) == (("language",), "mend or uninstall that package")
    assert message.startswith("plugin 'broken' cannot be loaded: ModuleNotFoundError")


def test_what_is_no_choice_is_told_with_one_pair_of_braces():
    [(_, message, _)] = faults(filter=5)
    assert message == "expected the name of a filter, alone or with its options as 'name: {...}'"


def test_a_wire_is_no_option():
    [(loc, _, hint)] = faults(method={"lora": {"rows": "x"}})
    assert (loc, hint) == (("method", "rows"), "")
    assert faults(method={"lora": {"model": "x", "r": "y"}})[1][0] == ("method", "r")
    assert not {"rows", "valid", "model"} & set(settable(load("stages", "lora")))


def test_only_what_fits_is_named_where_nothing_is_near():
    [(_, _, hint)] = faults(method="zzz")
    assert hint == "there are: full, lora, qlora"


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_is_finite(value):
    assert "finite" in faults(method={"lora": {"learning_rate": value}})[0][1]
