"""`kcoder check`."""

import json
from contextlib import nullcontext

import pytest


def test_a_new_spec_has_everything_to_do(kcoder):
    said = kcoder("check", "tiny.yaml")
    assert said.code == 0
    assert "+ data.read           missing  mini, python" in said.out
    assert "· data.filter         waiting" in said.out
    assert "6 steps: 0 fresh, 6 to do" in said.out
    assert not (kcoder.folder / "runs").exists()


def test_after_a_run_everything_is_fresh_and_a_change_shows_its_reason(kcoder, tiny):
    assert "6 steps: 6 fresh, 0 to do" in kcoder("check", "tiny.yaml").out
    said = kcoder("check", "tiny.yaml", "--set", "data.filter.max_line_length=70")
    assert "~ data.filter         stale" in said.out
    assert "max_line_length.limit 1000 -> 70" in said.out
    assert "· data.duplicates     waiting" in said.out


def test_what_is_worth_a_second_thought_is_noted_and_refuses_nothing(kcoder):
    (kcoder.folder / "leaky.yaml").write_text(
        "name: leaky\npretrain: {data: {source: mini, language: python, decontaminate: off}}\n"
        "evaluate: {benchmark: mini, samples: 1, temperature: 0, pass_at: [1]}\n"
    )
    said = kcoder("check", "leaky.yaml")
    assert said.code == 0
    assert "note: leaky.yaml:2:18: pretrain.data.decontaminate: mini is evaluated, and its problems are not" in said.out


def test_the_plan_as_json(kcoder):
    [told] = json.loads(kcoder("check", "tiny.yaml", "--json").out)
    assert told["steps"][0]["step"] == "data.read"
    assert {s["state"] for s in told["steps"]} == {"missing", "waiting"}


def test_several_specs_are_each_judged(kcoder):
    (kcoder.folder / "wrong.yaml").write_text("name: x\ndtaa: y\n")
    said = kcoder("check", "wrong.yaml", "tiny.yaml")
    assert said.code == 2
    assert "did you mean data?" in said.err
    assert "✓ tiny.yaml" in said.out


def test_resolved_prints_every_value_with_its_source(kcoder):
    assert "# P3 §3.2" in kcoder("check", "tiny.yaml", "--resolved").out


EVALUATED = """
name: judged
pretrain: {hidden: 16, layers: 1, data: {source: {mini: {functions: 200}}, language: python, decontaminate: mini}}
evaluate: {benchmark: mini, languages: [python], samples: 1, temperature: 0, pass_at: [1]}
"""


def test_a_missing_toolchain_blocks_before_anything_runs_and_is_no_fault_of_the_spec(kcoder, monkeypatch):
    from kcoder.errors import MachineLacksError
    from kcoder.plugin import load

    def gone(self):
        raise MachineLacksError("swiftc not found", "apt install swiftlang")

    monkeypatch.setattr(type(load("languages", "python")), "version", gone)
    (kcoder.folder / "judged.yaml").write_text(EVALUATED)
    said = kcoder("check", "judged.yaml")
    assert said.code == 3
    assert "✗ evaluate.base.python.execute" in said.out
    assert "cannot run here yet: swiftc not found" in said.out
    said = kcoder("run", "judged.yaml")
    assert (said.code, said.err) == (3, "kcoder: swiftc not found\n  hint: apt install swiftlang\n")
    assert not (kcoder.folder / "runs" / "judged").exists()


def test_what_this_machine_cannot_train_with_is_said_before_the_work(kcoder, monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    (kcoder.folder / "judged.yaml").write_text(EVALUATED)
    for field, reason in (("optimizer=paged_adamw_8bit", "there is no GPU here"), ("precision=fp16", "needs a GPU")):
        said = kcoder("check", "judged.yaml", "--set", f"pretrain.{field}")
        assert said.code == 3
        assert reason in said.out and "✗ pretrain " in said.out


TRAINED = """
name: trained
pretrain:
  hidden: 64
  layers: 2
  max_steps: 4
  save_every: 2
  data: {source: {mini: {functions: 200}}, language: python, decontaminate: mini}
"""


@pytest.fixture
def trained(kcoder, monkeypatch):
    """A spec that pretrains; returns what makes so many bytes of memory free."""
    from kcoder.training import forecast
    from kcoder.training.room import Room

    (kcoder.folder / "trained.yaml").write_text(TRAINED)

    def free(size):
        monkeypatch.setattr(forecast, "room", lambda: Room("RAM", size, 0))

    free(1e12)
    return free


def test_a_training_tells_what_it_will_need(kcoder, trained):
    said = kcoder("check", "trained.yaml")
    assert said.code == 0
    assert "memory    about " in said.out and "1000.0 GB free   ok" in said.out
    assert "steps     at most 4 = 4 K tokens; how many the rows make is known once they are packed" in said.out
    assert "time      unknown: --probe" in said.out
    [told] = json.loads(kcoder("check", "trained.yaml", "--json").out)
    [needs] = [step["needs"] for step in told["steps"] if "needs" in step]
    assert needs["memory"]["bytes"] == pytest.approx(sum(needs["memory"]["terms"].values()), abs=9)
    assert (needs["steps"], needs["hours"], needs["lacks"]) == (4, None, None)


def test_a_training_is_foretold_for_the_device_that_is_asked_for(kcoder, monkeypatch):
    from kcoder.training import gpu

    monkeypatch.setattr(gpu, "_library", lambda: nullcontext((None, "")))
    (kcoder.folder / "trained.yaml").write_text(TRAINED)
    said = kcoder("check", "trained.yaml", "--device", "cpu")
    assert (said.code, " of RAM " in said.out) == (0, True)
    said = kcoder("check", "trained.yaml", "--device", "cuda:1")
    assert said.code == 3
    assert "cannot run here yet: this machine has no cuda:1, as far as its driver says" in said.out


def test_what_does_not_fit_is_refused_with_the_smallest_change_that_does(kcoder, trained):
    [told] = json.loads(kcoder("check", "trained.yaml", "--json").out)
    [needs] = [step["needs"] for step in told["steps"] if "needs" in step]
    trained(needs["memory"]["bytes"] - 1)
    said = kcoder("check", "trained.yaml")
    assert said.code == 3
    assert "too little" in said.out
    assert "cannot run here yet: training needs about" in said.out
    assert "hint: say batch_size: 4 and accumulate: 2 (" in said.out
    trained(1)
    assert "no smaller setting fits" in kcoder("check", "trained.yaml").out


def test_what_is_not_known_is_said_to_be_unknown(kcoder, trained, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    (kcoder.folder / "far.yaml").write_text(
        "name: far\nmodel: some/model\ndata: {source: {mini: {functions: 200}}, language: python}\ntrain: lora\n"
    )
    said = kcoder("check", "far.yaml")
    assert said.code == 3
    assert "needs     unknown yet: the config of some/model is not in the hub's cache yet" in said.out


def test_rows_that_are_packed_make_steps_exact_and_the_probe_measures_hours(kcoder, trained):
    assert kcoder("run", "trained.yaml", "--until", "pretrain.rows").code == 0
    said = kcoder("check", "trained.yaml", "--probe", "--json")
    [told] = json.loads(said.out)
    [needs] = [step["needs"] for step in told["steps"] if "needs" in step]
    assert (needs["exact"], needs["steps"]) == (True, 4)
    assert 0 < needs["hours"] < 1
    assert needs["measured"]["step"] > 0
    assert not list((kcoder.folder / "runs").glob("tmp*"))
