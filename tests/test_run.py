"""Carrying out: what is built, reused, counted, recorded, and what happens when something goes wrong."""

import json
import threading
from typing import ClassVar

import pytest

from kcoder.errors import InterruptedRun, KcoderError
from kcoder.host import Host
from kcoder.journal import Journal, read_diary
from kcoder.plan import plan
from kcoder.records import Document, Dropped, frame
from kcoder.run import Runner
from kcoder.stage import Input, Stage, Step
from kcoder.store import Store


class Make(Stage):
    produces: ClassVar = {"rows": Document}
    texts: tuple[str, ...] = ("a", "b", "c")

    def run(self, inputs, out, host):
        rows = [{"id": str(i), "text": t} for i, t in enumerate(self.texts)]
        frame(Document, rows).write_parquet(out / "rows.parquet")
        return {"rows": len(rows)}


class Drop(Stage):
    produces: ClassVar = {"kept": Document, "dropped": Dropped}
    rows: Input[Document]
    text: str = "a"
    forget: bool = False

    def run(self, inputs, out, host):
        import polars as pl

        rows = pl.read_parquet(inputs[self.rows])
        kept = rows.filter(pl.col("text") != self.text)
        gone = rows.filter(pl.col("text") == self.text).with_columns(reason=pl.lit("x"), evidence=pl.lit(""))
        kept.write_parquet(out / "kept.parquet")
        (gone.head(0) if self.forget else gone).write_parquet(out / "dropped.parquet")
        return {}


class Followed(Stage):
    produces: ClassVar = {"rows": Document}

    def run(self, inputs, out, host):
        frame(Document, [{"id": "a", "text": "a"}]).write_parquet(out / "rows.parquet")
        (out / "log").write_text("step 1")
        return {"followed": (out.parent.parent / "test" / "now" / "log").read_text()}


class Fail(Stage):
    produces: ClassVar = {"kept": Document}
    rows: Input[Document]
    how: str = "raise"

    def run(self, inputs, out, host):
        if self.how == "raise":
            raise ValueError("the data are wrong")
        if self.how == "stop":
            host.stop.set()
            host.check()
        return {}


class Watching:
    def __init__(self):
        self.seen = []

    def begins(self, planned):
        self.seen.append(("begins", planned.name))

    def waits(self, planned, holder):
        self.seen.append(("waits", planned.name))

    def ended(self, planned, artifact):
        self.seen.append(("ended", planned.name))

    def reused(self, planned):
        self.seen.append(("reused", planned.name))


@pytest.fixture
def carry_out(tmp_path):
    def go(*steps, wanted=lambda planned: True, redo=None):
        watch, journal = Watching(), Journal(tmp_path / "test")
        host = Host(stop=threading.Event())
        made = plan({"": steps}, Store(tmp_path / ".store").find, journal.memory(), redo)
        journal.begin({"name": "test"}, made, host)
        done = Runner(Store(tmp_path / ".store"), journal, host, watch, wanted).carry_out(made)
        journal.end("finished", made)
        return {p.name: done.get(p.key) for p in made}, [what for what in watch.seen if what[0] != "begins"]

    go.folder = tmp_path / "test"
    go.store = tmp_path / ".store"
    return go


def chain(**options):
    make = Step("make", Make())
    return make, Step("drop", Drop(rows=make["rows"], **options))


def test_steps_are_built_once_and_then_reused(carry_out):
    first, seen = carry_out(*chain())
    assert seen == [("ended", "make"), ("ended", "drop")]
    again, seen = carry_out(*chain())
    assert seen == [("reused", "make"), ("reused", "drop")]
    assert [a.folder for a in first.values()] == [a.folder for a in again.values()]


def test_what_a_step_writes_can_be_followed_from_the_runs_folder(carry_out):
    done, _ = carry_out(Step("followed", Followed()))
    assert done["followed"].manifest["facts"] == {"followed": "step 1"}
    assert not (carry_out.folder / "now").is_symlink()


def test_a_manifest_says_what_was_asked_what_came_out_and_what_it_took(carry_out):
    done, _ = carry_out(*chain())
    manifest = done["drop"].manifest
    assert manifest["rows"] == {"kept": 2, "dropped": 1}
    assert manifest["asked"]["text"] == "a"
    assert set(manifest["files"]) == {"kept.parquet", "dropped.parquet"}
    assert manifest["inputs"] == {done["make"].key: done["make"].digest}
    assert {"seconds", "cpu_seconds", "peak_mb", "versions"} <= manifest.keys()


def test_the_run_folder_links_to_the_results_and_keeps_a_diary(carry_out):
    done, _ = carry_out(*chain())
    link = carry_out.folder / "drop"
    assert link.is_symlink() and not link.readlink().is_absolute()
    assert link.resolve() == done["drop"].folder.resolve()
    diary = read_diary(carry_out.folder)
    assert diary["state"] == "finished"
    assert [(s["step"], s["state"]) for s in diary["steps"]] == [("make", "built"), ("drop", "built")]


def test_rows_that_get_lost_fail_the_step(carry_out):
    with pytest.raises(KcoderError, match="3 rows went in and 2 came out"):
        carry_out(*chain(forget=True))


