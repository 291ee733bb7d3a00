from kcoder.scoring.ranking import ranking


def scored(name, *scores):
    keys = ("language", "metric", "low", "high")
    return {"name": name, "scores": [dict(zip(keys, score, strict=True)) for score in scores]}


def test_each_score_has_an_order_of_its_own():
    found = ranking(
        [
            scored("one", (None, "ttr", 0.8, 0.9), ("python", "cyclomatic", 1, 2)),
            scored("two", (None, "ttr", 0.5, 0.6), ("python", "cyclomatic", 1.5, 3)),
        ]
    )
    assert found == {
        "ttr": {"one": 1, "two": 2},
        "python.cyclomatic": {"one": None, "two": None},
    }


def test_a_score_without_an_interval_is_not_ranked():
    found = ranking([scored("one", (None, "spread", 1.2, None)), scored("two", (None, "spread", 2, 3))])
    assert found == {"spread": {"one": None, "two": None}}
