from collections import Counter

from kcoder.training.infill import Infill

TEXT = "def née(x):\n    return '日本'\n"


def test_a_hole_depends_on_the_rows_id_and_the_seed_alone():
    holes = {row: Infill(rate=1, seed=3).hole(row, TEXT) for row in ("a", "b", "c")}
    assert {row: Infill(rate=1, seed=3).hole(row, TEXT) for row in ("c", "a", "b")} == holes
    assert len(set(holes.values())) == 3
    assert Infill(rate=1, seed=4).hole("a", TEXT) != holes["a"]


def test_the_share_and_the_orders_are_those_asked_for():
    holes = [Infill(rate=0.25).hole(str(n), TEXT) for n in range(4000)]
    orders = Counter(hole.order for hole in holes if hole)
    assert 900 < orders.total() < 1100
    assert 0.4 < orders["psm"] / orders.total() < 0.6
    assert {Infill(rate=1, mode="spm").hole(str(n), TEXT).order for n in range(50)} == {"spm"}


def test_the_ends_of_holes_are_spread_evenly_over_all_places():
    holes = [Infill(rate=1).hole(str(n), "abcd") for n in range(5000)]
    ends = Counter(end for hole in holes for end in (hole.start, hole.end))
    assert set(ends) == {0, 1, 2, 3, 4}
    assert min(ends.values()) > 0.9 * 10_000 / 5
    assert all(hole.start <= hole.end for hole in holes)


def test_a_seed_of_its_own_is_kept():
    assert Infill(seed=5).seeded(1).seed == 5
    assert Infill().seeded(1) == Infill(seed=1)
