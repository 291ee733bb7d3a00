"""The comparisons people write."""

import re

import pytest

from kcoder.compare import COMPARE, SIGN


@pytest.mark.parametrize(
    ("sign", "holds"),
    [
        (">=", (False, True, True)),
        ("<=", (True, True, False)),
        ("==", (False, True, False)),
        ("!=", (True, False, True)),
        (">", (False, False, True)),
        ("<", (True, False, False)),
    ],
)
def test_a_sign_means_what_it_does_everywhere(sign, holds):
    assert tuple(COMPARE[sign](number, 2) for number in (1, 2, 3)) == holds


def test_a_sign_is_read_whole():
    assert [re.match(SIGN, sign)[0] for sign in COMPARE] == list(COMPARE)
