"""Whether driver, GPU and torch fit together, from what each says of itself: for `kcoder doctor`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from kcoder.finding import Finding
from kcoder.training.gpu import BF16, FP16, Driver, Gpu

BUILDS = "https://pytorch.org/get-started"
#: the first compute capability for which torch has flash attention of its own
FLASH = (8, 0)
#: by what the driver's library calls them: a container that was started without its GPU, a driver that was updated
PROBLEMS = {
    "Driver Not Loaded": "modprobe nvidia; in a container: docker run --gpus all",
    "Driver/library version mismatch": "the driver was updated under the running system: restart the machine",
}


@dataclass(frozen=True)
class Tried:
    """What came of work on one GPU that torch sees; an empty text is success."""

    gpu: Gpu
    kernel: str = ""
    flash: str = ""


@dataclass(frozen=True)
class Torch:
    """What torch says of itself. `cuda` is the version it is built for, nothing in a build for CPUs."""

    version: str
    cuda: str = ""
    hip: str = ""
    #: sm_90 holds machine code for one capability, compute_90 what a driver can translate for later ones
    arches: tuple[str, ...] = ()
    #: why it can use no GPU, in its own words
    why: str = ""
    tried: tuple[Tried, ...] = field(default=())


def judged(driver: Driver | None, torch: Torch, hidden: str = "") -> Iterator[Finding]:
    """A line for the driver, each GPU, torch, and flash attention; one calm line where there is no GPU."""
    facts = {"driver": asdict(driver) if driver else None, "torch": asdict(torch), "hidden": hidden}
    if driver and driver.problem:
        cure = next((cure for words, cure in PROBLEMS.items() if words in driver.problem), f"install it anew: {BUILDS}")
        yield Finding("driver", False, f"its library is here, and says: {driver.problem}", cure, facts)
        return
    gpus = driver.gpus if driver and driver.gpus else tuple(tried.gpu for tried in torch.tried)
    if not gpus:
        yield Finding("device", True, "no GPU: --smoke or a small model", facts=facts)
        return
    if driver:
        newest = f", for CUDA up to {_dotted(driver.cuda)}" if driver.cuda else ""
        yield Finding("driver", True, f"{driver.version}{newest}", facts=facts)
    for number, gpu in enumerate(gpus):
        yield Finding(f"gpu {number}", True, described(gpu), facts=asdict(gpu))
    if hidden:
        yield Finding("torch", True, f"{_build(torch)}   {hidden} keeps it from using a GPU", facts=asdict(torch))
        return
    yield _usable(driver, gpus, torch)
    yield from _flash(torch)


def described(gpu: Gpu) -> str:
    free = f"   {gpu.free / 1e9:.1f} of {gpu.total / 1e9:.1f} GB free" if gpu.total and gpu.free is not None else ""
    able = gpu.capability
    if able is None:
        return f"{gpu.name}{free}"
    formats = "bf16" if able >= BF16 else "no bf16: precision auto is fp16" if able >= FP16 else "fp32 alone"
    return f"{gpu.name}   compute capability {_dotted(able)}{free}   {formats}"


def kernels(arches: Sequence[str], able: tuple[int, int]) -> str:
    """What of this a GPU of that capability can run: nothing, or the name of the best."""
    code = [(_number(name), name) for name in arches if name.startswith("sm_") and _fits(name, able)]
    portable = [(_number(name), name) for name in arches if name.startswith("compute_") and _fits(name, able)]
    return max(code or portable, default=((0, 0), ""))[1]


def _fits(name: str, able: tuple[int, int]) -> bool:
    """Machine code runs on later minor versions of its major one, PTX on all later ones; what ends in `a` runs on that
    GPU alone, what ends in `f` on its family."""
    number = _number(name)
    if name.endswith("a"):
        return number == able
    if name.startswith("compute_") and not name.endswith("f"):
        return number <= able
    return number[0] == able[0] and number[1] <= able[1]


def _number(name: str) -> tuple[int, int]:
    digits = "".join(re.findall(r"\d+", name)) or "00"
    return int(digits[:-1] or 0), int(digits[-1])


def _usable(driver: Driver | None, gpus: Sequence[Gpu], torch: Torch) -> Finding:
    """Whether this torch can use these GPUs."""
    facts = asdict(torch)
    if not torch.cuda and not torch.hip:
        found = f"{_build(torch)}: training will not use the GPU"
        return Finding("torch", False, found, f"pip install --force-reinstall torch {_for(driver)}", facts)
    if not torch.tried:
        newest = driver.cuda if driver else None
        if newest and torch.cuda and _major(torch.cuda) > newest[0]:
            found = f"{_build(torch)}, and this driver can CUDA {_dotted(newest)} at most: the GPU will not be used"
            return Finding("torch", False, found, f"a newer driver, or another torch {_for(driver)}", facts)
        return Finding("torch", False, f"{_build(torch)}, and cannot use the GPU: {torch.why}", BUILDS, facts)
    if failed := next((tried for tried in torch.tried if tried.kernel), None):
        return _failed(failed, torch)
    able = {tried.gpu.capability: None for tried in torch.tried if tried.gpu.capability}
    used = [kernels(torch.arches, capability) for capability in able]
    late = ", which the driver translates at the first use" if any(u.startswith("compute_") for u in used) else ""
    told = f"   kernels for {'it' if len(torch.tried) == 1 else 'them'}: {', '.join(used)}{late}" if any(used) else ""
    return Finding("torch", True, f"{_build(torch)}{told}", facts=facts)


def _failed(tried: Tried, torch: Torch) -> Finding:
    """Where torch says that it has code for this GPU, or the GPU is none of NVIDIA's, the reason is another."""
    able, facts = tried.gpu.capability, asdict(torch)
    if torch.hip or able is None or kernels(torch.arches, able):
        found = f"{_build(torch)}, and work on {tried.gpu.name} fails: {tried.kernel}"
        return Finding("torch", False, found, BUILDS, facts)
    has = ", ".join(torch.arches)
    found = f"{torch.version} has no kernels for {tried.gpu.name} (sm_{able[0]}{able[1]}): it has {has}"
    newest = max(map(_number, torch.arches), default=(0, 0))
    older = "a build for an older CUDA, as long as there is one, or KCODER_DEVICE=cpu"
    cure = f"{'pip install --upgrade torch' if able > newest else older}: {BUILDS}"
    return Finding("torch", False, found, cure, facts)


def _flash(torch: Torch) -> Iterator[Finding]:
    """Attention of the sdpa kind, which every family has, takes flash by itself where it can."""
    for tried in torch.tried[:1]:
        able = tried.gpu.capability
        if tried.kernel:
            return
        if not tried.flash:
            yield Finding("flash", True, "flash attention is in use, by torch's own (sdpa)")
        elif able and able < FLASH:
            told = (
                "not on this GPU, which needs compute capability 8.0: torch's sdpa takes another way, which is slower"
            )
            yield Finding("flash", True, told)
        else:
            yield Finding("flash", False, f"torch's flash attention does not work here: {tried.flash}", BUILDS)


def _build(torch: Torch) -> str:
    kind = f"for CUDA {torch.cuda}" if torch.cuda else f"for ROCm {torch.hip}" if torch.hip else "for CPUs alone"
    return f"{torch.version} is a build {kind}"


def _for(driver: Driver | None) -> str:
    newest = f" up to {_dotted(driver.cuda)}" if driver and driver.cuda else ""
    return f"(a build for CUDA{newest}: {BUILDS})"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _major(version: str) -> int:
    return int(re.match(r"\d*", version).group() or 0)  # type: ignore[union-attr]  # it matches nothing at least
