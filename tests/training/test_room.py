"""How much memory there is for a training."""

from kcoder import ram
from kcoder.training import gpu
from kcoder.training.room import room

GB = 10**9


def test_without_a_gpu_it_is_the_systems(monkeypatch):
    monkeypatch.setattr(gpu, "capability", lambda: None)
    monkeypatch.setattr(ram, "available", lambda: 3.0 * GB)
    assert (room().where, room().free) == ("RAM", 3 * GB)
    monkeypatch.setattr(ram, "available", lambda: 0.0)
    assert room() is None


def test_a_gpus_free_memory_counts_where_there_is_one(monkeypatch):
    monkeypatch.setattr(gpu, "capability", lambda: (7, 5))
    monkeypatch.setattr(gpu, "free", lambda: 15 * GB)
    assert (room().where, room().free, room().able) == ("GPU", 15 * GB, (7, 5))
