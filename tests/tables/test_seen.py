import tracemalloc

import polars as pl

from kcoder.tables.seen import Seen


def fresh(seen, *names):
    return seen.fresh(pl.Series(names, dtype=pl.String)).to_list()


def test_a_name_is_fresh_once():
    seen = Seen()
    assert fresh(seen, "a", "b", "a", "") == [True, True, False, True]
    assert fresh(seen, "c", "b", "c", "") == [True, False, False, False]
    assert fresh(seen) == []
    assert fresh(seen, None, "d", None) == [False, True, False]


def test_what_a_set_would_find_is_found_over_many_batches():
    seen, known = Seen(), set()
    for batch in range(50):
        names = [str((batch * 37 + n * n) % 3000) for n in range(100)]
        right = [name not in known and name not in names[:at] for at, name in enumerate(names)]
        assert fresh(seen, *names) == right
        known |= {*names}


def test_a_name_takes_less_than_forty_bytes_at_any_time():
    tracemalloc.start()
    seen, count = Seen(), 50_000
    for at in range(0, count, 1000):
        seen.fresh(pl.Series([f"{n:040}" for n in range(at, at + 1000)]))
    now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert now / count < 18
    assert most / count < 40
