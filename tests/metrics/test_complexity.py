import polars as pl

from kcoder.metrics.complexity import Cyclomatic, Halstead


def test_each_language_has_a_mean_over_the_programs_whose_complexity_is_known():
    rows = pl.DataFrame(
        {"language": ["rust", "python", "python", "python", None, "java"], "cyclomatic": [4.0, 1, 2, None, 9, None]}
    )
    told = Cyclomatic().score(rows.lazy()).select("language", "metric", "value", "n").rows()
    assert told == [("python", "cyclomatic", 1.5, 2), ("rust", "cyclomatic", 4.0, 1)]


def test_halstead_is_four_means_each_with_its_count():
    rows = pl.DataFrame(
        {"language": ["python"] * 2}
        | {name: [2.0, 4.0] for name in Halstead.needs}
        | {"halstead_difficulty": [1.0, None]}
    )
    told = Halstead().score(rows.lazy()).select("metric", "value", "n").rows()
    assert told == [
        ("halstead_vocabulary", 3.0, 2),
        ("halstead_length", 3.0, 2),
        ("halstead_difficulty", 1.0, 1),
        ("halstead_volume", 3.0, 2),
    ]
