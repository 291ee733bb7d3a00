from kcoder.scoring.code import SHOWN
from kcoder.scoring.labels import LABELS


def test_every_value_that_is_shown_of_programs_has_a_label():
    assert set(SHOWN) <= set(LABELS)
    assert LABELS["token.halstead_length"] == "Halstead length (token)"
    assert all(label.strip() for label in LABELS.values())
