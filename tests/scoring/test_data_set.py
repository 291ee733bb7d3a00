from kcoder.records import Document, frame
from kcoder.scoring.data_set import DataSet


def test_a_set_whose_source_said_nothing_and_left_nothing_out():
    held = DataSet("rows", frame(Document, []), 0)
    assert (held.said, held.left_out) == ((), {})
