from kcoder.reporting.find import base_of, change, parts, score


def test_a_models_main_score_and_change_are_found_by_language(told):
    assert score(told, "full-a", "lua")["k"] == 8
    assert change(told, "full-a", "python")["points"] == -50.0


def test_what_is_not_there_is_not_found(told):
    assert score(told, "full-a", "rust") is None
    assert change(told, "base", "lua") is None
    assert score(told | {"main": None}, "base", "lua") is None


def test_a_tuned_model_knows_its_base(told):
    tuned = next(m for m in told["models"] if m["name"] == "lora-a")
    assert base_of(told, tuned)["name"] == "base"
    assert base_of(told | {"models": [tuned]}, tuned) is None


def test_the_score_of_all_problems_is_found_and_those_of_parts_apart(partly):
    assert [score(partly, name, "lua")["n"] for name in ("base", "lora")] == [5, 5]
    assert [(r["model"], r["problems"], r["k"], r["n"]) for r in parts(partly)] == [
        ("base", "clean", 1, 3),
        ("base", "contaminated", 0, 2),
        ("lora", "clean", 1, 3),
        ("lora", "contaminated", 2, 2),
    ]


def test_results_that_do_not_say_of_which_problems_are_of_all(told):
    for row in told["scores"]:
        del row["problems"]
    assert score(told, "full-a", "lua")["k"] == 8
    assert parts(told) == []
