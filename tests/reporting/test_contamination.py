from kcoder.reporting.contamination import apart, looked_for


def step(name, variants=("a", "b"), facts=None, **asked):
    asked = {"is": name.rpartition(".")[2], **asked}
    return {"step": name, "variants": list(variants), "asked": asked, "facts": facts or {}}


def found(*problems, leaking, missing=(), **others):
    """What a step that looked for five problems of mini found in its rows."""
    told = {"mini": {"problems": 5, "found": list(problems)}, **others}
    return {"leaking": leaking, "missing": dict(missing), "benchmarks": told}


def said(told, *steps):
    made = looked_for(told, {"steps": list(steps)})
    return made and made.removeprefix('<p class="note">Problems of mini in the rows to learn from. ').removesuffix(
        "</p>"
    )


def test_the_scores_of_both_parts_stand_side_by_side_for_every_model(partly):
    made = apart(partly)
    assert made.count("<tr>") == 5
    assert '<div class="change">contaminated</div></th><td><span class="whole">2/2 = 100.0 %</span>' in made
    assert "Python" not in made  # none of its problems was learnt from
    assert "Changes and comparisons are those on all problems." in made


def test_no_table_where_no_problem_was_learnt_from(told, study):
    assert apart(told) is None
    assert apart(study.told({"base": {}, "lora": {}})) is None


def test_a_part_without_problems_shows_the_reason(study):
    made = apart(study.told({"base": {"lua": "10"}, "lora": {"lua": "11"}}, held={"lua": "11"}))
    assert made.count("no problem is clean") == 2


def test_it_is_said_what_was_dropped_and_what_was_kept(told):
    steps = [
        step("pretrain.data.decontaminate", facts=found("p1", leaking=1), mode="drop"),
        step("pretrain.data.split"),
        step("data.decontaminate", facts=found("p1", "p2", leaking=1_200), mode="report"),
        step("data.split"),
    ]
    assert said(told, *steps) == (
        "pretrain.data: looked for, 1 of its 5 problems found, 1 row dropped. "
        "data: looked for, 2 of its 5 problems found, every row kept."
    )


def test_rows_are_counted_for_all_benchmarks_together(told):
    facts = found(leaking=1_200, mbpp={"problems": 500, "found": ["m1"]})
    steps = [step("data.decontaminate", facts=facts, mode="drop"), step("data.split")]
    assert said(told, *steps) == (
        "data: looked for, 0 of its 5 problems found, 1,200 rows dropped for all benchmarks together."
    )


def test_what_was_not_looked_for_is_said_with_the_reason_if_there_is_one(told):
    assert said(told, step("data.split")) == "data: not looked for in the training data."
    other = {"leaking": 0, "missing": {}, "benchmarks": {"mbpp": {"problems": 500, "found": []}}}
    steps = [step("data.decontaminate", facts=other, mode="drop"), step("data.split")]
    assert said(told, *steps) == "data: not looked for in the training data."
    steps[0]["facts"] = other | {"missing": {"mini": "no network"}}
    assert said(told, *steps) == "data: not looked for in the training data (no network)."


def test_variants_are_named_where_they_differ(told):
    steps = [
        step("data.decontaminate", ["a"], found("p1", leaking=2), mode="drop"),
        step("data.split", ["a"]),
        step("data.split", ["b"]),
        step("data.split", ["c"]),
    ]
    assert said(told, *steps) == (
        "data (a): looked for, 1 of its 5 problems found, 2 rows dropped. "
        "data (b, c): not looked for in the training data."
    )


def test_what_a_model_from_elsewhere_had_learnt_is_not_known(told):
    assert (
        said(told, step("model", **{"is": "borrow"})) == "What the model had learnt before it came here is not known."
    )


def test_a_diary_without_steps_says_nothing(told):
    assert looked_for(told, {}) is None
