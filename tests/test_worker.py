"""One process, as the one that has started it sees it. What becomes of it is tried in `test_workers.py`."""

import os

import pytest

from kcoder import worker
from kcoder.errors import InterruptedRun, KcoderError, MachineLacksError
from kcoder.worker import as_error, as_told


@pytest.mark.parametrize(
    ("error", "kind", "message", "hint"),
    [
        (MachineLacksError("there is no room", "make some"), MachineLacksError, "there is no room", "make some"),
        (type("Own", (InterruptedRun,), {})("stopped"), InterruptedRun, "stopped", ""),
        (ValueError("a defect\nof two lines"), KcoderError, "ValueError: a defect", ""),
    ],
)
def test_an_error_is_raised_again_as_what_it_was_for_the_person(error, kind, message, hint):
    again = as_error(as_told(error, "the story"))
    assert (type(again), again.message, again.hint) == (kind, message, hint)


def test_each_sees_its_own_gpu(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert worker._own_gpu(2) == {"CUDA_VISIBLE_DEVICES": "2"}
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,6")
    assert worker._own_gpu(1) == {"CUDA_VISIBLE_DEVICES": "6"}
    for told in ("3", "", "-1"):  # the only one, or none
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
        assert worker._own_gpu(1) == {}


def test_the_number_of_a_gpu_means_nothing_to_a_worker(monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "cuda:1")
    assert worker._environment(0)["KCODER_DEVICE"] == "cuda"


def test_what_a_launch_has_told_its_processes_is_not_told_to_their_workers(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "TORCHELASTIC_USE_AGENT_STORE"):
        monkeypatch.setenv(name, "1")
    assert not {"RANK", "WORLD_SIZE", "TORCHELASTIC_USE_AGENT_STORE"} & worker._environment(0).keys()
    assert os.environ["PATH"] == worker._environment(0)["PATH"]
