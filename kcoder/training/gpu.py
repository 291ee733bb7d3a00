"""What the GPU of this machine can do, asked of its driver: `kcoder check` must not wait for torch."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, ClassVar

from kcoder.errors import MachineLacksError

#: the first compute capability with arithmetic in bfloat16 (Ampere); a T4 has 7.5
BF16 = (8, 0)
#: the first with tensor cores (Volta), which are many times as fast in float16 as in float32
FP16 = (7, 0)


@dataclass(frozen=True)
class Gpu:
    """What the driver says of one; nothing where it does not say it."""

    name: str
    capability: tuple[int, int] | None
    total: int | None = None
    free: int | None = None


@dataclass(frozen=True)
class Driver:
    """The driver of this machine's GPUs. `cuda` is the newest that it can; `problem` why it gives no answers."""

    version: str = ""
    cuda: tuple[int, int] | None = None
    gpus: tuple[Gpu, ...] = ()
    problem: str = ""


class _Memory(ctypes.Structure):
    _fields_: ClassVar = [(name, ctypes.c_ulonglong) for name in ("total", "free", "used")]


def capability() -> tuple[int, int] | None:
    """The compute capability of the GPU that is used; None where there is none, or none may be used."""
    if hidden():
        return None
    with _library() as (library, problem):
        return None if library is None or problem else _capability(library, _used(library))


def count() -> int:
    """The GPUs that may be used."""
    if hidden():
        return 0
    if shown := os.environ.get("CUDA_VISIBLE_DEVICES"):
        return len(shown.split(",")) if capability() else 0
    found = driver()
    return len(found.gpus) if found else 0


def hidden() -> str:
    """What keeps the GPUs of this machine from being used: a variable of the environment, as it was set."""
    for name, values in (("KCODER_DEVICE", ("cpu",)), ("CUDA_VISIBLE_DEVICES", ("", "-1"))):
        if os.environ.get(name) in values:
            return f"{name}={os.environ[name]}"
    return ""


def driver() -> Driver | None:
    """The driver and all GPUs, hidden ones too; None where there is no driver."""
    with _library() as (library, problem):
        if library is None:
            return None
        if problem:
            return Driver(problem=problem)
        version, cuda, count = ctypes.create_string_buffer(96), ctypes.c_int(), ctypes.c_uint()
        library.nvmlSystemGetDriverVersion(version, 96)
        library.nvmlSystemGetCudaDriverVersion_v2(ctypes.byref(cuda))
        library.nvmlDeviceGetCount_v2(ctypes.byref(count))
        newest = (cuda.value // 1000, cuda.value % 1000 // 10) if cuda.value else None
        gpus = tuple(filter(None, (_gpu(library, _numbered(library, number)) for number in range(count.value))))
        return Driver(version.value.decode(), newest, gpus)


@contextlib.contextmanager
def _library() -> Iterator[tuple[Any, str]]:
    """The driver's library, ready to be asked, or why it is not; None where there is none."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        yield None, ""
        return
    if status := library.nvmlInit_v2():
        library.nvmlErrorString.restype = ctypes.c_char_p
        yield library, (library.nvmlErrorString(status) or b"").decode() or f"error {status}"
        return
    try:
        yield library, ""
    finally:
        library.nvmlShutdown()


def _used(library: Any) -> ctypes.c_void_p | None:
    """The first GPU that may be used, or the one that is asked for: CUDA_VISIBLE_DEVICES names them by their numbers on
    the bus, or by their ids."""
    asked = os.environ.get("KCODER_DEVICE", "").removeprefix("cuda:")
    number = int(asked) if asked.isdigit() else 0
    shown = os.environ.get("CUDA_VISIBLE_DEVICES")
    if shown is None:
        return _numbered(library, number)
    names = shown.split(",")
    if number >= len(names):
        return None
    told = names[number].strip()
    if told.isdigit():
        return _numbered(library, int(told))
    device = ctypes.c_void_p()
    return None if library.nvmlDeviceGetHandleByUUID(told.encode(), ctypes.byref(device)) else device


def _numbered(library: Any, number: int) -> ctypes.c_void_p | None:
    device = ctypes.c_void_p()
    return None if library.nvmlDeviceGetHandleByIndex_v2(number, ctypes.byref(device)) else device


def _capability(library: Any, device: ctypes.c_void_p | None) -> tuple[int, int] | None:
    major, minor = ctypes.c_int(), ctypes.c_int()
    if device is None:
        return None
    if library.nvmlDeviceGetCudaComputeCapability(device, ctypes.byref(major), ctypes.byref(minor)):
        return None
    return major.value, minor.value


def _gpu(library: Any, device: ctypes.c_void_p | None) -> Gpu | None:
    name, memory = ctypes.create_string_buffer(96), _Memory()
    if device is None:
        return None
    library.nvmlDeviceGetName(device, name, 96)
    told = library.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)) == 0
    total, free = (memory.total, memory.free) if told else (None, None)
    return Gpu(name.value.decode(errors="replace"), _capability(library, device), total, free)


def free() -> int | None:
    """Bytes of memory that nobody holds on the GPU that is used; None where none may be."""
    with _library() as (library, problem):
        told = None if library is None or problem or hidden() else _gpu(library, _used(library))
    return told.free if told else None


def halves(precision: str, able: tuple[int, int] | None) -> bool:
    """Whether products are computed in 16 bits under this precision, on a GPU of this capability or a CPU (None)."""
    return precision in ("bf16", "fp16") or (precision == "auto" and able is not None and able >= FP16)


def require_asked() -> None:
    """Raise MachineLacksError where a GPU is asked for that the driver does not know of."""
    asked = os.environ.get("KCODER_DEVICE", "")
    if asked.startswith("cuda") and capability() is None:
        what = "GPU" if asked == "cuda" else asked
        why = f": {hidden()}" if hidden() else ", as far as its driver says"
        raise MachineLacksError(f"this machine has no {what}{why}", "say --device cpu; kcoder doctor lists its GPUs")


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
