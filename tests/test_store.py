"""Artifacts by key: whole or absent, whoever else is at work and however full the disk is."""

import errno
import fcntl
import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kcoder.artifact import write_durably
from kcoder.errors import MachineLacksError
from kcoder.store import Store, disk_full

KEY = "0123456789ab" + "0" * 52


def publish(store, key=KEY, text="content", step="data.read"):
    with store.building(key, lambda holder: None):
        draft = store.begin(key, resume=False)
        (draft / "rows.txt").write_text(text)
        return store.publish(step, key, {"facts": {}})


def test_what_is_published_is_found_by_its_key_and_read_only(tmp_path):
    store = Store(tmp_path)
    assert store.find(KEY) is None
    made = publish(store)
    found = Store(tmp_path).find(KEY)
    assert found.folder == made.folder == tmp_path / "data.read-0123456789ab"
    assert (found.folder / "rows.txt").stat().st_mode & 0o222 == 0


def test_a_draft_is_no_artifact(tmp_path):
    store = Store(tmp_path)
    draft = store.begin(KEY, resume=True)
    (draft / "rows.txt").write_text("half")
    assert Store(tmp_path).find(KEY) is None
    assert (store.begin(KEY, resume=True) / "rows.txt").exists()
    assert not (store.begin(KEY, resume=False) / "rows.txt").exists()


def _killed_while_writing_the_manifest(root):
    store = Store(Path(root))
    (store.begin(KEY, resume=True) / "rows.txt").write_text("content")
    os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
    write_durably(store.draft(KEY) / "manifest.json", b"{}")


def test_what_a_kill_leaves_of_a_file_half_written_is_no_part_of_the_artifact(tmp_path):
    child = multiprocessing.get_context("spawn").Process(
        target=_killed_while_writing_the_manifest, args=(str(tmp_path),)
    )
    child.start()
    child.join()
    store = Store(tmp_path)
    assert [path.suffix for path in store.draft(KEY).iterdir() if path.name != "rows.txt"] == [".tmp"]
    store.begin(KEY, resume=True)
    assert set(store.publish("data.read", KEY, {"facts": {}}).manifest["files"]) == {"rows.txt"}


def test_a_damaged_artifact_counts_as_absent_and_makes_way(tmp_path):
    store = Store(tmp_path)
    folder = publish(store).folder
    (folder / "rows.txt").unlink()
    assert Store(tmp_path).find(KEY) is None
    assert publish(Store(tmp_path), text="again").faults(thorough=True) == []


def test_a_folder_of_the_same_short_key_is_not_taken_for_another_key(tmp_path):
    publish(Store(tmp_path))
    assert Store(tmp_path).find("0123456789ab" + "1" * 52) is None


def _build_slowly(root, started, log):
    store = Store(Path(root))
    heard = []
    with store.building(KEY, heard.append):
        if store.find(KEY) is None:
            started.set()
            draft = store.begin(KEY, resume=False)
            time.sleep(0.5)
            (draft / "rows.txt").write_text("once")
            store.publish("data.read", KEY, {})
            log.put(("built", heard))
        else:
            log.put(("adopted", heard))


def test_of_two_runs_at_once_one_builds_and_the_other_adopts(tmp_path):
    context = multiprocessing.get_context("fork")
    started, log = context.Event(), context.Queue()
    children = [context.Process(target=_build_slowly, args=(tmp_path, started, log)) for _ in range(2)]
    for child in children:
        child.start()
    results = sorted((log.get(timeout=20) for _ in children), key=lambda r: r[0])
    for child in children:
        child.join(20)
    assert [what for what, _ in results] == ["adopted", "built"]
    assert f"process {children[0].pid}" in str(results[0][1]) or f"process {children[1].pid}" in str(results[0][1])


def test_a_lock_dies_with_its_holder(tmp_path):
    context = multiprocessing.get_context("fork")
    started, log = context.Event(), context.Queue()
    child = context.Process(target=_build_slowly, args=(tmp_path, started, log))
    child.start()
    assert started.wait(20)
    child.kill()
    child.join(20)
    assert publish(Store(tmp_path)).faults(thorough=True) == []


def test_a_file_system_without_locks_is_named_with_the_way_around(tmp_path, monkeypatch):
    def flock(handle, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(MachineLacksError, match="has no locks") as refused, Store(tmp_path).in_use():
        pass
    assert "--out FOLDER on a disk of this machine" in refused.value.hint


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True)
    if done.returncode:
        pytest.skip(f"cannot mount a tmpfs: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_said_in_one_way_and_harms_nothing_finished(small_disk):
    store = Store(small_disk)
    publish(store)
    other = "f" * 64
    draft = store.begin(other, resume=False)
    with pytest.raises(OSError, match="No space") as caught:
        (draft / "big").write_bytes(os.urandom(1 << 20))
    said = disk_full(caught.value, "data.read", small_disk)
    assert said.exit_code == 3
    assert "is full" in said.message
    assert "run the same command again" in said.hint
    assert Store(small_disk).find(KEY).faults(thorough=True) == []
    assert Store(small_disk).find(other) is None


def test_a_library_that_hides_the_full_disk_is_understood(tmp_path):
    class ComputeError(Exception):
        pass

    assert disk_full(ComputeError("No space left on device (os error 28)"), "data.read", tmp_path)
    assert disk_full(ComputeError("something else"), "data.read", tmp_path) is None


def test_a_full_disk_elsewhere_is_named_and_so_is_the_step(tmp_path):
    error = OSError(errno.ENOSPC, "No space left on device", "/elsewhere/file")
    assert disk_full(error, "execute", tmp_path).message.startswith("execute: the disk that holds /elsewhere/file is")


def test_removing_leaves_no_half_artifact(tmp_path):
    store = Store(tmp_path)
    folder = publish(store).folder
    store.remove(folder)
    assert store.every() == []
    assert not list(tmp_path.glob(".doomed*"))
    shutil.rmtree(tmp_path)
