"""Which languages there are, and that they can write the same functions."""

import pytest

from kcoder.errors import UsageError
from kcoder.mini.wording import WITH_LETTER, WITH_NUMBER
from kcoder.mini.writers import WRITERS, writer


def test_every_language_writes_the_same_operations() -> None:
    assert len({frozenset(writer.operations) for writer in WRITERS.values()}) == 1


@pytest.mark.parametrize("language", sorted(WRITERS))
def test_a_constant_is_written_wherever_an_operation_takes_one(language: str) -> None:
    written = {operation for operation, text in writer(language).operations.items() if "{1}" in text}
    assert written == WITH_NUMBER | WITH_LETTER


def test_a_language_mini_cannot_write_is_refused_with_those_it_can() -> None:
    with pytest.raises(UsageError, match="no functions in cobol; it has python and lua"):
        writer("cobol")


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UsageError) as raised:
        writer("pyton")
    assert raised.value.hint and "python" in raised.value.hint
