import json
from types import SimpleNamespace
from typing import ClassVar

import polars as pl

from kcoder.plugin import name_of
from kcoder.records import Checkpoint, Checkpoints, Choice, History, frame
from kcoder.reporting import gather
from kcoder.stage import Input, Stage, Step, Training
from kcoder.stages.merge import MergeAdapter
from kcoder.stages.report import Variant


def test_variants_share_the_base_they_have_in_common(study):
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}, "full": {"lua": "00"}})
    models = gather.models(report.variants, study.files)
    assert [(m.name, m.of, m.variants) for m in models] == [
        ("base", "base", ["lora", "full"]),
        ("lora", "tuned", ["lora"]),
        ("full", "tuned", ["full"]),
    ]


def test_another_base_carries_its_variants_names(study):
    one = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}})
    models = gather.models(one.variants, study.files)
    study.folder = study.folder / "other"
    study.folder.mkdir()
    other = study.report({"base": {"lua": "01"}, "multi": {"lua": "11"}})
    models = gather.models((*one.variants, *other.variants), study.files)
    assert [m.name for m in models] == ["base", "base of multi", "lora", "multi"]


def test_a_variant_without_a_name_makes_the_tuned_model(study):
    [variant] = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}}).variants
    models = gather.models([variant.model_copy(update={"name": ""})], study.files)
    assert [m.name for m in models] == ["base", "tuned"]


def test_outcomes_are_counted_by_problem_and_by_verdict(study):
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "110"}})
    judged = gather.models(report.variants, study.files)[1].judged["evaluate.tuned.lua"]
    assert judged.passes == {("mini", "lua"): {"p0": (1, 1), "p1": (1, 1), "p2": (0, 1)}}
    assert judged.verdicts == {("mini", "lua"): {"passed": 2, "wrong answer": 1}}
    assert judged.isolation == ["limits"]


def test_the_name_of_a_step_says_whose_it_is():
    assert gather.side("evaluate.base.lua.execute") == "base"
    assert gather.side("evaluate.tuned.t0.2.database.execute") == "tuned"


def test_the_kept_step_is_the_lowest_validation_loss_after_the_start(study):
    losses = [{"step": 0, "valid": 1.0}, {"step": 2, "valid": 1.3}, {"step": 4, "valid": 1.2, "loss": float("nan")}]
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}}, losses=losses)
    [history] = gather.histories(report.variants, study.files)
    assert (history["best_step"], history["best_valid"], history["steps"]) == (4, 1.2, 4)
    assert history["loss"] == []  # what is not finite is no point


def test_a_long_curve_is_averaged(study):
    losses = [{"step": step, "loss": float(step % 2)} for step in range(1, 601)]
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}}, losses=losses)
    [history] = gather.histories(report.variants, study.files)
    assert len(history["loss"]) == gather.POINTS
    assert history["loss"][0] == [4, 0.5]
    assert history["last_loss"] == 0.0


def test_dropped_rows_are_counted_and_a_few_are_shown_cut(study):
    rows = [{"id": str(i), "text": "x" * 500, "reason": "long"} for i in range(5)]
    rows.append({"id": "6", "text": "y", "reason": "letters", "evidence": "3 %"})
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}}, dropped=rows)
    [step] = gather.dropped(report.variants, study.files)
    assert [(r["reason"], r["count"], len(r["examples"])) for r in step["reasons"]] == [
        ("long", 5, 3),
        ("letters", 1, 1),
    ]
    assert step["reasons"][0]["examples"][0] == {"text": "x" * 200 + "…", "evidence": ""}


def test_a_model_that_says_nothing_of_its_size_is_none_the_less_there(study, tmp_path):
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}})
    (study.folder / "lora" / "checkpoint.json").unlink()
    [made] = gather.checkpoints(report.variants, study.files)
    assert (made["step"], made["variants"], made["parameters"]) == ("train", ["lora"], None)


def test_nothing_gathered_from_a_variant_that_made_nothing():
    made = ("settings", "scores", "outcomes", "references", "histories", "dropped", "models")
    empty = SimpleNamespace(name="x", **{kind: {} for kind in made})
    assert gather.models([empty], {}) == []


def test_scores_of_clean_and_contaminated_problems_stand_apart_from_those_of_all(study):
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}}, held={"lua": "01"})
    base, tuned = gather.models(report.variants, study.files)
    assert [(row["problems"], row["n"]) for row in base.scores] == [("all", 2)]
    assert [(row["problems"], row["k"], row["n"]) for row in tuned.parts["lora"]] == [
        ("clean", 1, 1),
        ("contaminated", 1, 1),
    ]


def test_one_base_serves_variants_whose_rows_held_other_problems(study):
    one = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}}, held={"lua": "01"})
    study.folder = study.folder / "other"
    study.folder.mkdir()
    other = study.report({"base": {"lua": "10"}, "full": {"lua": "11"}})
    [base, *_] = models = gather.models((*one.variants, *other.variants), study.files)
    assert [m.name for m in models] == ["base", "lora", "full"]
    assert {variant: len(rows) for variant, rows in base.parts.items()} == {"lora": 2, "full": 0}


def test_a_score_that_does_not_say_of_which_problems_is_of_all(study, tmp_path):
    report = study.report({"base": {"lua": "10"}, "lora": {"lua": "11"}})
    for output in report.variants[0].scores.values():
        rows = pl.read_parquet(study.files[output])
        rows.with_columns(problems=pl.lit(None, pl.String)).write_parquet(study.files[output])
    assert [row["problems"] for m in gather.models(report.variants, study.files) for row in m.scores] == ["all", "all"]


class Trained(Training):
    produces: ClassVar = {"model": Checkpoint, "kept": Checkpoints, "history": History}


class Chosen(Stage):
    produces: ClassVar = {"model": Checkpoint, "choice": Choice}
    kept: Input[Checkpoints]
    history: Input[History]


def test_a_model_that_was_chosen_stands_for_its_training_and_marks_its_curve(study, tmp_path):
    train = Step("train", Trained())
    select = Step("train.select", Chosen(kept=train["kept"], history=train["history"]))
    history = tmp_path / "history.jsonl"
    history.write_text("".join(json.dumps({"step": n, "valid": loss}) + "\n" for n, loss in ((0, 3), (2, 1), (4, 2))))
    rows = [{"step": 2, "valid": 1.0, "value": 0.2, "chosen": False}, {"step": 4, "valid": 2.0, "chosen": True}]
    frame(Choice, rows).write_parquet(tmp_path / "choice.parquet")
    files = {train["history"]: history, select["choice"]: tmp_path / "choice.parquet"}
    merge = Step("train.merge", MergeAdapter(model=select["model"]))
    for output, trainable in ((train["model"], 1), (select["model"], 2), (merge["model"], 3)):
        files[output] = tmp_path / output.step.name
        files[output].mkdir()
        (files[output] / "checkpoint.json").write_text(json.dumps({"parameters": 9, "trainable": trainable}))
    variant = Variant(
        name="",
        histories={"train": train["history"]},
        choices={"train.select": select["choice"]},
        models={"train": train["model"], "train.select": select["model"], "train.merge": merge["model"]},
    )
    [curve] = gather.histories([variant], files)
    assert (curve["best_step"], curve["kept_step"], curve["kept_valid"]) == (2, 4, 2.0)
    assert [row["step"] for row in curve["choice"]] == [2, 4]
    assert gather.checkpoints([variant], files) == [
        {"step": "train", "variants": [""], "method": name_of(Trained), "parameters": 9, "trainable": 3}
    ]
