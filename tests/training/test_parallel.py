"""Several processes make the steps that one makes, and any number of them goes on where any other has stopped."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import psutil
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file

from kcoder import worker
from kcoder.artifact import file_digest
from kcoder.errors import InterruptedRun, KcoderError, MachineLacksError
from kcoder.host import Host
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.stages.qlora import QLora
from kcoder.training import parallel, resume
from kcoder.training.parallel import Parallel, undivided
from kcoder.training.rows import Rows

OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "epochs": 2, "save_every": 4}
METHODS = {
    "full": Full(**OPTIONS),
    "lora": Lora(**OPTIONS | {"accumulate": 2}, r=4, alpha=8),
    "dropout": Lora(**OPTIONS, r=4, alpha=8, dropout=0.3),
    "six": Full(**OPTIONS | {"batch_size": 6}),
    "qlora": QLora(**OPTIONS | {"accumulate": 2}, r=4, alpha=8, dropout=0.0, compute="fp32"),
}
#: method, strategy, processes, and what else is to be so
JOBS = {
    "full ddp": ("full", "ddp", 2, {}),
    "full fsdp": ("full", "fsdp", 2, {}),
    "lora ddp": ("lora", "ddp", 2, {}),
    "lora fsdp": ("lora", "fsdp", 2, {}),
    "qlora ddp": ("qlora", "ddp", 2, {}),
    "six ddp": ("six", "ddp", 3, {}),
    "six fsdp": ("six", "fsdp", 3, {}),
    "full ddp in chunks": ("full", "ddp", 2, {"chunks": True}),
    "full fsdp in chunks": ("full", "fsdp", 2, {"chunks": True}),
}
STOPPED = {
    "stopped full ddp": ("full", "ddp", 2, {"stop": 6}),
    "stopped full fsdp": ("full", "fsdp", 2, {"stop": 6}),
    "stopped lora ddp": ("lora", "ddp", 2, {"stop": 3}),
}
BEGUN_BY_ONE = {"begun full ddp": ("full", "ddp", 2, {}), "begun full fsdp": ("full", "fsdp", 2, {})}
OTHERS = {
    "little room": ("full", "ddp", 2, {"room": 1, "options": {"on_out_of_memory": "halve"}}),
    "no room": ("full", "ddp", 2, {"room": 1}),
    "no room fsdp": ("full", "fsdp", 2, {"room": 1}),
    "dropout": ("dropout", "ddp", 2, {}),
    "stopped dropout": ("dropout", "ddp", 2, {"stop": 6}),
}


def wired(method, store):
    return method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=7)


def stopping_after(step):
    stop = threading.Event()
    return Host(stop=stop, progress=lambda line: stop.set() if line.startswith(f"step {step}/") else None)


def weights(out):
    [file] = (out / "model").glob("*.safetensors")
    return load_file(file)


def difference(out, other):
    ours, theirs = weights(out), weights(other)
    assert ours.keys() == theirs.keys()
    return max(float((ours[name] - theirs[name]).abs().max()) for name in ours)


@pytest.fixture(scope="module")
def uneven(store):
    """The rows but one, of which every third hardly trains: its documents but the last are there to be read alone."""
    table = pl.read_parquet(store.path("train"))[1:]
    labels = table["labels"].to_list()
    for number in range(0, len(labels), 3):
        last = max(at for at, label in enumerate(labels[number]) if label != -100)
        begin = max(at for at, position in enumerate(table["positions"][number]) if position == 0 and at <= last)
        labels[number][:begin] = [-100] * begin
    (store.root / "several").mkdir()
    found = store.root / "several" / "uneven.parquet"
    table.with_columns(pl.Series("labels", labels, dtype=table["labels"].dtype)).write_parquet(found)
    return found


@pytest.fixture(scope="module")
def one(store, uneven):
    """What one process makes, by method."""
    found = {name: store.root / "several" / f"one {name}" for name in METHODS}
    facts = {name: store.run(wired(METHODS[name], store), out, train=uneven) for name, out in found.items()}
    return found, facts


def with_fewer_rows(at):
    """As if one process had found no memory for more than a row at a time."""
    state, seal = at / "state.json", at / "seal.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"batch": 1}))
    seal.write_text(json.dumps(json.loads(seal.read_text()) | {"state.json": file_digest(state)}))


@pytest.fixture(scope="module")
def several(store, uneven, one):
    """What several processes make, by job: the folder, and what the first of them told."""

    def job(name, told):
        method, strategy, size, rest = told
        method = METHODS[method].model_copy(update={"parallel": Parallel(strategy=strategy, processes=size)})
        options = method.model_copy(update=rest.get("options", {}) | {"seed": 7}).model_dump(exclude_unset=True)
        inputs = {"rows": str(uneven), "valid": str(store.path("valid")), "model": str(store.path("model"))}
        return {
            "method": f"{type(method).__module__}:{type(method).__qualname__}",
            "options": json.dumps({key: value for key, value in options.items() if key not in inputs}),
            "inputs": inputs,
            "out": str(store.root / "several" / name),
            "size": size,
        } | {key: value for key, value in rest.items() if key != "options"}

    for name in BEGUN_BY_ONE:
        with pytest.raises(InterruptedRun):
            store.run(wired(METHODS["full"], store), store.root / "several" / name, stopping_after(6), train=uneven)
    with_fewer_rows(store.root / "several" / "begun full ddp/checkpoints/step-6")
    jobs = [job(name, told) for name, told in {**JOBS, **STOPPED, **BEGUN_BY_ONE, **OTHERS}.items()]
    jobs.append(job("stopped dropout", ("dropout", "ddp", 2, {})))  # it goes on
    file = store.root / "several" / "jobs.json"
    file.write_text(json.dumps(jobs))
    script = Path(__file__).with_name("forked_ranks.py")
    done = subprocess.run([sys.executable, str(script), str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    names = {**JOBS, **STOPPED, **BEGUN_BY_ONE, **OTHERS}
    return {
        name: (store.root / "several" / name, json.loads((store.root / "several" / f"{name}.0.json").read_text()))
        for name in names
    }


def test_the_rows_are_uneven(uneven):
    trained = Rows.read(uneven).trained_each()
    assert trained.max() >= 2 * trained.min() > 0
    assert len(trained) % 4 == 1  # the last batch of an epoch has a row for one process only


@pytest.mark.parametrize("name", JOBS)
def test_several_processes_make_the_weights_of_one(name, one, several):
    out, told = several[name]
    alone, facts = one[0][JOBS[name][0]], one[1][JOBS[name][0]]
    assert difference(out, alone) < 1e-5
    same = {key: value for key, value in facts.items() if key not in ("used", "valid")}
    assert {key: told["facts"][key] for key in same} == same
    assert told["facts"]["valid"] == pytest.approx(facts["valid"], abs=1e-5)
    assert told["facts"]["used"] == facts["used"] | {"strategy": JOBS[name][1], "processes": JOBS[name][2]}
    assert sorted(p.name for p in out.rglob("*")) == sorted(p.name for p in alone.rglob("*"))


@pytest.mark.parametrize("name", STOPPED)
def test_what_two_processes_have_begun_one_ends(name, store, uneven, one, several):
    out, told = several[name]
    method, _, _, rest = STOPPED[name]
    assert told["error"] == "InterruptedRun: interrupted"
    assert f"step-{rest['stop']}" in told["kept"]
    # who has nothing to write leaves no sooner
    assert json.loads(Path(f"{out}.1.json").read_text()) == told
    said = []
    facts = store.run(wired(METHODS[method], store), out, Host(say=said.append), train=uneven)
    assert said == [f"going on after step {rest['stop']} of {facts['steps']}"]
    assert difference(out, one[0][method]) < 1e-5


@pytest.mark.parametrize("name", BEGUN_BY_ONE)
def test_what_one_process_has_begun_two_end(name, one, several):
    out, told = several[name]
    assert told["said"] == ["going on after step 6 of 10"]
    assert told["facts"]["batch_size"] == 4  # a row cannot be divided: what fits is found out again
    assert difference(out, one[0]["full"]) < 1e-5


def test_two_processes_go_on_bit_for_bit_with_their_own_random_numbers(one, several):
    out, told = several["stopped dropout"]
    assert told["said"] == ["going on after step 6 of 10"]
    kept = torch.load(out / "checkpoints/step-8/optimizer.pt", weights_only=True)
    [other] = kept["others"]
    assert not torch.equal(other["random"], kept["random"])
    whole = several["dropout"][0]
    digests = [
        hashlib.sha256((each / "model/adapter_model.safetensors").read_bytes()).digest() for each in (out, whole)
    ]
    assert digests[0] == digests[1]
    assert difference(out, one[0]["dropout"]) > 1e-5  # they drop other inputs than one process does


def test_where_one_process_runs_out_of_memory_all_take_smaller_batches(one, several):
    out, told = several["little room"]
    assert told["said"] == [
        "4 rows do not fit into memory: going on with batch_size 2 and accumulate 2, the same rows in each step"
    ]
    assert (told["facts"]["batch_size"], told["facts"]["accumulate"]) == (2, 2)
    assert difference(out, one[0]["full"]) < 1e-5
    assert "batches of 4 rows of 48 tokens do not fit" in several["no room"][1]["error"]
    words = Path(f"{several['no room fsdp'][0]}.1.txt").read_text()
    assert "2 rows in each of the 2 processes do not fit into memory, beside their shares of the model" in words


# ---- started by the step itself ------------------------------------------------------------------------------------


def test_a_process_that_is_killed_ends_the_training_and_one_process_goes_on(store, uneven):
    long = Full(**OPTIONS | {"epochs": 40})
    method = long.model_copy(update={"parallel": Parallel(processes=2)})
    out, whole, found = store.root / "several" / "killed", store.root / "several" / "not killed", []

    def progress(line):
        if not found and resume.steps(out / "checkpoints"):
            found.extend(p for p in psutil.Process().children() if worker.WORKER in p.cmdline())
            os.kill(max(each.pid for each in found), signal.SIGKILL)

    with pytest.raises(KcoderError, match=r"process \d of the 2 was killed \(SIGKILL\), and the others with it"):
        store.run(wired(method, store), out, Host(progress=progress, device="cpu"), train=uneven)
    assert len(found) == 2
    assert not any(each.is_running() for each in found)
    assert resume.steps(out / "checkpoints")[0] < 200
    said = []
    store.run(wired(long, store), out, Host(say=said.append), train=uneven)
    assert said[0].startswith("going on after step ")
    store.run(wired(long, store), whole, train=uneven)
    assert difference(out, whole) < 1e-5


# ---- what is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "hint"),
    [
        ((8, 1, 3), "say processes: 2"),
        ((6, 2, 4), "say batch_size: 4 and accumulate: 3, which makes the same steps, or processes: 3"),
        ((1, 8, 2), "say batch_size: 8 and accumulate: 1, which makes the same steps, or batch_size: 2"),
    ],
)
def test_rows_that_cannot_be_divided_are_refused_with_the_smallest_change(told, hint):
    assert undivided(*told) == (f"batches of {told[0]} rows cannot be divided among {told[2]} processes", hint)
    with pytest.raises(ValidationError, match="cannot be divided"):
        Full(batch_size=told[0], accumulate=told[1], parallel=Parallel(processes=told[2]))


@pytest.mark.parametrize("told", [{"optimizer": "adamw_8bit"}, {"precision": "fp16"}, {"on_out_of_memory": "halve"}])
def test_what_a_divided_model_cannot_do_is_refused(told):
    [(name, value)] = told.items()
    with pytest.raises(ValidationError, match=f"strategy: fsdp cannot do {name}: {value}"):
        Full(parallel=Parallel(strategy="fsdp", processes=2), **told)
    Full(parallel=Parallel(processes=2), **told)


def test_a_model_in_four_bits_is_not_divided():
    with pytest.raises(ValidationError, match="strategy: fsdp cannot divide a model in four bits"):
        QLora(parallel=Parallel(strategy="fsdp", processes=2))


def test_the_number_of_processes_is_that_of_the_gpus(monkeypatch):
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(parallel, "count", lambda: 0)
    assert Parallel(processes=2).size() == 2
    with pytest.raises(MachineLacksError, match="the number of processes must be given"):
        Full(parallel=Parallel()).world()
    monkeypatch.setattr(parallel, "count", lambda: 3)
    with pytest.raises(MachineLacksError, match="4 processes need as many GPUs, and this machine has 3"):
        Full(parallel=Parallel(processes=4)).world()
    with pytest.raises(MachineLacksError, match="batches of 8 rows cannot be divided among 3 processes"):
        Full(parallel=Parallel()).world()
    assert Full(batch_size=6, parallel=Parallel()).world() == {}


def test_in_a_launch_it_is_the_number_that_was_started(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert Parallel().size() == 4
    with pytest.raises(MachineLacksError, match="processes: 2, but 4 were started together"):
        Parallel(processes=2).size()
