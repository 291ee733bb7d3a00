import errno
import json
import threading
import time

import pytest

from kcoder.errors import MachineLacksError
from kcoder.training import resume
from kcoder.training.resume import intact, keep_only, place, require_same, resumable, seal, steps, weights


def sealed(folder, *numbers):
    for step in numbers:
        seal(folder, step, lambda draft, step=step: written(draft, "weights", bytes([step] * 100)))


def written(draft, name, content):
    (draft.folder / name).write_bytes(content)
    draft.whole(draft.folder / name)


def test_checkpoints_come_back_newest_first_by_their_number(tmp_path):
    sealed(tmp_path, 9, 200, 10)
    assert list(resumable(tmp_path, print)) == [200, 10, 9]
    assert (place(tmp_path, 10) / "weights").read_bytes() == bytes([10] * 100)


@pytest.mark.parametrize("harm", [lambda b: b[:50], lambda b: b[:-1] + b"\xff", lambda b: b""])
def test_a_damaged_checkpoint_is_passed_over_and_said(tmp_path, harm):
    sealed(tmp_path, 10, 20)
    file = place(tmp_path, 20) / "weights"
    file.write_bytes(harm(file.read_bytes()))
    said = []
    assert list(resumable(tmp_path, said.append)) == [10]
    assert said == ["the checkpoint of step 20 is damaged; looking for an earlier one"]


def test_a_checkpoint_without_a_seal_or_without_a_file_is_damaged(tmp_path):
    sealed(tmp_path, 10, 20)
    (place(tmp_path, 10) / "seal.json").unlink()
    (place(tmp_path, 20) / "weights").unlink()
    assert not intact(tmp_path, 10)
    assert not intact(tmp_path, 20)


def test_a_kill_while_writing_leaves_no_checkpoint_and_no_obstacle(tmp_path):
    def killed(draft):
        (draft.folder / "weights").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seal(tmp_path, 10, killed)
    assert steps(tmp_path) == []
    sealed(tmp_path, 10)
    assert intact(tmp_path, 10)


