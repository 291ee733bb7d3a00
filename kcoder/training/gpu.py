"""What the GPU of this machine can do, asked of its driver: `kcoder check` must not wait for torch."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from kcoder.errors import MachineLacksError

#: the first compute capability with arithmetic in bfloat16 (Ampere); a T4 has 7.5
BF16 = (8, 0)
#: the first with tensor cores (Volta), which are many times as fast in float16 as in float32
FP16 = (7, 0)


def capability() -> tuple[int, int] | None:
    """The compute capability of the first GPU; None where there is none, or none may be used."""
    with _first() as (driver, device):
        major, minor = ctypes.c_int(), ctypes.c_int()
        if driver and driver.nvmlDeviceGetCudaComputeCapability(device, ctypes.byref(major), ctypes.byref(minor)) == 0:
            return major.value, minor.value
    return None


def free() -> int | None:
    """Bytes of the first GPU's memory that nobody holds."""
    with _first() as (driver, device):
        told = (ctypes.c_ulonglong * 3)()  # total, free, used
        if driver and driver.nvmlDeviceGetMemoryInfo(device, ctypes.byref(told)) == 0:
            return int(told[1])
    return None


@contextlib.contextmanager
def _first() -> Iterator[tuple[Any, ctypes.c_void_p]]:
    """The driver, and the first GPU that may be used; no driver where there is none."""
    driver, device = None, ctypes.c_void_p()
    hidden = os.environ.get("KCODER_DEVICE") == "cpu" or os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
    with contextlib.suppress(OSError):  # no driver
        driver = None if hidden else ctypes.CDLL("libnvidia-ml.so.1")
    if driver is None or driver.nvmlInit_v2() != 0:
        yield None, device
        return
    try:
        found = driver.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(device)) == 0
        yield driver if found else None, device
    finally:
        driver.nvmlShutdown()


def halves(precision: str, able: tuple[int, int] | None) -> bool:
    """Whether products are computed in 16 bits under this precision, on a GPU of this capability or a CPU (None)."""
    return precision in ("bf16", "fp16") or (precision == "auto" and able is not None and able >= FP16)


def require(precision: str, optimizer: str, able: tuple[int, int] | None) -> None:
    """Raise MachineLacksError where a GPU of this capability, or a CPU (None), cannot train so."""
    if precision == "fp16" and able is None:
        raise MachineLacksError(
            "precision: fp16 needs a GPU: on a CPU float16 is no faster, and its small range has no use",
            "say precision: auto, or bf16, which a CPU can",
        )
    if precision == "bf16" and able and able < BF16:
        raise MachineLacksError(
            f"precision: bf16, but this GPU (compute capability {able[0]}.{able[1]}) has no arithmetic in bfloat16",
            "say precision: fp16, or KCODER_DEVICE=cpu",
        )
    if optimizer.startswith("paged") and able is None:
        raise MachineLacksError(
            f"optimizer: {optimizer} pages a GPU's memory out, and there is no GPU here",
            f"say optimizer: {'adamw_8bit' if '8bit' in optimizer else 'adamw'}, which is the same without paging",
        )
    if optimizer != "adamw" and find_spec("bitsandbytes") is None:
        raise MachineLacksError(f"optimizer: {optimizer} is one of bitsandbytes, which is not installed")
