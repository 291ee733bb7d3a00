"""What torch and bitsandbytes can do on this machine: a program, which tells it to `kcoder doctor`."""

from __future__ import annotations

import os
import warnings
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from kcoder.errors import KcoderError
from kcoder.finding import Finding, begin, tell
from kcoder.host import Host
from kcoder.training.gpu import Gpu, driver, hidden
from kcoder.training.kernels import Torch, Tried, judged

FOUR_BITS = "four bits"
#: the layers are of a size that bitsandbytes would pack anew on a CPU with AVX512-BF16
SHAPE = {"hidden": 192, "layers": 1, "heads": 4, "vocabulary": 304, "context": 64}


def main() -> None:
    begin("driver")
    found = driver()
    begin("torch")
    try:
        told = torch_here()
    except Exception as error:  # whatever is wrong with this installation
        tell(Finding("torch", False, f"{type(error).__name__}: {error}".splitlines()[0][:200], "kcoder doctor --json"))
        return
    for each in judged(found, told, hidden()):
        tell(each)
    if find_spec("flash_attn"):
        begin("flash-attn")
        tell(flash_attn())
    begin(FOUR_BITS)
    tell(four_bits())


# ---- torch -------------------------------------------------------------------------------------------------------


def torch_here() -> Torch:
    """What torch says of itself, and what comes of a little work on each GPU that it sees."""
    import torch

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        seen = 0 if hidden() or not torch.cuda.is_available() else torch.cuda.device_count()
    why = str(said[0].message).splitlines()[0][:200] if said else "it says no reason"
    arches = tuple(torch.cuda.get_arch_list())
    tried = tuple(_tried(number) for number in range(seen))
    return Torch(
        torch.__version__, torch.version.cuda or "", torch.version.hip or "", arches, why if not seen else "", tried
    )


def _tried(number: int) -> Tried:
    import torch

    where = torch.device("cuda", number)
    kind = torch.cuda.get_device_properties(where)
    free = total = None
    try:
        free, total = torch.cuda.mem_get_info(where)
        kernel = _complaint(_multiply, where)
    except RuntimeError as error:
        kernel = _first_line(error)
    return Tried(Gpu(kind.name, (kind.major, kind.minor), total, free), kernel, _complaint(_flash, where))


def _multiply(where: Any) -> None:
    import torch

    ones = torch.ones(64, 64, device=where)
    if float((ones @ ones).sum()) != 64**3:
        raise RuntimeError("a product of two matrices comes out wrong")


def _flash(where: Any) -> None:
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.functional import scaled_dot_product_attention

    some = torch.ones(1, 2, 64, 64, device=where, dtype=torch.float16)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        scaled_dot_product_attention(some, some, some, is_causal=True)
    torch.cuda.synchronize(where)


def _complaint(work: Any, where: Any) -> str:
    with warnings.catch_warnings():  # it warns of each reason why a kind of attention cannot be had
        warnings.simplefilter("ignore")
        try:
            work(where)
        except RuntimeError as error:
            return _first_line(error)
    return ""


def flash_attn() -> Finding:
    """The package of that name, which nobody needs; one that was built for another torch breaks what imports it."""
    import importlib

    try:
        importlib.import_module("flash_attn")
        return Finding("flash-attn", True, f"{version('flash-attn')} is installed too, and not needed")
    except Exception as error:  # of many kinds: built for another torch, Python or driver
        return Finding("flash-attn", False, f"cannot be imported: {_first_line(error)}", "pip uninstall flash-attn")


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__


# ---- bitsandbytes ------------------------------------------------------------------------------------------------


def four_bits() -> Finding:
    """A small model is kept in four bits where a run would train it, and what QLoRA stands on is proved of it."""
    try:
        number = version("bitsandbytes")
    except PackageNotFoundError:
        return Finding(FOUR_BITS, False, "bitsandbytes is not installed: there is no qlora", "pip install bitsandbytes")
    try:
        where = _sound()
    except KcoderError as error:
        return Finding(FOUR_BITS, False, f"bitsandbytes {number}: {error.message}", error.hint)
    except Exception as error:  # of many kinds: its library does not load, has no kernels, lacks a symbol
        told = f"bitsandbytes {number}: {type(error).__name__}: {_first_line(error)}"
        return Finding(FOUR_BITS, False, told, "say method: lora; or pip install --upgrade bitsandbytes")
    told = f"bitsandbytes {number} on {where}: weights and gradients are right after an evaluation"
    return Finding(FOUR_BITS, True, told, facts={"bitsandbytes": number, "device": where})


def _sound() -> str:
    """What it was proved on."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from kcoder.plugin import load
    from kcoder.training.card import FourBit
    from kcoder.training.four_bit import quantise, require_sound
    from kcoder.training.machine import quiet, settle

    quiet()
    machine = settle(Host(device=os.environ.get("KCODER_DEVICE", "auto")), 0, "auto")
    family = load("models", "codegen")
    config = AutoConfig.for_model(family.name, **family.config(**SHAPE), pad_token_id=0)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation=family.attention)
    require_sound(quantise(model, FourBit("nf4", double=True, compute=machine.dtype), machine.device))
    return "the GPU" if machine.capability else "the CPU"


if __name__ == "__main__":
    main()
