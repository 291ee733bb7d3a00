import polars as pl

from kcoder.metrics.complexity import Cyclomatic, Halstead


def test_each_language_has_a_mean_over_the_programs_whose_complexity_is_known():
    rows = pl.DataFrame(
        {"language": ["rust", "python", "python", "python", None, "java"], "cyclomatic": [4.0, 1, 2, None, 9, None]}
    )
    told = Cyclomatic().score(rows.lazy()).select("language", "metric", "value", "n").rows()
    assert told == [("python", "cyclomatic", 1.5, 2), ("rust", "cyclomatic", 4.0, 1)]


def test_halstead_is_four_means_of_each_scorer_with_their_counts():
    rows = pl.DataFrame(
        {"language": ["python"] * 2}
        | {name: [2.0, 4.0] for name in Halstead.needs}
        | {"token.halstead_difficulty": [1.0, None]}
    )
    told = Halstead().score(rows.lazy()).select("metric", "value", "n").rows()
    assert told == [
        ("radon.halstead_vocabulary", 3.0, 2),
        ("radon.halstead_length", 3.0, 2),
        ("radon.halstead_difficulty", 3.0, 2),
        ("radon.halstead_volume", 3.0, 2),
        ("token.halstead_vocabulary", 3.0, 2),
        ("token.halstead_length", 3.0, 2),
        ("token.halstead_difficulty", 1.0, 1),
        ("token.halstead_volume", 3.0, 2),
    ]


def test_a_language_that_radon_does_not_read_has_halstead_by_token_alone():
    rows = pl.DataFrame(
        {"language": ["java"]} | {name: [None if name.startswith("radon") else 2.0] for name in Halstead.needs},
        schema_overrides=dict.fromkeys(Halstead.needs, pl.Float64),
    )
    assert {metric.partition(".")[0] for metric in Halstead().score(rows.lazy())["metric"]} == {"token"}
