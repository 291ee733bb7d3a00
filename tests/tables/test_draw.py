import random

import polars as pl

from kcoder.records import Document, frame, schema
from kcoder.tables.draw import Draw, share_out


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


def shared(tmp_path, kinds, counts, batch=7):
    rows = [{"id": n, "text": "", "language": kinds[int(n) % len(kinds)]} for n in IDS]
    batches = [frame(Document, rows[at : at + batch]) for at in range(0, len(rows), batch)]
    told = {}

    def take(there):
        told.update(there)
        return counts

    found = pl.concat(share_out(batches, "language", list(counts), 0, take, tmp_path))
    assert list(tmp_path.iterdir()) == []
    return told, found


def test_rows_are_shared_out_as_they_would_be_drawn_and_in_their_order(tmp_path):
    there, found = shared(tmp_path, ["lua", "go", "c", None], {"lua": 20, "go": 50})
    assert there == {"lua": 50, "go": 50}
    assert set(found.filter(pl.col("language") == "lua")["id"]) == drawn(IDS[::4], 20)
    assert found.filter(pl.col("language") == "go").height == 50
    assert found["id"].to_list() == sorted(found["id"], key=int)
    assert found.schema == schema(Document)


def test_a_kind_of_which_none_is_taken_gives_none(tmp_path):
    _, found = shared(tmp_path, ["lua", "go"], {"lua": 0, "go": 1})
    assert found["language"].to_list() == ["go"]
