"""How amounts read."""

from kcoder.amounts import duration, size


def test_times_and_sizes():
    assert [duration(s) for s in (0.04, 9.96, 41.2, 190, 18060)] == [
        "0.0 s",
        "10.0 s",
        "41 s",
        "3m10s",
        "5h01m",
    ]
    assert [size(n) for n in (812, 4100, 12_000_000, 3_000_000_000)] == ["812 B", "4.1 kB", "12 MB", "3.0 GB"]
