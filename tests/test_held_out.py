from kcoder.choose import validated
from kcoder.held_out import HeldOut


def test_rows_are_named_by_their_split_or_their_file(tmp_path):
    (tmp_path / "rows.jsonl").write_text("{}\n")
    assert HeldOut().named() == "test split"
    assert validated(HeldOut, {"source": str(tmp_path / "rows.jsonl")}).named() == "rows.jsonl"


def test_a_stage_is_told_the_options_alone():
    assert HeldOut(documents=7).told() == {"documents": 7}
