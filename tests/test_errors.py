"""Faults in order, near misses."""

import errno

import pytest

from kcoder.errors import Fault, Place, SpecError, choice, near, no_space


def test_faults_are_told_once_in_order_of_place_those_of_the_file_first():
    a, b, c = (Fault(Place(f, n, 1), "x") for f, n in (("s.yaml", 9), ("s.yaml", 2), ("base.yaml", 1)))
    assert SpecError("s.yaml", [a, c, b, a]).faults == [b, a, c]


def test_a_place_is_what_an_editor_opens():
    assert str(Place("s.yaml", 3, 7)) == "s.yaml:3:7"
    assert str(Place("--set x=1")) == "--set x=1"


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "no words"), True),
        (OSError(errno.EDQUOT, "no words"), True),
        (OSError("No space left on device (os error 28)"), True),
        (RuntimeError("parquet: underlying IO error: No space left on device (os error 28)"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (RuntimeError("the data are wrong"), False),
    ],
)
def test_a_full_disk_is_known_by_its_number_or_its_words(error, full):
    assert no_space(error) is full


def test_the_near_miss_or_everything_there_is():
    assert near("lroa", ["lora", "full"]) == "lora"
    assert near("zebra", ["lora", "full"]) == ""
    assert choice("lroa", ["lora", "full"]) == "did you mean lora?"
    assert choice("zebra", ["lora", "full"]) == "there are: full, lora"
    assert choice("zebra", []) == "there are: none"