def test_an_exception_becomes_one_message_and_the_traceback_goes_into_the_log(carry_out):
    make = Step("make", Make())
    with pytest.raises(KcoderError) as caught:
        carry_out(make, Step("fail", Fail(rows=make["rows"])))
    assert caught.value.message == "fail: ValueError: the data are wrong"
    assert "Traceback" in (carry_out.folder / "log.txt").read_text()
    diary = json.loads((carry_out.folder / "run.json").read_text())
    assert list(diary["failed"].values()) == ["fail: ValueError: the data are wrong"]
    assert [s["step"] for s in diary["steps"]] == ["make"]


def test_a_stage_that_makes_nothing_is_named(carry_out):
    make = Step("make", Make())
    with pytest.raises(KcoderError, match="fail made no kept"):
        carry_out(make, Step("fail", Fail(rows=make["rows"], how="nothing")))


def test_an_interruption_keeps_what_is_finished(carry_out):
    make = Step("make", Make())
    with pytest.raises(InterruptedRun):
        carry_out(make, Step("fail", Fail(rows=make["rows"], how="stop")))
    _, seen = carry_out(*chain())
    assert seen == [("reused", "make"), ("ended", "drop")]


def test_a_changed_option_redoes_only_what_follows(carry_out):
    carry_out(*chain())
    _, seen = carry_out(*chain(text="b"))
    assert seen == [("reused", "make"), ("ended", "drop")]


def test_what_is_left_out_is_not_built_and_says_so_where_it_is_needed(carry_out):
    done, seen = carry_out(*chain(), wanted=lambda planned: planned.name == "make")
    assert seen == [("ended", "make")]
    assert done["drop"] is None
    with pytest.raises(KcoderError, match="change needs drop, which this run leaves out"):
        make, drop = chain(text="zzz")
        carry_out(make, drop, Step("change", Drop(rows=drop["kept"])), wanted=lambda planned: planned.name == "change")


def test_redo_builds_again_and_what_follows_stays_where_the_result_is_equal(carry_out):
    carry_out(*chain())
    _, seen = carry_out(*chain(), redo=lambda name: name == "make")
    assert seen == [("ended", "make"), ("reused", "drop")]


def test_a_damaged_artifact_is_made_again(carry_out):
    done, _ = carry_out(*chain())
    (done["make"].folder / "rows.parquet").unlink()
    _, seen = carry_out(*chain())
    assert seen == [("ended", "make"), ("reused", "drop")]


def test_redo_begins_anew_and_leaves_no_draft_of_an_earlier_try(carry_out):
    class Slow(Make):
        resumable: ClassVar = True

        def run(self, inputs, out, host):
            left = (out / "left").exists()
            (out / "left").touch()
            return super().run(inputs, out, host) | {"left": left}

    [slow] = carry_out(Step("slow", Slow()))[0].values()
    draft = Store(carry_out.store).draft(slow.key)
    draft.mkdir()
    (draft / "left").touch()
    [again] = carry_out(Step("slow", Slow()), redo=lambda name: True)[0].values()
    assert again.manifest["facts"]["left"] is False


class Draw(Stage):
    """Breaks the promise that equal keys give equal results, as another machine may."""

    produces: ClassVar = {"rows": Document}
    drawn: ClassVar = iter("abcdefgh")

    def run(self, inputs, out, host):
        frame(Document, [{"id": "1", "text": next(self.drawn)}]).write_parquet(out / "rows.parquet")
        return {}


def test_what_follows_a_redone_step_that_came_out_otherwise_is_redone_even_in_a_later_run(carry_out):
    def steps():
        draw = Step("draw", Draw())
        return draw, Step("drop", Drop(rows=draw["rows"]))

    carry_out(*steps())
    only = carry_out(*steps(), redo=lambda name: name == "draw", wanted=lambda planned: planned.name == "draw")[1]
    assert ("ended", "draw") in only
    assert carry_out(*steps())[1] == [("reused", "draw"), ("ended", "drop")]
    assert carry_out(*steps())[1] == [("reused", "draw"), ("reused", "drop")]


def test_steps_of_equal_key_are_linked_under_each_of_their_names(carry_out):
    carry_out(Step("one", Make()), Step("two", Make()))
    assert (carry_out.folder / "one").resolve() == (carry_out.folder / "two").resolve()
    assert {s["step"] for s in read_diary(carry_out.folder)["steps"]} == {"one", "two"}


def test_a_kill_while_publishing_keeps_the_scratch(carry_out, monkeypatch):
    class Trained(Make):
        resumable: ClassVar = True
        scratch: ClassVar = "checkpoints"

        def run(self, inputs, out, host):
            kept = (out / "checkpoints" / "step-9").exists()
            (out / "checkpoints" / "step-9").mkdir(parents=True, exist_ok=True)
            return super().run(inputs, out, host) | {"kept": kept}

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("kcoder.store.seal", killed)
        carry_out(Step("train", Trained()))
    [train] = carry_out(Step("train", Trained()))[0].values()
    assert train.manifest["facts"]["kept"] is True
    assert list(train.manifest["files"]) == ["rows.parquet"]
    assert list(carry_out.store.glob(".draft-*")) == []
