"""What a GPU can do, and what is refused without one."""
# ruff: noqa: N802 - functions of the driver's library are called so

import ctypes

import pytest
import torch

from kcoder.errors import MachineLacksError
from kcoder.training.gpu import Driver, Gpu, capability, count, driver, free, halves, hidden, require, require_asked

T4, A100 = (7, 5), (8, 0)


def test_the_driver_says_what_torch_says():
    expected = torch.cuda.get_device_capability(0) if torch.cuda.is_available() else None
    assert capability() == expected
    assert count() == torch.cuda.device_count()


class Function:
    """A function of a C library, which takes an attribute for its result."""

    def __init__(self, work):
        self.work = work

    def __call__(self, *args):
        return self.work(*args)


class Library:
    """libnvidia-ml of a machine with these GPUs: (name, capability, total, free), None for what it refuses to say."""

    def __init__(self, *gpus, status=0, says=b""):
        self.gpus, self.status, self.ended = gpus, status, 0
        self.nvmlErrorString = Function(lambda code: says if code == status else None)

    def nvmlInit_v2(self):
        return self.status

    def nvmlShutdown(self):
        self.ended += 1

    def nvmlSystemGetDriverVersion(self, text, size):
        text.value = b"580.65.06"
        return 0

    def nvmlSystemGetCudaDriverVersion_v2(self, number):
        number._obj.value = 12080
        return 0

    def nvmlDeviceGetCount_v2(self, number):
        number._obj.value = len(self.gpus)
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, number, device):
        if number >= len(self.gpus):
            return 2
        device._obj.value = number + 1
        return 0

    def nvmlDeviceGetHandleByUUID(self, told, device):
        return self.nvmlDeviceGetHandleByIndex_v2(int(told.decode().removeprefix("GPU-")), device)

    def nvmlDeviceGetName(self, device, text, size):
        text.value = self.gpus[device.value - 1][0].encode()
        return 0

    def nvmlDeviceGetCudaComputeCapability(self, device, major, minor):
        if (told := self.gpus[device.value - 1][1]) is None:
            return 3
        major._obj.value, minor._obj.value = told
        return 0

    def nvmlDeviceGetMemoryInfo(self, device, memory):
        _, _, total, free = self.gpus[device.value - 1]
        if total is None:
            return 4
        memory._obj.total, memory._obj.free, memory._obj.used = total, free, total - free
        return 0


@pytest.fixture
def machine(monkeypatch):
    """A machine with this driver, or with none."""
    for name in ("KCODER_DEVICE", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)

    def with_driver(library):
        def loaded(name):
            assert name == "libnvidia-ml.so.1"
            if library is None:
                raise OSError(name)
            return library

        monkeypatch.setattr(ctypes, "CDLL", loaded)

    return with_driver


def test_all_gpus_are_told_with_what_the_driver_says_of_them(machine):
    library = Library(("NVIDIA H200", (9, 0), 150, 140), ("Tesla T4", (7, 5), 16, 15), ("MIG", None, None, None))
    machine(library)
    gpus = (Gpu("NVIDIA H200", (9, 0), 150, 140), Gpu("Tesla T4", (7, 5), 16, 15), Gpu("MIG", None))
    assert driver() == Driver("580.65.06", (12, 8), gpus)
    assert capability() == (9, 0)
    assert library.ended == 2
    assert count() == 3


@pytest.mark.parametrize("shown", ["1", "1,0", "GPU-1"])
def test_the_first_that_is_shown_is_the_one_that_is_asked(machine, monkeypatch, shown):
    machine(Library(("Tesla T4", T4, 16, 15), ("NVIDIA A100", A100, 40, 39)))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", shown)
    assert (capability(), free()) == (A100, 39)


@pytest.mark.parametrize(
    ("asked", "shown", "expected"),
    [
        ("cuda", None, (T4, 15)),
        ("cuda:1", None, (A100, 39)),
        ("cuda:1", "1,0", (T4, 15)),
        ("cuda:1", "GPU-1", (None, None)),
        ("cuda:2", None, (None, None)),
    ],
)
def test_the_one_that_is_asked_for_is_counted_among_those_that_are_shown(machine, monkeypatch, asked, shown, expected):
    machine(Library(("Tesla T4", T4, 16, 15), ("NVIDIA A100", A100, 40, 39)))
    monkeypatch.setenv("KCODER_DEVICE", asked)
    if shown:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", shown)
    assert (capability(), free()) == expected


def test_a_gpu_that_is_asked_for_has_to_be_there(machine, monkeypatch):
    machine(Library(("Tesla T4", T4, 16, 15)))
    for asked in ("auto", "cpu", "cuda", "cuda:0"):
        monkeypatch.setenv("KCODER_DEVICE", asked)
        require_asked()
    monkeypatch.setenv("KCODER_DEVICE", "cuda:1")
    with pytest.raises(MachineLacksError, match="no cuda:1, as far as its driver says"):
        require_asked()
    monkeypatch.setenv("KCODER_DEVICE", "cuda")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(MachineLacksError, match="no GPU: CUDA_VISIBLE_DEVICES="):
        require_asked()


def test_those_that_are_shown_are_counted(machine, monkeypatch):
    machine(Library(("NVIDIA A100", A100, 40, 40)))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,5")
    assert count() == 2


def test_a_machine_without_a_driver_or_without_a_gpu_has_none(machine):
    machine(None)
    assert (driver(), capability()) == (None, None)
    machine(Library())
    assert (driver(), capability()) == (Driver("580.65.06", (12, 8)), None)


def test_a_driver_that_does_not_answer_says_why(machine):
    machine(Library(("Tesla T4", T4, 16, 15), status=18, says=b"Driver/library version mismatch"))
    assert driver() == Driver(problem="Driver/library version mismatch")
    assert capability() is None


def test_a_gpu_that_may_not_be_used_is_none(machine, monkeypatch):
    machine(Library(("Tesla T4", T4, 16, 15)))
    assert (hidden(), capability()) == ("", T4)
    for name, value in (("KCODER_DEVICE", "cpu"), ("CUDA_VISIBLE_DEVICES", ""), ("CUDA_VISIBLE_DEVICES", "-1")):
        with monkeypatch.context() as set_here:
            set_here.setenv(name, value)
            assert (hidden(), capability(), count()) == (f"{name}={value}", None, 0)
            assert driver().gpus[0].name == "Tesla T4"


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
