"""The last look at the labels, and the failures it is there for."""

import pytest
import torch

from kcoder.errors import KcoderError
from kcoder.training.gate import require_sound
from kcoder.training.packing import IGNORE, cut, pack
from kcoder.training.rows import Rows

END, WORDS = 0, 20


def rows(labels=None, ids=None):
    """[5 6 | 7 END] and [8 | 9 END] in a row, then END for padding; `labels` and `ids` put others in their place."""
    pieces = [cut([5, 6], [7], END, 9, "completion")[0][0], cut([8], [9], END, 9, "completion")[0][0]]
    packed = pack(pieces, 9, END)
    told = torch.tensor(packed.labels if labels is None else [labels]).long()
    targets = told.roll(-1, 1)
    targets[:, -1] = IGNORE
    return Rows(torch.tensor(packed.ids if ids is None else [ids]), torch.tensor(packed.positions), targets)


def test_rows_as_they_are_packed_are_sound():
    require_sound(rows(), END, WORDS)


def test_a_row_that_is_full_to_its_last_slot_is_sound():
    packed = pack(cut([5, 6], [7], END, 4, "completion")[0], 4, END)
    targets = torch.tensor(packed.labels).roll(-1, 1)
    targets[:, -1] = IGNORE
    require_sound(Rows(torch.tensor(packed.ids), torch.tensor(packed.positions), targets), END, WORDS)


I = IGNORE  # noqa: E741 - the tables below read better


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        # a collator that hides padding by its number, where padding and end are one token
        ([I, I, 7, I, I, 9, I, I, I], "2 documents end with an end token that is not trained"),
        ([I, I, 7, END, I, 9, I, I, I], "1 documents end with an end token that is not trained"),
        # a model that shifts labels, given labels that were shifted before
        ([I, 7, END, I, 9, END, I, I, I], "4 labels are not the next token"),
        # the first token of a document, with nothing of its own before it
        ([I, I, 7, END, 8, 9, END, I, I], "1 labels are not the next token of their document"),
        ([I] * 9, "no token of the rows is trained"),
    ],
)
def test_labels_that_teach_something_else_are_refused(labels, fault):
    with pytest.raises(KcoderError, match=fault):
        require_sound(rows(labels), END, WORDS)


def test_rows_of_another_tokenizer_are_refused():
    with pytest.raises(KcoderError, match="the rows hold token 99, but the model knows 20"):
        require_sound(rows(ids=[5, 6, 7, END, 8, 99, END, END, END]), END, WORDS)
