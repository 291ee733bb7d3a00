"""Whether driver, GPU and torch fit together, on machines that are described here."""

import pytest

from kcoder.training.gpu import Driver, Gpu
from kcoder.training.kernels import Torch, Tried, judged, kernels

CUDA_13 = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120", "compute_120")
H200 = Gpu("NVIDIA H200", (9, 0), 150_754_820_096, 150_110_011_392)
T4 = Gpu("Tesla T4", (7, 5), 15_828_320_256, 15_723_462_656)
P100 = Gpu("Tesla P100-PCIE-16GB", (6, 0), 17_066_885_120, 16_900_000_000)
NO_FLASH = "No available kernel. Aborting execution."
NO_IMAGE = "CUDA error: no kernel image is available for execution on the device"


def driver(*gpus, cuda=(13, 0)):
    return Driver("580.65.06", cuda, gpus)


def torch(*tried, arches=CUDA_13, **other):
    return Torch(**({"version": "2.13.0+cu130", "cuda": "13.0", "arches": arches, "tried": tried} | other))


def told(*args):
    return {f.part: f for f in judged(*args)}


def test_without_a_gpu_there_is_one_calm_line():
    for seen in (None, Driver("580.65.06", (13, 0))):
        [found] = judged(seen, torch(version="2.13.0+cpu", cuda=""))
        assert (found.ok, found.found, found.cure) == (True, "no GPU: --smoke or a small model", "")


def test_an_h200_with_a_torch_that_fits():
    found = told(driver(H200), torch(Tried(H200)))
    assert {part: f.found for part, f in found.items()} == {
        "driver": "580.65.06, for CUDA up to 13.0",
        "gpu 0": "NVIDIA H200   compute capability 9.0   150.1 of 150.8 GB free   bf16",
        "torch": "2.13.0+cu130 is a build for CUDA 13.0   kernels for it: sm_90",
        "flash": "flash attention is in use, by torch's own (sdpa)",
    }
    assert all(f.ok for f in found.values())
    assert found["driver"].facts["driver"]["gpus"][0]["name"] == "NVIDIA H200"
    assert found["torch"].facts["arches"] == CUDA_13


def test_a_t4_has_no_bf16_and_no_flash_attention_and_that_is_no_defect():
    found = told(driver(T4), torch(Tried(T4, flash=NO_FLASH)))
    assert found["gpu 0"].found.endswith("15.7 of 15.8 GB free   no bf16: precision auto is fp16")
    assert found["torch"].found.endswith("kernels for it: sm_75")
    assert found["flash"].found.startswith("not on this GPU, which needs compute capability 8.0")
    assert all(f.ok for f in found.values())


def test_a_gpu_that_is_too_old_for_this_torch():
    found = told(driver(P100), torch(Tried(P100, NO_IMAGE, NO_IMAGE)))
    assert not found["torch"].ok
    assert found["torch"].found.startswith(
        "2.13.0+cu130 has no kernels for Tesla P100-PCIE-16GB (sm_60): it has sm_75,"
    )
    assert "KCODER_DEVICE=cpu" in found["torch"].cure
    assert found["gpu 0"].found.endswith("fp32 alone")
    assert "flash" not in found


def test_a_gpu_that_is_too_new_for_this_torch():
    new = Gpu("NVIDIA B300", (10, 3), 1, 1)
    found = told(driver(new), torch(Tried(new, NO_IMAGE), arches=("sm_80", "sm_90")))["torch"]
    assert (found.ok, found.cure.partition(":")[0]) == (False, "pip install --upgrade torch")


def test_a_gpu_for_which_the_driver_translates():
    new = Gpu("NVIDIA Next", (13, 0), 1, 1)
    found = told(driver(new), torch(Tried(new)))["torch"]
    assert (found.ok, "compute_120, which the driver translates at the first use" in found.found) == (True, True)


def test_work_that_fails_for_another_reason_says_that_reason():
    found = told(driver(H200), torch(Tried(H200, "CUDA error: out of memory", "CUDA error: out of memory")))
    assert (found["torch"].ok, "work on NVIDIA H200 fails: CUDA error: out of memory" in found["torch"].found) == (
        False,
        True,
    )
    assert "flash" not in found


