"""What a GPU can do, and what is refused without one."""

import pytest
import torch

from kcoder.errors import MachineLacksError
from kcoder.training.gpu import capability, free, halves, require

T4, A100 = (7, 5), (8, 0)


def test_the_driver_says_what_torch_says():
    expected = torch.cuda.get_device_capability(0) if torch.cuda.is_available() else None
    assert capability() == expected


def test_a_gpu_that_may_not_be_used_is_none(monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    assert capability() is None


@pytest.mark.parametrize(
    ("precision", "optimizer", "able", "words", "hint"),
    [
        ("fp16", "adamw", None, "precision: fp16 needs a GPU", "say precision: auto"),
        ("bf16", "adamw", T4, r"compute capability 7\.5", "say precision: fp16"),
        ("auto", "paged_adamw_8bit", None, "there is no GPU here", "say optimizer: adamw_8bit"),
        ("auto", "paged_adamw_32bit", None, "there is no GPU here", "say optimizer: adamw,"),
    ],
)
def test_what_a_machine_cannot_is_refused_with_the_reason(precision, optimizer, able, words, hint):
    with pytest.raises(MachineLacksError, match=words) as refused:
        require(precision, optimizer, able)
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("precision", "optimizer", "able"),
    [
        ("fp16", "paged_adamw_32bit", T4),
        ("bf16", "paged_adamw_8bit", A100),
        ("bf16", "adamw_8bit", None),
        ("auto", "adamw", T4),
    ],
)
def test_what_a_machine_can_is_not(precision, optimizer, able):
    require(precision, optimizer, able)


@pytest.mark.parametrize(
    ("precision", "able", "halved"),
    [("auto", None, False), ("auto", T4, True), ("auto", (6, 1), False), ("bf16", None, True), ("fp32", A100, False)],
)
def test_products_are_in_16_bits_where_that_is_asked_for_or_fast(precision, able, halved):
    assert halves(precision, able) is halved


def test_the_driver_says_how_much_memory_is_free(monkeypatch):
    if torch.cuda.is_available():
        assert 0 < free() <= torch.cuda.mem_get_info(0)[1]
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    assert free() is None
