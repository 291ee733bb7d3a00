"""Keys, order, states and their reasons."""

from typing import ClassVar

import pytest

from kcoder.errors import MachineLacksError
from kcoder.plan import Memory, State, differences, plan
from kcoder.plugin import Plugin, option
from kcoder.records import Checkpoint, Document
from kcoder.stage import Input, Stage, Step


class Make(Stage):
    produces: ClassVar = {"rows": Document}
    count: int = 1


class Change(Stage):
    produces: ClassVar = {"rows": Document}
    rows: Input[Document]
    limit: int = 1000


class Toolchain(Plugin):
    group = "languages"
    name: str = "zig"
    here: ClassVar[bool] = True

    def world(self):
        if not self.here:
            raise MachineLacksError("zig not found", "apt install zig")
        return {"toolchain": "zig 0.14"}


class Judge(Stage):
    produces: ClassVar = {"rows": Document}
    rows: Input[Document]
    language: Toolchain = Toolchain()


def chain(count=1, limit=1000):
    make = Step("make", Make(count=count))
    change = Step("change", Change(rows=make["rows"], limit=limit))
    judge = Step("judge", Judge(rows=change["rows"]))
    return make, change, judge


class Shelf:
    """A store that only knows keys."""

    def __init__(self, keys=(), digests=None):
        self.keys = set(keys)
        self.digests = digests or {}

    def find(self, key):
        return Made(self.digests.get(key, "")) if key in self.keys else None


class Made:
    """An artifact that was made of inputs with the digest "" each."""

    def __init__(self, digest):
        self.digest = digest

    def stands_on(self, inputs):
        return all(digest == "" for digest in inputs.values())


def planned(steps, shelf=None, memory=None, redo=None):
    return plan({"": steps}, (shelf or Shelf()).find, memory or Memory(), redo)


def states(made):
    return {p.name: p.state for p in made}


def remember(made):
    return Memory({(v, p.name): p.asked for p in made for v in p.variants}, {}, made.world)


def test_keys_are_known_before_anything_runs_and_depend_on_all_that_matters():
    keys = {p.name: p.key for p in planned(chain())}
    again = {p.name: p.key for p in planned(chain())}
    limited = {p.name: p.key for p in planned(chain(limit=500))}
    assert keys == again
    assert limited["make"] == keys["make"]
    assert limited["change"] != keys["change"]
    assert limited["judge"] != keys["judge"]


def test_an_option_that_is_none_changes_no_key():
    class Old(Stage):
        produces: ClassVar = {"rows": Document}

    class New(Old):
        extra: int | None = None

    New.__qualname__ = Old.__qualname__
    assert [p.key for p in planned((Step("s", Old()),))] == [p.key for p in planned((Step("s", New()),))]


def test_a_new_spec_is_missing_first_and_waiting_after():
    assert states(planned(chain())) == {"make": "missing", "change": "waiting", "judge": "waiting"}


def test_finished_steps_are_fresh():
    first = planned(chain())
    assert set(states(planned(chain(), Shelf(p.key for p in first))).values()) == {State.FRESH}


def test_a_changed_option_makes_one_step_stale_with_the_difference_and_the_rest_wait():
    first = planned(chain())
    after = planned(chain(limit=500), Shelf(p.key for p in first), remember(first))
    assert states(after) == {"make": "fresh", "change": "stale", "judge": "waiting"}
    assert [p.reasons for p in after] == [(), ("change.limit 1000 -> 500",), ("for change",)]


def test_an_experiment_undone_costs_nothing():
    first, second = planned(chain()), planned(chain(limit=500))
    shelf = Shelf([p.key for p in first] + [p.key for p in second])
    assert set(states(planned(chain(), shelf, remember(second))).values()) == {State.FRESH}


def test_a_failed_key_keeps_its_error_until_something_changes():
    first = planned(chain())
    make, change, _ = first
    memory = Memory(failed={change.key: "it broke"})
    after = {p.name: p for p in planned(chain(), Shelf([make.key]), memory)}
    assert (after["change"].state, after["change"].reasons) == ("failed", ("it broke",))
    assert states(planned(chain(limit=1), Shelf([make.key]), memory))["change"] == "missing"


def test_a_result_that_is_gone_is_missing_with_that_reason():
    first = planned(chain())
    after = planned(chain(), Shelf(p.key for p in first if p.name != "change"), remember(first))
    assert {p.name: (p.state, p.reasons) for p in after}["change"] == (
        "missing",
        ("its result is gone or damaged",),
    )


