import random

import numpy as np
import pytest

from kcoder.errors import KcoderError
from kcoder.training.packing import IGNORE, Packing, cut, fit, pack, require_labels, teaches

END, PAD = 0, 1


def test_only_the_completion_and_the_end_are_trained():
    [piece], was_cut = cut([5, 6], [7, 8], END, 8, "completion")
    assert piece.ids.tolist() == [5, 6, 7, 8, END]
    assert piece.labels.tolist() == [IGNORE, IGNORE, 7, 8, END]
    assert not was_cut


def test_on_all_only_the_first_token_is_not_trained():
    [piece], _ = cut([5, 6], [7, 8], END, 8, "all")
    assert piece.labels.tolist() == [IGNORE, 6, 7, 8, END]


def test_a_document_that_is_too_long_is_cut_and_never_ends():
    pieces, was_cut = cut([], [5, 6, 7, 8, 9], END, 5, "completion")
    assert [p.ids.tolist() for p in pieces] == [[5, 6, 7, 8, 9]]
    assert was_cut
    pieces, _ = cut([], [5, 6, 7, 8, 9, 4], END, 3, "completion")
    assert [p.labels.tolist() for p in pieces] == [[IGNORE, 6, 7], [IGNORE, 9, 4]]


def test_a_piece_without_a_trained_token_is_left_out():
    pieces, _ = cut([5, 6, 7, 8], [9, 4], END, 4, "completion")
    assert [p.ids.tolist() for p in pieces] == [[9, 4]]


def test_rows_are_laid_with_restarted_positions_and_an_untrained_end():
    pieces = [cut([], text, END, 8, "completion")[0][0] for text in ([5, 6], [7, 8, 9])]
    packed = pack(pieces, 8, PAD)
    assert packed.ids.tolist() == [[7, 8, 9, END, 5, 6, END, PAD]]
    assert packed.positions.tolist() == [[0, 1, 2, 3, 0, 1, 2, 0]]
    assert packed.labels.tolist() == [[IGNORE, 8, 9, END, IGNORE, 6, END, IGNORE]]
    assert packed.padding == 1


def test_each_piece_goes_into_the_fullest_row_that_has_room():
    assert fit([6, 5, 4, 3, 2], 10) == [[0, 2], [1, 3, 4]]
    assert fit([10, 10], 10) == [[0], [1]]


def test_every_piece_stands_in_one_row_and_few_slots_stay_empty():
    chance = random.Random(0)
    lengths = [min(1024, max(1, round(chance.lognormvariate(5, 0.9)))) for _ in range(5000)]
    rows = fit(lengths, 1024)
    assert sorted(i for row in rows for i in row) == list(range(5000))
    assert max(sum(lengths[i] for i in row) for row in rows) <= 1024
    assert sum(lengths) / (1024 * len(rows)) > 0.99


@pytest.mark.parametrize("loss_on", ["completion", "all"])
def test_a_document_teaches_as_many_tokens_as_its_length_tells(loss_on):
    for question in range(12):
        for answer in range(12):
            pieces, _ = cut([5] * question, [6] * answer, END, 5, loss_on)
            found = sum(int((piece.labels != IGNORE).sum()) for piece in pieces)
            assert found == teaches(question, answer, 5, loss_on), (question, answer)


def packing(labels):
    """A row of two documents, [5, 6 | 7, END] and [8 | 9, END], filled with END, which is the padding too."""
    ids = np.array([[5, 6, 7, END, 8, 9, END, END, END]], dtype=np.int32)
    positions = np.array([[0, 1, 2, 3, 0, 1, 2, 0, 1]], dtype=np.int32)
    return Packing(ids, np.array([labels], dtype=np.int32), positions, 2, np.array([0], dtype=np.int32))


def test_ends_are_trained_where_the_padding_is_the_end_token_too():
    pieces = [cut([5, 6], [7], END, 9, "completion")[0][0], cut([8], [9], END, 9, "completion")[0][0]]
    packed = pack(pieces, 9, END)
    assert packed.labels.tolist() == [[IGNORE, IGNORE, 7, END, IGNORE, 9, END, IGNORE, IGNORE]]
    require_labels(packed, END, 2, 4)


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        # as a collator hides the end that hides padding by its number
        ([IGNORE, IGNORE, 7, IGNORE, IGNORE, 9, IGNORE, IGNORE, IGNORE], "2 whole documents, but 0 of them end"),
        ([IGNORE, IGNORE, 7, END, IGNORE, 9, IGNORE, IGNORE, IGNORE], "but 1 of them end"),
        ([IGNORE, 6, 7, END, IGNORE, 9, END, IGNORE, IGNORE], "5 tokens are trained, but the documents have 4"),
        ([IGNORE, IGNORE, 7, END, IGNORE, 9, END, END, IGNORE], "5 tokens are trained"),
        ([IGNORE, IGNORE, IGNORE, END, IGNORE, 9, END, IGNORE, IGNORE], "3 tokens are trained"),
        ([IGNORE, IGNORE, 8, END, IGNORE, 9, END, IGNORE, IGNORE], "another token than the one it stands for"),
    ],
)
def test_rows_that_teach_something_else_are_refused(labels, fault):
    with pytest.raises(KcoderError, match=fault):
        require_labels(packing(labels), END, 2, 4)