def test_flash_attention_that_should_work_and_does_not_is_a_finding():
    found = told(driver(H200), torch(Tried(H200, flash=NO_FLASH)))["flash"]
    assert (found.ok, NO_FLASH in found.found) == (False, True)


def test_a_torch_for_cpus_beside_a_gpu_is_a_finding_with_its_cure():
    found = told(driver(H200), torch(version="2.13.0+cpu", cuda="", arches=()))["torch"]
    assert (found.ok, found.found) == (False, "2.13.0+cpu is a build for CPUs alone: training will not use the GPU")
    assert found.cure.startswith("pip install --force-reinstall torch (a build for CUDA up to 13.0")


def test_a_driver_that_is_older_than_torchs_cuda():
    why = "The NVIDIA driver on your system is too old (found version 12040)."
    found = told(driver(T4, cuda=(12, 4)), torch(why=why))["torch"]
    assert (found.ok, "this driver can CUDA 12.4 at most" in found.found) == (False, True)
    assert found.cure.startswith("a newer driver, or another torch (a build for CUDA up to 12.4")
    # within one major version every driver does
    found = told(driver(T4, cuda=(12, 4)), torch(version="2.9.0+cu128", cuda="12.8", why=why))["torch"]
    assert found.found.endswith(f"cannot use the GPU: {why}")


def test_a_driver_that_gives_no_answers():
    [found] = judged(Driver(problem="Driver/library version mismatch"), torch())
    assert (found.part, found.ok, "restart" in found.cure) == ("driver", False, True)
    [found] = judged(Driver(problem="Unknown Error"), torch())
    assert (found.ok, "Unknown Error" in found.found) == (False, True)


def test_a_gpu_that_may_not_be_used_is_told_and_no_defect():
    found = told(driver(H200), torch(), "KCODER_DEVICE=cpu")
    assert (found["torch"].ok, "KCODER_DEVICE=cpu keeps it" in found["torch"].found) == (True, True)


def test_each_of_several_gpus_is_told_and_one_that_fails_counts():
    found = told(driver(H200, P100), torch(Tried(H200), Tried(P100, NO_IMAGE, NO_IMAGE)))
    assert {"gpu 0", "gpu 1"} < found.keys()
    assert (found["torch"].ok, "sm_60" in found["torch"].found) == (False, True)
    found = told(driver(H200, T4), torch(Tried(H200), Tried(T4, flash=NO_FLASH)))
    assert found["torch"].found.endswith("kernels for them: sm_90, sm_75")


def test_a_gpu_of_another_maker_is_judged_by_the_work_it_did():
    other = Gpu("AMD Instinct MI300X", (9, 4), 200_000_000_000, 190_000_000_000)
    found = told(None, torch(Tried(other), version="2.13.0+rocm7.1", cuda="", hip="7.1", arches=("gfx942",)))
    assert "driver" not in found
    assert (found["torch"].ok, found["torch"].found) == (True, "2.13.0+rocm7.1 is a build for ROCm 7.1")


@pytest.mark.parametrize(
    ("able", "arches", "best"),
    [
        ((9, 0), CUDA_13, "sm_90"),
        ((8, 9), CUDA_13, "sm_86"),  # machine code of an earlier minor version
        ((8, 0), ("sm_86",), ""),  # and not of a later one
        ((8, 0), ("sm_75",), ""),  # nor of another major one
        ((8, 0), ("compute_75",), "compute_75"),  # which PTX is for
        ((7, 0), ("compute_75",), ""),
        ((12, 1), CUDA_13, "sm_120"),
        ((9, 0), ("sm_90a",), "sm_90a"),
        ((10, 0), ("sm_90a", "compute_90a"), ""),  # for that GPU alone
        ((10, 3), ("sm_100f",), "sm_100f"),  # for its family
        ((11, 0), ("sm_100f", "compute_100f"), ""),
        ((9, 0), (), ""),
    ],
)
def test_what_a_gpu_can_run_of_what_torch_was_built_for(able, arches, best):
    assert kernels(arches, able) == best
