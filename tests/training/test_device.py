"""What torch and bitsandbytes do on this machine; a GPU is played by what torch would say and do with one."""

import os
import subprocess
import sys
import warnings
from types import SimpleNamespace

import pytest
import torch

from kcoder.finding import heard
from kcoder.training import device, four_bit
from kcoder.training.gpu import Gpu
from kcoder.training.kernels import Tried

HERE = torch.cuda.is_available()


@pytest.fixture
def gpu(monkeypatch):
    """torch as it is where it sees one GPU; work on it is done on the CPU, or fails with what is set here."""
    says = SimpleNamespace(error=None)
    real = torch.ones

    def ones(*shape, **how):
        if says.error:
            raise RuntimeError(says.error)
        return real(*shape, **how | {"device": "cpu"})

    monkeypatch.delenv("KCODER_DEVICE", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for name, value in {
        "is_available": lambda: True,
        "device_count": lambda: 1,
        "get_arch_list": lambda: ["sm_75", "sm_90"],
        "get_device_properties": lambda where: SimpleNamespace(name="Tesla T4", major=7, minor=5),
        "mem_get_info": lambda where: (15, 16),
        "synchronize": lambda where: None,
    }.items():
        monkeypatch.setattr(torch.cuda, name, value)
    monkeypatch.setattr(torch, "ones", ones)
    return says


def test_a_gpu_is_asked_and_tried(gpu):
    [tried] = device.torch_here().tried
    assert (tried.gpu, tried.kernel) == (Gpu("Tesla T4", (7, 5), 16, 15), "")


def test_a_gpu_whose_kernels_are_lacking_is_found_by_trying(gpu):
    gpu.error = "CUDA error: no kernel image is available for execution on the device\nCUDA kernel errors might be"
    told = device.torch_here()
    words = "CUDA error: no kernel image is available for execution on the device"
    assert told.tried == (Tried(Gpu("Tesla T4", (7, 5), 16, 15), words, words),)
    assert (told.arches, told.version) == (("sm_75", "sm_90"), torch.__version__)


def test_why_torch_sees_no_gpu_is_told_in_its_words(gpu, monkeypatch):
    def too_old():
        warnings.warn("CUDA initialization: The NVIDIA driver on your system is too old\nPlease", stacklevel=1)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", too_old)
    told = device.torch_here()
    assert (told.tried, told.why) == ((), "CUDA initialization: The NVIDIA driver on your system is too old")


def test_a_hidden_gpu_is_not_touched(gpu, monkeypatch):
    gpu.error = "touched"
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    assert device.torch_here().tried == ()


@pytest.mark.skipif(HERE, reason="there is a GPU")
def test_four_bits_are_proved_on_this_machine():
    found = device.four_bits()
    assert found.ok
    assert found.found.startswith("bitsandbytes 0.")
    assert found.found.endswith("on the CPU: weights and gradients are right after an evaluation")


def test_four_bits_that_are_not_sound_are_a_finding(monkeypatch):
    monkeypatch.setattr(four_bit, "NEAR", 0.0)
    found = device.four_bits()
    assert not found.ok
    assert "bitsandbytes' four bits do not work on this machine" in found.found
    assert "say method: lora" in found.cure


def test_a_bitsandbytes_without_its_library_is_a_finding(monkeypatch):
    monkeypatch.setattr(four_bit, "Params4bit", lambda *args, **how: 1 / 0)
    found = device.four_bits()
    assert (found.ok, "ZeroDivisionError" in found.found) == (False, True)


@pytest.mark.parametrize(
    ("code", "ok", "words"),
    [("", True, "installed too"), ("raise ImportError('undefined symbol: _ZN3c10')", False, "undefined symbol")],
)
def test_the_package_flash_attn_where_it_is_there(monkeypatch, tmp_path, code, ok, words):
    (tmp_path / "flash_attn.py").write_text(code)
    (tmp_path / "flash_attn-2.8.3.dist-info").mkdir()
    (tmp_path / "flash_attn-2.8.3.dist-info/METADATA").write_text("Name: flash-attn\nVersion: 2.8.3\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = device.flash_attn()
    sys.modules.pop("flash_attn", None)
    assert (found.ok, words in found.found) == (ok, True)


def test_a_torch_that_cannot_be_imported_is_told(tmp_path):
    (tmp_path / "torch.py").write_text("raise OSError('libtorch_cpu.so: cannot open shared object file')")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "kcoder.training.device"], capture_output=True, text=True, env=env)
    [found], begun = heard(done.stdout)
    assert (done.returncode, begun, found.part, found.ok) == (0, "", "torch", False)
    assert "libtorch_cpu.so" in found.found
