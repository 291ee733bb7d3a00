import random
import re
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from kcoder.similarity import shingles
from kcoder.similarity.shingles import joined, shingle_sets, shingled


def sets_of(*texts, **options):
    found = shingle_sets(pl.Series("text", texts, pl.String), **options)
    return [set(found.flat[a:b].tolist()) for a, b in zip(found.bounds[:-1], found.bounds[1:], strict=True)]


def test_a_text_of_n_words_and_more_has_a_shingle_for_each_n_in_a_row():
    assert [len(each) for each in sets_of("a b c d e", "a b c d e f g", "a b a b a b", n=5)] == [1, 3, 2]
    assert [len(each) for each in sets_of("a b c", "a b a b", n=2)] == [2, 2]


def test_a_text_of_fewer_words_has_one_shingle_of_them_all():
    short, same, other, longer = sets_of("return x", "return(x)", "x return", "return x 1 2 3")
    assert len(short) == len(other) == len(longer) == 1
    assert short == same
    assert short.isdisjoint(other)
    assert short.isdisjoint(longer)


def test_a_text_without_words_has_none():
    assert sets_of("", None, " \n", "{}();") == [set()] * 4


def test_spacing_and_punctuation_do_not_count_and_case_does():
    one, two, three = sets_of("x = foo(a, b) + 1", "x=foo( a,b )\n\n+ 1", "x = Foo(a, b) + 1")
    assert one == two
    assert one != three


def test_words_end_where_their_text_ends():
    assert sets_of("one two", "three") != sets_of("one", "two three")
    assert sets_of("ab", "cd") == sets_of("ab") + sets_of("cd")


def test_words_that_differ_late_or_in_length_are_different():
    words = ["a", "aa", "a" * 8, "a" * 9, "a" * 16, "a" * 17, "a" * 16 + "b", "b" + "a" * 16, "é" * 9, "é" * 10]
    assert len({frozenset(each) for each in sets_of(*words)}) == len(words)


def test_the_seed_gives_other_hashes():
    assert set(sets_of("a b c", seed=0)[0]).isdisjoint(sets_of("a b c", seed=1)[0])


def test_counts_are_those_of_a_plain_program():
    draw = random.Random(0)
    pieces = ["a", "b", "foo_1", "ünï", "数据", " ", " ", "\n", "(", ").", "0x7f"]
    texts = ["".join(draw.choice(pieces) for _ in range(draw.randrange(60))) for _ in range(300)]
    for n in (1, 2, 5):
        words = [re.findall(r"[A-Za-z0-9_\u0080-\U0010ffff]+", text) for text in texts]
        plain = [{tuple(w[k : k + n]) for k in range(max(len(w) - n + 1, 1))} if w else set() for w in words]
        found = sets_of(*texts, n=n)
        assert [len(each) for each in found] == [len(each) for each in plain]
        # equal sets there are equal sets here
        assert len({frozenset(each) for each in found}) == len({frozenset(each) for each in plain})


def test_batches_make_no_difference(monkeypatch):
    texts = pl.Series([f"def f{n}(x): return x + {n} * y - {n % 3}" for n in range(40)])
    whole = shingle_sets(texts)
    monkeypatch.setattr(shingles, "BATCH", 100)
    parts = list(shingled(texts))
    assert len(parts) > 10
    assert [start for start, _ in parts] == np.cumsum([0, *(len(sets) for _, sets in parts)])[:-1].tolist()
    again = joined(sets for _, sets in parts)
    assert np.array_equal(whole.flat, again.flat)
    assert np.array_equal(whole.bounds, again.bounds)


def test_no_text_is_no_set():
    assert len(shingle_sets(pl.Series("text", [], pl.String))) == 0


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_hashes_are_the_same_in_every_process(hash_seed):
    program = (
        "import polars as pl\nfrom kcoder.similarity.shingles import shingle_sets\n"
        "print(shingle_sets(pl.Series(['def add(a, b):'])).flat.tolist())"
    )
    world = {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=world)
    assert done.stdout.strip() == str(sorted(sets_of("def add(a, b):")[0]))
