from kcoder.reporting.answer import sentences


def test_the_answer_says_what_was_gained_lost_compared_and_left_open(told):
    said = sentences(told)
    assert said[0].startswith(
        "With full-b, the best setting for Lua on the development problems, Lua rose by 80.0 points ["
    )
    assert " to 90.0 % and Python fell by 90.0 points [" in said[0]
    assert said[1].startswith(
        "At Python kept within 5 points (chosen on the development problems: lora-b and full-a), "
        "full learned more Lua than lora: +50.0 points [+20.0, "
    )
    assert said[2] == (
        "Before tuning, the model solves 1/10 = 10.0 % [0.0, 100.0] of the Lua problems and "
        "9/10 = 90.0 % [0.0, 100.0] of the Python problems."
    )
    assert "other seeds (each setting was trained once) or beyond short made-up problems" in said[3]
    assert "with 10 problems a language" in said[3]
    assert len(said) == 4


def test_methods_too_far_apart_are_said_to_be_not_comparable(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora": {"lua": "1000", "python": "1110"}, "full": {"lua": "1111", "python": "0000"}}
    assert study.told(test, test)["answer"][1] == (
        "lora and full are not comparable here: at every pair of settings, Python on the development problems "
        "differs by more than 5 points (the nearest, lora and full, by 75.0)."
    )


def test_an_interval_around_zero_is_no_clear_difference(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora": {"lua": "1000", "python": "1111"}, "full": {"lua": "1100", "python": "1111"}}
    said = study.told(test, test)["answer"]
    assert "Python moved by 0.0 points [−49.0, +49.0] to 100.0 % (no clear difference)" in said[0]
    assert "there is no clear difference in Lua: lora − full = −25.0 points [−75.0, 0.0]" in said[1]


def test_one_method_has_a_best_setting_and_no_comparison(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora-a": {"lua": "1000", "python": "1111"}, "lora-b": {"lua": "1111", "python": "1111"}}
    said = study.told(test, test)["answer"]
    assert said[0].startswith("With lora-b, the best setting for Lua")
    assert not any("compar" in sentence or "learned more" in sentence for sentence in said)


def test_without_development_problems_no_choice_is_made_and_the_answer_says_so(study):
    said = study.told({"base": {"lua": "00"}, "lora": {"lua": "10"}, "full": {"lua": "11"}}, kept=())["answer"]
    assert said[0].startswith("No choice is made between the settings, since no development problems were scored")


def test_with_many_methods_the_table_says_how_they_differ(study):
    one = {"lua": "1000", "python": "1111"}
    test = {"base": {"lua": "0000", "python": "1111"}, "lora": one, "full": one, "prefix": one}
    said = study.told(test, test)["answer"]
    assert len([sentence for sentence in said if sentence.startswith("At Python kept within 5 points")]) == 3
    test["prompt"] = one
    said = study.told(test, test)["answer"]
    assert said[1] == "Of 6 pairs of methods, 6 can be compared; the table of methods says how they differ."


def test_a_single_model_needs_no_choice(study):
    said = study.told({"base": {"lua": "0000"}, "lora": {"lua": "1111"}}, kept=(), select=False)["answer"]
    assert said[0] == "After tuning (lora), Lua rose by 100.0 points [2.0, 100.0] to 100.0 %."


def test_nothing_scored_is_no_answer(study):
    assert study.told({"base": {}, "lora": {}})["answer"] == ["Nothing was scored, so there is no answer yet."]


def test_without_scores_the_validation_loss_before_and_after_is_the_answer(study):
    told = study.told({"base": {}, "lora": {}})
    history = {"step": "train", "steps": 60, "best_step": 40, "best_valid": 4.378, "valid": [[0, 10.27], [40, 4.378]]}
    told |= {"main": None, "histories": [history | {"variants": [""]}]}
    assert sentences(told) == ["train: the validation loss fell from 10.27 to 4.38 nats a token, at step 40 of 60."]
    worse = history | {"variants": ["lora"], "best_valid": 10.3}
    assert sentences(told | {"histories": [worse]})[0].startswith("lora: the validation loss did not fall: from 10.27")


def test_problems_that_were_learnt_from_are_counted(partly, told):
    assert (
        "Rows that hold 2 of the Lua problems were learnt from: clean and contaminated problems are scored apart too, "
        "changes and comparisons are those on all problems."
    ) in partly["answer"]
    assert not any("contaminated" in sentence for sentence in told["answer"])
