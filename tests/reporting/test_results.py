import json

from kcoder.reporting.results import as_json


def test_changes_are_against_the_base_on_the_same_problems(told):
    rows = {(r["model"], r["language"], r["benchmark"]): r for r in told["changes"]}
    lua, python = rows["lora-b", "lua", "mini"], rows["lora-b", "python", "mini"]
    assert (lua["against"], lua["points"], lua["n"]) == ("base", 20.0, 10)
    assert (python["points"], python["clear"]) == (-50.0, True)


def test_methods_are_compared_on_the_test_at_settings_chosen_on_development_problems(told):
    [pair] = told["selection"]["pairs"]
    assert (pair["methods"], pair["settings"], pair["gap"]) == (["lora", "full"], ["lora-b", "full-a"], 0.0)
    assert pair["languages"]["lua"]["points"] == -50.0
    assert told["selection"]["best"] == "full-b"


def test_the_choice_looks_at_development_problems_only(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora-a": {"lua": "1111", "python": "1111"}, "lora-b": {"lua": "0000", "python": "1111"}}
    dev = test | {"lora-a": test["lora-b"], "lora-b": test["lora-a"]}
    told = study.told(test, dev)
    assert told["selection"]["best"] == "lora-b"
    assert [r["points"] for r in told["changes"] if r["benchmark"] == "mini" and r["language"] == "lua"] == [100.0, 0.0]


def test_methods_that_keep_too_little_alike_are_not_comparable(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora": {"lua": "1000", "python": "1110"}, "full": {"lua": "1111", "python": "0000"}}
    [pair] = study.told(test, test)["selection"]["pairs"]
    assert (pair["settings"], pair["gap"], pair["languages"]) == (None, 75.0, {})


def test_without_development_scores_no_choice_is_made(study):
    test = {"base": {"lua": "0000"}, "lora": {"lua": "1000"}, "full": {"lua": "1111"}}
    told = study.told(test, kept=())
    assert (told["selection"]["best"], told["selection"]["pairs"]) == (None, [])
    assert study.told(test, test, select=False)["selection"] is None


def test_development_scores_are_never_called_a_test(told):
    assert {(r["benchmark"], r["split"]) for r in told["scores"]} == {("mini", "test"), ("mini-dev", "dev")}
    assert told["main"]["benchmark"] == "mini"


def test_a_score_that_no_outcomes_give_has_no_paired_interval(study):
    report = study.report({"base": {"lua": "1000"}, "lora": {"lua": "1100"}})
    stripped = [v.model_copy(update={"outcomes": {}}) for v in report.variants]
    from kcoder.reporting.results import results

    told = results(report.model_copy(update={"variants": tuple(stripped)}), study.files)
    assert (told["changes"], told["problems"]) == ([], [])
    assert len(told["scores"]) == 2


def test_every_problem_holds_every_models_passes(told):
    [row] = [r for r in told["problems"] if (r["language"], r["problem"]) == ("lua", "p2")]
    assert row["passes"] == {"base": [0, 1], "lora-a": [0, 1], "lora-b": [1, 1], "full-a": [1, 1], "full-b": [1, 1]}


def test_equal_results_are_equal_bytes(told):
    turned = dict(reversed(list(told.items())))
    assert as_json(told) == as_json(turned)
    assert json.loads(as_json(told))["answer"] == told["answer"]
