"""What the work runs on: device, number format and threads, chosen from what was asked, recorded as used."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import torch

from kcoder.errors import MachineLacksError
from kcoder.host import Host, cores
from kcoder.training.gpu import BF16, FP16, require

#: A model below this many parameters runs on one thread. Two threads on two cores of which one was busy
#: took 15 times as long as one thread at 0.6 M parameters.
SMALL = 10_000_000
DTYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}


@dataclass(frozen=True)
class Machine:
    device: str
    dtype: str
    threads: int

    def autocast(self) -> AbstractContextManager[Any]:
        """Weights stay in float32; under bfloat16 and float16 the matrix products are computed in that."""
        if self.dtype == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=getattr(torch, self.dtype))

    def scaler(self) -> torch.amp.GradScaler:
        """Keeps gradients within the range of float16; does nothing under any other."""
        return torch.amp.GradScaler(torch.device(self.device).type, enabled=self.dtype == "float16")

    @property
    def capability(self) -> tuple[int, int] | None:
        """The GPU's compute capability; None on a CPU."""
        return torch.cuda.get_device_capability(self.device) if self.device.startswith("cuda") else None

    def used(self, *packages: str) -> dict[str, Any]:
        """For the manifest: results are promised bit for bit only where these are equal."""
        told: dict[str, Any] = {"device": self.device, "dtype": self.dtype, "threads": self.threads}
        if torch.device(self.device).type == "cuda":
            told["gpu"] = torch.cuda.get_device_name(self.device)
        return told | {name: version(name) for name in ("torch", "transformers", *packages)}


def settle(host: Host, parameters: int, precision: str = "fp32", processes: int = 1) -> Machine:
    """Choose the machine for a model of this size and set torch's threads.

    `precision` is fp32, bf16, fp16 or auto: bf16 on a GPU that has it, fp16 on one that has only that (a T4), else
    fp32. So many `processes` share its processors. Raises MachineLacksError.
    """
    cuda = torch.cuda.is_available()
    device = host.device if host.device != "auto" else "cuda" if cuda else "cpu"
    if device.startswith("cuda") and not cuda:
        raise MachineLacksError("this machine has no GPU that torch can use", "say --device cpu")
    if (number := torch.device(device).index) is not None and device.startswith("cuda"):
        if number >= torch.cuda.device_count():
            there = f"torch sees {torch.cuda.device_count()}, counted from 0"
            raise MachineLacksError(f"this machine has no {device}: {there}", "kcoder doctor lists its GPUs")
        torch.cuda.set_device(device)  # the one whose memory is measured
    able = torch.cuda.get_device_capability(device) if device.startswith("cuda") else None
    require(precision, "adamw", able)
    if precision == "auto":
        precision = "fp32" if not able or able < FP16 else "bf16" if able >= BF16 else "fp16"
    threads = host.threads or (1 if parameters < SMALL else max(1, cores() // processes))
    torch.set_num_threads(threads)
    return Machine(device, DTYPES[precision], threads)


def quiet() -> None:
    """Turn off the progress bars and warnings of the libraries; what matters, kcoder says itself."""
    import transformers
    from huggingface_hub.utils.tqdm import disable_progress_bars

    # Several threads in the tokenizer would also warn at every fork.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    disable_progress_bars()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|peft)\.")
    # On a CPU it complains at import about a package that would fetch programs from the hub.
    logging.getLogger("bitsandbytes").setLevel(logging.CRITICAL)
