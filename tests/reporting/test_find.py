from kcoder.reporting.find import base_of, change, score


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
