import csv
import io

from kcoder.reporting.tidy import as_csv


def rows(told):
    return list(csv.DictReader(io.StringIO(as_csv(told).decode())))


def test_every_score_and_change_is_a_row(told):
    found = rows(told)
    [score] = [
        r for r in found if (r["kind"], r["model"], r["language"], r["split"]) == ("score", "full-a", "lua", "test")
    ]
    assert (score["value"], score["k"], score["n"], score["unit"]) == ("0.8", "8", "10", "share")
    [change] = [
        r
        for r in found
        if (r["kind"], r["model"], r["language"], r["benchmark"]) == ("change", "full-a", "lua", "mini")
    ]
    assert (change["value"], change["against"], change["unit"]) == ("70.0", "base", "points")


def test_counts_of_verdicts_losses_and_dropped_rows_are_there_too(told):
    kinds = {(r["kind"], r["value"]) for r in rows(told)}
    assert {("verdict: wrong answer", "7"), ("train: best_valid", "1.2"), ("data.filter: too long", "1")} <= kinds
    assert {("trainable", "100"), ("methods", "-50.0")} <= kinds


def test_every_score_and_difference_says_of_which_problems(partly):
    lua = [r for r in rows(partly) if (r["language"], r["benchmark"]) == ("lua", "mini")]
    told = [(r["kind"], r["model"], r["problems"], r["value"], r["n"]) for r in lua if r["model"] == "lora"]
    assert told[:4] == [
        ("score", "lora", "all", "0.6", "5"),
        ("score", "lora", "clean", "0.3333333333333333", "3"),
        ("score", "lora", "contaminated", "1.0", "2"),
        ("change", "lora", "all", "40.0", "5"),
    ]


def test_a_score_says_its_unit(told):
    lost = {"model": "base", "benchmark": "test split", "language": "lua", "metric": "perplexity", "split": "test"}
    told = told | {"scores": [lost | {"value": 3.13, "unit": "perplexity"}, lost | {"value": 0.5, "unit": None}]}
    assert [r["unit"] for r in rows(told) if r["kind"] == "score"] == ["perplexity", "share"]


def test_every_pair_of_models_has_its_difference_its_chance_and_what_could_have_been_seen(study):
    found = rows(study.told({"base": {"lua": "10" * 10}, "lora": {"lua": "11" * 10}, "full": {"lua": "10" * 10}}))
    mine = [r for r in found if r["kind"].startswith("pair") and (r["model"], r["against"]) == ("lora", "base")]
    assert [(r["kind"], r["unit"], r["n"]) for r in mine] == [
        ("pair", "points", "20"),
        ("pair: p of McNemar", "probability", "20"),
        ("pair: detectable", "points", "20"),
    ]
    assert (mine[0]["value"], mine[0]["split"], mine[1]["interval"]) == ("50.0", "test", "Holm over 3")
    assert float(mine[1]["value"]) == 3 * 2 * 0.5**10


def test_agreement_between_languages_is_there_with_its_interval(study):
    marks = {"lua": "1100", "python": "1010"}
    found = rows(study.told({"base": marks, "lora": marks}))
    mine = [r for r in found if r["kind"].startswith("agreement") and r["model"] == "lora"]
    assert [(r["kind"].partition(": ")[2], r["language"], r["value"], r["n"]) for r in mine] == [
        ("", "lua and python", "0.5", "4"),
        ("kappa", "lua and python", "0.0", "4"),
    ]
    assert all(float(r["low"]) < float(r["value"]) < float(r["high"]) for r in mine)
