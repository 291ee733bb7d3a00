"""What is asked of a generator."""

from dataclasses import FrozenInstanceError

import pytest

from kcoder.generator import Generator, Request
from kcoder.host import Host


def test_a_request_is_greedy_unless_told_otherwise_and_cannot_be_changed():
    request = Request("1", "def f():")
    assert request.temperature == 0
    with pytest.raises(FrozenInstanceError):
        request.temperature = 1.0


def test_a_generator_that_opens_nothing_is_a_defect():
    with pytest.raises(NotImplementedError):
        Generator().open(None, Host())
