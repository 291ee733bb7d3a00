from kcoder.reporting.select import Candidate, best, gap, pairs

LORA_SLOW = Candidate("lora-slow", "lora", 0.30, (0.60,))
LORA_FAST = Candidate("lora-fast", "lora", 0.50, (0.40,))
FULL_SLOW = Candidate("full-slow", "full", 0.40, (0.58,))
FULL_FAST = Candidate("full-fast", "full", 0.80, (0.05,))


def test_methods_are_compared_where_they_keep_as_much():
    [found] = pairs([LORA_SLOW, LORA_FAST, FULL_SLOW, FULL_FAST], 5)
    assert found.methods == ("lora", "full")
    assert found.settings == ("lora-slow", "full-slow")
    assert found.gap == 2.0


def test_of_several_comparable_pairs_the_one_that_learned_most_is_taken():
    full_middle = Candidate("full-middle", "full", 0.60, (0.42,))
    [found] = pairs([LORA_SLOW, LORA_FAST, FULL_SLOW, full_middle], 5)
    assert found.settings == ("lora-fast", "full-middle")


def test_without_such_a_pair_nothing_is_compared_and_the_nearest_is_named():
    [found] = pairs([LORA_SLOW, LORA_FAST, FULL_FAST], 5)
    assert found.settings is None
    assert (found.nearest, found.gap) == (("lora-fast", "full-fast"), 35.0)


def test_five_points_are_within_five_points():
    a, b = Candidate("a", "lora", 0.5, (33 / 60,)), Candidate("b", "full", 0.5, (30 / 60,))
    assert 100 * (33 / 60 - 30 / 60) > 5  # as floats go
    assert gap(a, b) == 5.0
    assert pairs([a, b], 5)[0].settings == ("a", "b")


def test_a_tie_goes_to_the_first_by_name():
    twin = Candidate("lora-again", "lora", 0.30, (0.60,))
    assert pairs([LORA_SLOW, twin, FULL_SLOW], 5)[0].settings == ("lora-again", "full-slow")
    assert best([LORA_SLOW, twin]).name == "lora-again"


def test_one_method_is_not_compared():
    assert pairs([LORA_SLOW, LORA_FAST], 5) == []
    assert best([LORA_SLOW, LORA_FAST]) == LORA_FAST


def test_three_methods_make_three_pairs():
    other = Candidate("prefix", "prefix", 0.2, (0.59,))
    found = pairs([LORA_SLOW, FULL_SLOW, other], 5)
    assert [p.methods for p in found] == [("lora", "full"), ("lora", "prefix"), ("full", "prefix")]


def test_every_kept_language_counts():
    a, b = Candidate("a", "lora", 0.5, (0.5, 0.9)), Candidate("b", "full", 0.5, (0.5, 0.8))
    assert gap(a, b) == 10.0


def test_with_nothing_to_keep_the_best_of_each_method_are_compared():
    rows = [Candidate("a", "lora", 0.5), Candidate("b", "full", 0.4), Candidate("c", "full", 0.6)]
    assert pairs(rows, 5)[0].settings == ("a", "c")
