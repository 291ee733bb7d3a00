"""`kcoder check`."""

import json


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
