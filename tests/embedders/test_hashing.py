import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from kcoder.embedders import hashing
from kcoder.embedders.hashing import Hashing
from kcoder.host import Host


def vectors(*texts, **options):
    return Hashing(**options).embed(pl.Series("text", texts, pl.String), Host())


def test_vectors_have_length_one_and_the_wanted_dimensions():
    made = vectors("sort a list", "", None, "{}", dimensions=64)
    assert (made.shape, made.dtype) == ((4, 64), np.float32)
    assert np.linalg.norm(made, axis=1) == pytest.approx(1)


def test_a_text_without_words_gets_the_first_axis():
    assert vectors("", "()", None)[:, 0].tolist() == [1, 1, 1]


def test_a_word_is_one_number_and_twice_it_weighs_1_plus_log_2():
    one, twice, both = vectors("alpha", "alpha beta alpha", "beta", words=1)
    assert np.count_nonzero(one) == 1
    # alpha weighs 1 + log 2 against beta's 1
    weight = 1 + np.log(2)
    assert float(one @ twice) == pytest.approx(weight / np.hypot(weight, 1))
    assert float(both @ twice) == pytest.approx(1 / np.hypot(weight, 1))


def test_runs_of_words_know_their_order_and_end_with_their_text():
    ab, ba = vectors("a b", "b a", words=1)
    assert ab.tolist() == ba.tolist()
    # of three features each, two words and a pair, the words are shared
    ab, ba = vectors("a b", "b a", words=2)
    assert float(ab @ ba) == pytest.approx(2 / 3)
    assert vectors("a b", "c")[0].tolist() == vectors("a b", "d e f")[0].tolist() == vectors("a b")[0].tolist()


def test_it_measures_wording_and_says_so():
    sort, same, other = vectors("sort the list of numbers", "sort this list of numbers", "order all items by value")
    assert float(sort @ same) > 0.4 > float(sort @ other)
    assert Hashing().title() == "hashing of runs of up to 2 words into 1,024 dimensions (wording, not meaning)"
    assert Hashing().facts() == {"embedder": Hashing().title()}


def test_batches_make_no_difference(monkeypatch):
    texts = [f"row {n} of {n % 7} and {n * n}" for n in range(50)]
    whole = vectors(*texts)
    monkeypatch.setattr(hashing, "ROWS", 8)
    assert np.array_equal(vectors(*texts), whole)
    assert vectors().shape == (0, 1024)


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_vectors_are_the_same_in_every_process(hash_seed):
    program = (
        "import polars as pl\nfrom kcoder.embedders.hashing import Hashing\nfrom kcoder.host import Host\n"
        "print(Hashing().embed(pl.Series(['def add(a, b): return a + b']), Host()).tobytes().hex())"
    )
    world = {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=world)
    assert done.stdout.strip() == vectors("def add(a, b): return a + b").tobytes().hex()