def test_what_a_kill_has_left_of_a_file_is_taken_away(tmp_path):
    (tmp_path / ".metrics.jsonl.123.tmp").write_text("half")
    require_same(tmp_path, {"threads": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["numerics.json"]


def test_where_there_is_no_memory_for_a_thread_a_checkpoint_is_sealed_all_the_same(tmp_path, monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    def write(draft):
        grown(draft, [b"1", b"2"])
        written(draft, "weights", b"3")

    monkeypatch.setattr(threading.Thread, "start", start)
    seal(tmp_path, 10, write)
    assert intact(tmp_path, 10)
    assert set(json.loads((place(tmp_path, 10) / "seal.json").read_text())) == {"optimizer", "weights"}


def grown(draft, pieces):
    with draft.growing(draft.folder / "optimizer") as opened:
        for piece in pieces:
            opened.write(piece)


def test_a_file_is_flushed_and_digested_while_the_next_one_is_written(tmp_path, monkeypatch):
    at_it = threading.Barrier(3)

    def meets(file, do):
        if file.name == "first":
            at_it.wait(10)
        return do(file)

    def write(draft):
        written(draft, "first", b"1")
        at_it.wait(10)
        written(draft, "second", b"2")

    with monkeypatch.context() as patched:
        for name in ("sync", "file_digest"):
            do = getattr(resume, name)
            patched.setattr(resume, name, lambda file, do=do: meets(file, do))
        seal(tmp_path, 10, write)
    assert intact(tmp_path, 10)


def test_a_growing_file_is_digested_to_its_end_and_only_appended_to(tmp_path, monkeypatch):
    monkeypatch.setattr(resume, "READ", 3)

    def write(draft):
        with draft.growing(draft.folder / "optimizer") as opened:
            for number in range(40):
                opened.write(b"%d" % number)
                opened.flush()
                opened.seek(0)  # where it would write, were it not opened to append
                time.sleep(0.001)

    seal(tmp_path, 10, write)
    assert intact(tmp_path, 10)
    assert (place(tmp_path, 10) / "optimizer").read_bytes() == b"".join(b"%d" % number for number in range(40))


def test_an_error_in_the_middle_of_a_growing_file_ends_its_thread_and_seals_nothing(tmp_path):
    def write(draft):
        with draft.growing(draft.folder / "optimizer") as opened:
            opened.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        seal(tmp_path, 10, write)
    assert steps(tmp_path) == []


@pytest.mark.parametrize("work", ["sync", "file_digest"])
def test_what_goes_wrong_in_a_thread_is_raised_and_nothing_is_sealed(tmp_path, monkeypatch, work):
    def fails(file):
        raise OSError(errno.ENOSPC, "No space left on device", str(file))

    monkeypatch.setattr(resume, work, fails)
    with pytest.raises(OSError, match=r"No space left on device: .*weights"):
        sealed(tmp_path, 10)
    assert steps(tmp_path) == []


def test_a_damaged_checkpoint_is_replaced_when_its_step_comes_again(tmp_path):
    sealed(tmp_path, 10)
    (place(tmp_path, 10) / "weights").write_bytes(b"")
    sealed(tmp_path, 10)
    assert intact(tmp_path, 10)


def test_only_the_wanted_ones_are_kept(tmp_path):
    sealed(tmp_path, 10, 20, 30, 40)
    keep_only(tmp_path, {10, 40})
    assert steps(tmp_path) == [40, 10]


def test_of_some_the_weights_stay_and_nothing_goes_on_from_them(tmp_path):
    for step in (10, 20, 30):
        seal(tmp_path, step, lambda draft: [written(draft, name, name.encode()) for name in ("weights", "optimizer")])
    keep_only(tmp_path, {30}, {10, 30}, "weights")
    assert steps(tmp_path) == [30]
    assert sorted(path.name for path in (tmp_path / "weights-10").iterdir()) == ["seal.json", "weights"]
    assert weights(tmp_path, 10, "weights") == tmp_path / "weights-10"
    assert weights(tmp_path, 30, "weights") == place(tmp_path, 30)
    assert weights(tmp_path, 20, "weights") is None
    (tmp_path / "weights-10/optimizer").write_text("left by a kill")
    keep_only(tmp_path, {30}, {10, 30}, "weights")
    assert sorted(path.name for path in (tmp_path / "weights-10").iterdir()) == ["seal.json", "weights"]
    (tmp_path / "weights-10/weights").write_text("weighty")
    assert weights(tmp_path, 10, "weights") is None


def test_other_threads_are_refused_with_both_ways_on(tmp_path):
    require_same(tmp_path, {"device": "cpu", "threads": 1})
    sealed(tmp_path, 10)
    require_same(tmp_path, {"device": "cpu", "threads": 1})
    with pytest.raises(MachineLacksError, match="begun with threads 1; here it would go on with threads 2") as refused:
        require_same(tmp_path, {"device": "cpu", "threads": 2})
    assert "KCODER_THREADS=1" in refused.value.hint
    assert "--redo" in refused.value.hint


def test_where_nothing_was_sealed_yet_anything_may_begin(tmp_path):
    require_same(tmp_path, {"threads": 1})
    require_same(tmp_path, {"threads": 2})
    sealed(tmp_path, 10)
    require_same(tmp_path, {"threads": 2})


@pytest.mark.parametrize("harm", [b"", b"{", b"[1]", b"\xff"])
def test_a_note_that_cannot_be_read_counts_as_none(tmp_path, harm):
    require_same(tmp_path, {"threads": 1})
    sealed(tmp_path, 10)
    (tmp_path / "numerics.json").write_bytes(harm)
    require_same(tmp_path, {"threads": 2})
    assert json.loads((tmp_path / "numerics.json").read_text()) == {"threads": 2}


def test_another_number_of_processes_goes_on_whatever_threads_each_has(tmp_path):
    require_same(tmp_path, {"threads": 1, "torch": "2", "strategy": "ddp", "processes": 2})
    sealed(tmp_path, 10)
    for used in ({"threads": 2, "torch": "2"}, {"threads": 1, "torch": "2", "strategy": "fsdp", "processes": 2}):
        require_same(tmp_path, used)
        assert json.loads((tmp_path / "numerics.json").read_text()) == used
    with pytest.raises(MachineLacksError, match="begun with torch 2; here it would go on with torch 3"):
        require_same(tmp_path, {"threads": 2, "torch": "3"})
