import json

from kcoder.reporting.results import as_json, results


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


def test_clean_and_contaminated_problems_have_scores_and_changes_are_on_all(partly):
    lua = [r for r in partly["scores"] if (r["language"], r["split"]) == ("lua", "test")]
    assert [(r["model"], r["problems"], r["k"], r["n"]) for r in lua] == [
        ("base", "all", 1, 5),
        ("base", "clean", 1, 3),
        ("base", "contaminated", 0, 2),
        ("lora", "all", 3, 5),
        ("lora", "clean", 1, 3),
        ("lora", "contaminated", 2, 2),
    ]
    assert {(r["problems"], r["benchmark"], r["language"], r["n"]) for r in partly["changes"]} == {
        ("all", benchmark, language, n)
        for benchmark in ("mini", "mini-dev")
        for language, n in (("lua", 5), ("python", 2))
    }
    assert len([r for r in partly["problems"] if r["language"] == "lua"]) == 5


def test_choices_are_made_by_all_development_problems(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora-a": {"lua": "1110", "python": "1111"}, "lora-b": {"lua": "0011", "python": "1111"}}
    told = study.told(test, test, held={"lua": "1100", "python": "1100"})
    assert told["selection"]["best"] == "lora-a"


def test_a_base_scored_for_variants_of_other_rows_says_for_which(study):
    reports = []
    for folder, name, held in (("one", "lora", "01"), ("two", "full", "10"), ("three", "prefix", "01")):
        study.folder = study.folder / folder
        study.folder.mkdir()
        reports.append(study.report({"base": {"lua": "10"}, name: {"lua": "11"}}, held={"lua": held}, kept=()))
    variants = tuple(variant for report in reports for variant in report.variants)
    told = results(reports[0].model_copy(update={"variants": variants}), study.files)
    assert [(r["problems"], r["k"]) for r in told["scores"] if r["model"] == "base"] == [
        ("all", 1),
        ("clean for lora, prefix", 1),
        ("contaminated for lora, prefix", 0),
        ("clean for full", 0),
        ("contaminated for full", 1),
    ]
    assert [r["problems"] for r in told["scores"] if r["model"] == "full"] == ["all", "clean", "contaminated"]
