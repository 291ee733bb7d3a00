"""Every two models of a report against each other."""

from kcoder.reporting.answer import sentences
from kcoder.reporting.comparisons import LISTED, main_family, section
from kcoder.reporting.markup import join

#: 8, 6 and 2 problems apart, all one way: p = 2/2**8, 2/2**6 and 2/2**2, times 3, 2 and 1
MARKS = {"base": {"lua": "0" * 20}, "lora": {"lua": "1" * 8 + "0" * 12}, "full": {"lua": "1" * 6 + "0" * 14}}


def page(told):
    return join(*section(told))


def test_every_two_models_are_compared_and_corrected_over_all_of_their_family(study):
    [family] = study.told(MARKS, MARKS)["comparisons"]
    assert (family["benchmark"], family["language"], family["metric"], family["tests"]) == ("mini", "lua", "pass@1", 3)
    assert [(p["model"], p["against"], p["points"], p["p"]) for p in family["pairs"]] == [
        ("lora", "base", 40.0, 3 * 2 / 2**8),
        ("full", "base", 30.0, 2 * 2 / 2**6),
        ("full", "lora", -10.0, 2 / 2**2),
    ]
    assert family["pairs"][2]["only_against"] == {"count": 2, "problems": ["p6", "p7"]}
    assert family["pairs"][2]["only_model"] == {"count": 0, "problems": []}
    assert [p["n"] for p in family["pairs"]] == [20, 20, 20]


def test_each_language_is_a_family_of_its_own(study):
    test = {name: marks | {"python": "10"} for name, marks in MARKS.items()}
    told = study.told(test)
    assert [(f["language"], f["tests"]) for f in told["comparisons"]] == [("lua", 3), ("python", 3)]
    assert [p["p"] for p in told["comparisons"][1]["pairs"]] == [1.0, 1.0, 1.0]
    assert main_family(told) is told["comparisons"][0]


def test_problems_are_named_up_to_a_bound_and_the_rest_is_counted(study):
    told = study.told({"base": {"lua": "0" * 15}, "lora": {"lua": "1" * 15}})
    [pair] = told["comparisons"][0]["pairs"]
    assert (pair["only_model"]["count"], len(pair["only_model"]["problems"])) == (15, LISTED)
    assert "p6 and 3 more</td>" in page(told)


def test_one_comparison_alone_is_not_called_corrected(study):
    made = page(study.told({"base": {"lua": "0" * 10}, "lora": {"lua": "1" * 10}}))
    assert '<th scope="col">p</th>' in made
    assert "Holm over" not in made
    assert "<td>0.002</td><td>10</td><td>0</td>" in made


def test_the_page_shows_the_taught_language_and_folds_the_others(study):
    test = {name: marks | {"python": "1010"} for name, marks in MARKS.items()}
    made = page(study.told(test))
    assert made.index("<table") < made.index("<details")
    assert "corrected by Holm over 3 comparisons" in made
    assert "<summary>Python (mini, pass@1, temperature 0): 3 comparisons</summary>" in made
    assert made.index("Lua (mini, pass@1, temperature 0): every two") < made.index("<summary>Python")


def test_many_comparisons_are_folded(study):
    test = {"base": {"lua": "0"}} | {f"m{n}": {"lua": "1"} for n in range(5)}
    assert page(study.told(test)).startswith("<details><summary>Lua (mini, pass@1, temperature 0): 15 comparisons")


def test_why_two_models_are_not_ranked_is_said_and_of_many_pairs_folded(study):
    told = study.told({"base": {"lua": "10"}, "lora": {"lua": "11"}, "full": {"lua": "111"}, "multi": {"lua": "1111"}})
    made = page(told)
    assert made.count("were not asked the same problems of mini in lua: p2") == 4
    assert "<summary>Lua (mini, pass@1, temperature 0): 5 pairs are not ranked</summary>" in made
    two = study.told({"base": {"lua": "10"}, "lora": {"lua": "111"}}, kept=())
    assert page(two) == (
        '<p class="note">lora and base were not asked the same problems of mini in lua: p2; '
        "evaluate both on the same problems.</p>"
    )


def test_without_a_choice_the_answer_tells_how_the_tuned_models_differ(study):
    told = study.told(MARKS, select=False)
    assert (
        "Tuned models in Lua: full − lora is −10.0 points [−25.0, 0.0], no clear difference, p = 0.500 "
        "(Holm over 3 comparisons)." in told["answer"]
    )
    assert not any(sentence.startswith("Tuned models") for sentence in study.told(MARKS, MARKS, kept=())["answer"])


def test_many_tuned_models_are_counted_in_the_answer(study):
    test = {"base": {"lua": "0" * 12}} | {f"m{n}": {"lua": ("1" if n == 3 else "0") * 12} for n in range(4)}
    said = sentences(study.told(test, select=False))
    assert "Of 6 pairs of tuned models 3 differ in Lua clearly; the page says how." in said


def test_results_of_before_there_were_comparisons_still_make_a_page(told):
    del told["comparisons"]
    assert page(told) == ""
    assert sentences(told)
