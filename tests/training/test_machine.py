import pytest
import torch

from kcoder.errors import MachineLacksError
from kcoder.host import Host, cores
from kcoder.training.machine import DTYPES, Machine, settle

without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_a_small_model_gets_one_thread_and_a_large_one_every_core():
    assert settle(Host(), 600_000).threads == 1
    assert torch.get_num_threads() == 1
    assert settle(Host(), 350_000_000).threads == cores()
    assert settle(Host(), 350_000_000, processes=2).threads == max(1, cores() // 2)


def test_the_persons_word_on_threads_counts():
    assert settle(Host(threads=2), 600_000).threads == 2
    assert torch.get_num_threads() == 2


@without_gpu
def test_auto_precision_on_a_cpu_is_float32():
    machine = settle(Host(), 600_000, "auto")
    assert (machine.device, machine.dtype) == ("cpu", "float32")


def test_bf16_computes_products_in_bfloat16():
    with settle(Host(device="cpu"), 600_000, "bf16").autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16


def test_fp16_is_refused_on_a_cpu_with_the_reason():
    with pytest.raises(MachineLacksError, match="fp16 needs a GPU"):
        settle(Host(device="cpu"), 600_000, "fp16")


def test_only_float16_scales_its_gradients():
    scaled = {dtype: Machine("cpu", dtype, 1).scaler().is_enabled() for dtype in DTYPES.values()}
    assert scaled == {"float32": False, "bfloat16": False, "float16": True}


@without_gpu
def test_a_gpu_that_is_not_there_is_a_lack_of_the_machine():
    with pytest.raises(MachineLacksError, match="no GPU"):
        settle(Host(device="cuda"), 600_000)


def test_one_of_several_gpus_is_used_or_refused_by_its_number(monkeypatch):
    used = []
    for name, told in (("is_available", True), ("device_count", 2), ("get_device_capability", (8, 0))):
        monkeypatch.setattr(torch.cuda, name, lambda *where, told=told: told)
    monkeypatch.setattr(torch.cuda, "set_device", used.append)
    assert settle(Host(device="cuda:1"), 600_000).device == "cuda:1"
    with pytest.raises(MachineLacksError, match=r"no cuda:2: torch sees 2, counted from 0"):
        settle(Host(device="cuda:2"), 600_000)
    assert used == ["cuda:1"]


def test_the_record_names_what_may_change_the_last_digits():
    used = settle(Host(device="cpu"), 600_000).used("peft")
    assert set(used) == {"device", "dtype", "threads", "torch", "transformers", "peft"}
    assert used["torch"] == torch.__version__
