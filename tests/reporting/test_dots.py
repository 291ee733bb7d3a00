from kcoder.reporting.dots import panels


def told(*sets):
    score = {"language": "python", "metric": "cyclomatic", "low": 1.0, "high": 3.0, "n": 9}
    return {
        "labels": {"cyclomatic": "cyclomatic"},
        "data_sets": [
            {
                "name": name,
                "scores": [score | {"value": 2.0}, score | {"language": None, "metric": "ttr", "value": None}],
            }
            for name in sets
        ],
    }


def test_each_set_has_a_point_and_its_interval():
    [figure] = panels(told("<one>", "two"), of_code=True)
    assert figure.count("<circle") == 2
    assert figure.count("<svg") == 1
    assert "&lt;one&gt;" in figure
    assert "cyclomatic, Python" in figure


def test_one_set_and_scores_without_a_value_are_not_drawn():
    assert list(panels(told("one"), of_code=True)) == []
    assert list(panels(told("one", "two"), of_code=False)) == []
