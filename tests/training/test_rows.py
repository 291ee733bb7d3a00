import json

import pytest
import torch

from kcoder.errors import KcoderError
from kcoder.records import Packed, frame
from kcoder.training.packing import IGNORE
from kcoder.training.rows import RENDERED, Rows, rendered_with
from kcoder.training.template import ALPACA


@pytest.fixture
def rows(tmp_path):
    told = [
        {"ids": [5, 6, 0, 7], "labels": [IGNORE, 6, 0, IGNORE], "positions": [0, 1, 2, 0]},
        {"ids": [8, 9, 4, 0], "labels": [IGNORE, IGNORE, 4, 0], "positions": [0, 1, 2, 3]},
    ]
    frame(Packed, told).write_parquet(tmp_path / "train.parquet")
    return Rows.read(tmp_path / "train.parquet")


def test_a_target_is_what_follows(rows):
    assert rows.targets.tolist() == [[6, 0, IGNORE, IGNORE], [IGNORE, 4, 0, IGNORE]]
    assert rows.trained() == 4
    assert (len(rows), rows.length) == (2, 4)


def test_batches_hold_every_row_once_in_order(rows):
    assert [part.ids.tolist() for part in rows.split(1)] == [[[5, 6, 0, 7]], [[8, 9, 4, 0]]]
    assert rows.on("cpu").ids.dtype == torch.long


def test_each_epoch_has_an_order_of_its_own_that_comes_again():
    rows = Rows(*(torch.zeros(50, 4),) * 3)
    assert sorted(rows.order(0, 0).tolist()) == list(range(50))
    assert torch.equal(rows.order(0, 1), rows.order(0, 1))
    assert not torch.equal(rows.order(0, 0), rows.order(0, 1))
    assert not torch.equal(rows.order(0, 0), rows.order(1, 0))


def test_no_rows_are_no_success(tmp_path):
    frame(Packed, []).write_parquet(tmp_path / "train.parquet")
    with pytest.raises(KcoderError, match=r"no packed rows in train\.parquet"):
        Rows.read(tmp_path / "train.parquet")


def test_rows_say_what_they_were_rendered_with(tmp_path):
    told = json.dumps(ALPACA.as_json())
    frame(Packed, []).write_parquet(tmp_path / "train.parquet", metadata={RENDERED: told})
    assert rendered_with(tmp_path / "train.parquet") == ALPACA


def test_rows_from_elsewhere_say_nothing(tmp_path):
    frame(Packed, []).write_parquet(tmp_path / "train.parquet")
    assert rendered_with(tmp_path / "train.parquet") is None


def test_the_digest_follows_every_number_and_the_order(rows):
    assert rows.digest() == rows.pick(torch.tensor([0, 1])).digest()
    assert rows.digest() != rows.pick(torch.tensor([1, 0])).digest()
    for number in range(3):
        kinds = [kind.clone() for kind in (rows.ids, rows.positions, rows.targets)]
        kinds[number][0, 0] += 1
        assert Rows(*kinds).digest() != rows.digest()


def test_trained_tokens_are_counted_for_each_row(rows):
    assert rows.trained_each().tolist() == [2, 2]
