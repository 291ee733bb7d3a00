"""What a GPU can do, and what is refused without one."""

import pytest
import torch

from kcoder.errors import MachineLacksError
from kcoder.training.gpu import capability, count, require

T4, A100 = (7, 5), (8, 0)


def test_the_driver_says_what_torch_says():
    expected = torch.cuda.get_device_capability(0) if torch.cuda.is_available() else None
    assert capability() == expected
    assert count() == torch.cuda.device_count()


def test_a_gpu_that_may_not_be_used_is_none(monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    assert (capability(), count()) == (None, 0)


def test_those_that_are_shown_are_counted(monkeypatch):
    monkeypatch.delenv("KCODER_DEVICE", raising=False)
    monkeypatch.setattr("kcoder.training.gpu.capability", lambda: A100)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    assert count() == 2


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