def test_a_missing_toolchain_blocks_a_step_that_has_to_run(monkeypatch):
    monkeypatch.setattr(Toolchain, "here", False)
    judge = planned(chain()).steps[-1]
    assert (judge.state, judge.reasons, judge.lacks.hint) == (
        "blocked",
        ("zig not found",),
        "apt install zig",
    )


def test_a_missing_toolchain_never_makes_a_finished_step_stale(monkeypatch):
    first = planned(chain())
    monkeypatch.setattr(Toolchain, "here", False)
    after = planned(chain(), Shelf(p.key for p in first), remember(first))
    assert states(after)["judge"] == State.FRESH


def test_redo_makes_a_fresh_step_stale():
    first = planned(chain())
    after = planned(chain(), Shelf(p.key for p in first), redo=lambda name: name == "change")
    assert {p.name: p.state for p in after} == {"make": "fresh", "change": "stale", "judge": "fresh"}


def test_steps_of_equal_key_in_two_variants_are_one_step():
    made = plan({"a": chain(limit=1), "b": chain(limit=2)}, Shelf().find, Memory())
    assert [(p.name, p.variants) for p in made] == [
        ("make", ("a", "b")),
        ("change", ("a",)),
        ("judge", ("a",)),
        ("change", ("b",)),
        ("judge", ("b",)),
    ]


def test_inputs_must_be_of_the_kind_that_the_field_names():
    class Train(Stage):
        produces: ClassVar = {"model": Checkpoint}

    for wrong in ("not an output", Step("train", Train())["model"]):
        with pytest.raises(ValueError, match="expected an output of kind Document"):
            Change(rows=wrong)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b 1 -> 2"]),
        ({"a": 1}, {}, ["a 1 -> nothing"]),
        ({"is": "lora", "r": 8}, {"is": "full"}, ["lora -> full"]),
        ({"world": {"toolchain": "3.11"}}, {"world": {"toolchain": "3.12"}}, ["toolchain 3.11 -> 3.12"]),
        ({"f": [{"is": "max", "limit": 1}]}, {"f": [{"is": "max", "limit": 2}]}, ["f.max.limit 1 -> 2"]),
        ({"f": [1]}, {"f": [1, 2]}, ["f [1] -> [1, 2]"]),
        ({"x": {"key": "1", "output": "o"}}, {"x": {"key": "2", "output": "o"}}, []),
    ],
)
def test_differences_name_the_path_and_both_values(old, new, told):
    assert list(differences(old, new)) == told


def test_an_option_help_stands_on_its_field():
    field = option(3, "how many", source="P3 §3.2")
    assert field.description == "how many"
    assert field.json_schema_extra == {"source": "P3 §3.2"}


def test_what_was_made_of_other_bytes_than_there_are_now_is_stale():
    first = planned(chain())
    shelf = Shelf([p.key for p in first], {first.steps[0].key: "other"})
    after = {p.name: (p.state, p.reasons) for p in planned(chain(), shelf)}
    assert after["make"][0] == "fresh"
    assert after["change"] == ("stale", ("an input has come out otherwise since",))


def test_a_step_of_equal_key_keeps_all_its_names():
    same = Step("pretrain.make", Make()), Step("data.make", Make())
    [made] = planned(same)
    assert made.names == ("pretrain.make", "data.make")


class Pinned(Plugin):
    """Stands for something on the hub: its world moves, unless an earlier run wrote down where it was."""

    group = "languages"
    name: str = "pinned"
    now: ClassVar[str] = "commit 1"
    recalled: ClassVar[list[str]] = []

    def world(self):
        return {"commit": self.now}

    def recall(self, facts):
        self.recalled.append(facts["commit"])
        return True


class Fetch(Stage):
    produces: ClassVar = {"rows": Document}
    source: Pinned = Pinned()


def test_what_an_earlier_run_pinned_is_not_asked_again_unless_it_is_to_be_updated(monkeypatch):
    steps = {"": (Step("fetch", Fetch()),)}
    first = plan(steps, Shelf().find, Memory())
    memory = Memory(world=first.world)
    monkeypatch.setattr(Pinned, "now", "commit 2")
    again = plan(steps, Shelf().find, memory)
    assert again.steps[0].key == first.steps[0].key
    assert Pinned.recalled == ["commit 1"]
    updated = plan(steps, Shelf().find, memory, update=True)
    assert updated.steps[0].key != first.steps[0].key
    assert updated.steps[0].asked["source"]["world"] == {"commit": "commit 2"}
