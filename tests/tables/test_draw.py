import random

import polars as pl

from kcoder.tables.draw import Draw


def drawn(ids, count, seed=0, batch=7):
    draw = Draw(count, seed)
    for at in range(0, len(ids), batch):
        draw.add(pl.DataFrame({"id": ids[at : at + batch]}))
    assert draw.met == len(ids)
    return set(draw.rows(count or len(ids))["id"])


IDS = [str(n) for n in range(200)]


def test_the_same_rows_are_drawn_in_whatever_order_and_batches_they_come():
    shuffled = random.Random(1).sample(IDS, len(IDS))
    assert drawn(IDS, 20) == drawn(shuffled, 20) == drawn(IDS, 20, batch=200)
    assert drawn(IDS, 20) != drawn(IDS, 20, seed=1)


def test_a_larger_draw_holds_the_smaller_one_and_fewer_can_be_taken():
    assert drawn(IDS, 20) < drawn(IDS, 50)
    draw = Draw(50, 0)
    draw.add(pl.DataFrame({"id": IDS}))
    assert set(draw.rows(20)["id"]) == drawn(IDS, 20)


def test_memory_holds_at_most_twice_the_rows_and_a_batch():
    draw = Draw(10, 0)
    for at in range(0, 200, 5):
        draw.add(pl.DataFrame({"id": IDS[at : at + 5]}))
        assert sum(held.height for held in draw._held) <= 20


def test_every_row_is_equally_likely():
    counts = dict.fromkeys(IDS, 0)
    for seed in range(400):
        for each in drawn(IDS, 20, seed):
            counts[each] += 1
    assert min(counts.values()) > 15 and max(counts.values()) < 75  # 40 expected, five standard deviations


def test_without_a_number_all_rows_are_held():
    assert drawn(IDS, None) == set(IDS)
