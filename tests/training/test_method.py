import hashlib
import json
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch

from kcoder.errors import InterruptedRun, MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.plugin import identity
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.stages.pack import Pack
from kcoder.training import resume
from kcoder.training.card import read_card
from kcoder.training.checkpoint import load_tokenizer

OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "epochs": 2, "save_every": 4}
METHODS = [Full(**OPTIONS), Lora(**OPTIONS, r=4, alpha=8, dropout=0.2)]
VARIED = {
    "in eight bits": Full(**OPTIONS, optimizer="adamw_8bit"),
    "in bfloat16, accumulated": Lora(**OPTIONS | {"batch_size": 2, "accumulate": 2}, dropout=0.1, precision="bf16"),
}


def wired(method, store):
    return method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=7)


def stopping_after(step):
    """A host whose person asks to stop after this step; its threads differ when torch's did."""
    stop = threading.Event()

    def progress(line):
        if line.startswith(f"step {step}/"):
            stop.set()

    return Host(stop=stop, progress=progress)


def digests(out):
    """Of all that is made, the log of times aside."""
    return {
        str(file.relative_to(out)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(out.rglob("*"))
        if file.is_file() and file.name != "metrics.jsonl"
    }


@pytest.fixture(scope="module")
def whole(store):
    """The digests and facts of a training that nobody disturbed, by method."""
    found = {}
    for method in METHODS:
        out = store.root / f"whole-{type(method).__name__}"
        facts = store.run(wired(method, store), out)
        found[type(method)] = digests(out), facts
    return found


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
@pytest.mark.parametrize("step", [1, 4, 6])
def test_stopped_and_resumed_it_is_bit_for_bit_the_undisturbed_one(method, step, store, whole):
    out = store.root / f"stopped-{type(method).__name__}-{step}"
    with pytest.raises(InterruptedRun):
        store.run(wired(method, store), out, stopping_after(step))
    assert resume.steps(out / "checkpoints")[0] == step
    torch.rand(100)  # whatever else the process does with its random numbers
    said = []
    facts = store.run(wired(method, store), out, Host(say=said.append))
    assert said == [f"going on after step {step} of 10"]
    assert (digests(out), facts) == whole[type(method)]


@pytest.mark.parametrize("name", VARIED)
def test_other_ways_go_on_bit_for_bit_too(name, store):
    method, whole, stopped = wired(VARIED[name], store), store.root / f"{name} whole", store.root / f"{name} stopped"
    facts = store.run(method, whole)
    with pytest.raises(InterruptedRun):
        store.run(method, stopped, stopping_after(6))
    assert store.run(method, stopped) == facts
    assert digests(stopped) == digests(whole)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
def test_activations_computed_twice_change_no_bit(method, store, whole):
    out = store.root / f"twice-{type(method).__name__}"
    twice = method.model_copy(update={"gradient_checkpointing": True})
    store.run(wired(twice, store), out)
    assert digests(out) == whole[type(method)][0]


def test_activations_are_really_computed_twice(store, monkeypatch):
    from transformers.models.codegen.modeling_codegen import CodeGenAttention

    calls = []
    forward = CodeGenAttention.forward
    monkeypatch.setattr(CodeGenAttention, "forward", lambda self, *a, **k: calls.append(1) or forward(self, *a, **k))
    numbers = []
    for twice in (False, True):
        method = Full(max_steps=2, batch_size=4, valid_rows=1, gradient_checkpointing=twice)
        store.run(wired(method, store), store.root / f"counted-{twice}")
        numbers.append(len(calls))
    assert numbers[1] - 2 * numbers[0] == 2  # once more in each of the two steps


def test_a_family_that_keeps_all_activations_says_so(store, monkeypatch):
    from transformers.models.codegen.modeling_codegen import CodeGenPreTrainedModel

    monkeypatch.setattr(CodeGenPreTrainedModel, "supports_gradient_checkpointing", False)
    for method in (Full(gradient_checkpointing=True), Lora(gradient_checkpointing=True, r=4)):
        with pytest.raises(UsageError, match="codegen models keep all their activations"):
            store.run(wired(method, store), store.root / f"keeps-{type(method).__name__}")


def test_the_log_stands_beside_the_result(store, whole):
    lines = (store.root / "whole-Full/metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(11))


def test_what_changes_no_result_is_in_no_key():
    def known(method):
        return identity(method, lambda plugin: {}, str)

    plain = known(Full())
    assert known(Full(time="3h", on_out_of_memory="halve", gradient_checkpointing=True)) == plain
    assert known(Full(tokens=9)) != plain
    assert known(Full(optimizer="adamw_8bit")) != plain


def test_what_this_machine_lacks_is_told_before_the_work(monkeypatch):
    monkeypatch.setattr("kcoder.training.method.capability", lambda: None)
    for options in ({"precision": "fp16"}, {"optimizer": "paged_adamw_32bit"}):
        with pytest.raises(MachineLacksError):
            Full(**options).world()
    monkeypatch.setattr("kcoder.training.method.capability", lambda: (7, 5))
    with pytest.raises(MachineLacksError, match="no arithmetic in bfloat16"):
        Full(precision="bf16").world()
    assert Full(precision="fp16", optimizer="paged_adamw_32bit").world() == Full().world() == {}


KILLED = """
import sys
from pathlib import Path
from kcoder.host import Host
from kcoder.records import Checkpoint, Packed
from kcoder.stage import Stage, Step
from kcoder.stages.full import Full

class Given(Stage):
    produces = {"train": Packed, "valid": Packed, "model": Checkpoint}

given, at, out = Step("given", Given()), Path(sys.argv[1]), Path(sys.argv[2])
inputs = {given[n]: at / f"{n}{k.suffix}" for n, k in Given.produces.items()}
method = Full.model_validate_json(sys.argv[3])
method.wired(rows=given["train"], valid=given["valid"], model=given["model"], seed=7).run(inputs, out, Host())
"""


def test_killed_without_warning_it_goes_on_from_a_sealed_checkpoint(store):
    # a process of its own, not a fork: polars and torch have threads
    options = OPTIONS | {"epochs": 40, "save_every": 1}
    method, killed, whole = wired(Full(**options), store), store.root / "killed", store.root / "not-killed"
    killed.mkdir()
    told = [str(store.root / "given"), str(killed), json.dumps(options)]
    child = subprocess.Popen([sys.executable, "-c", KILLED, *told])
    try:
        while (resume.steps(killed / "checkpoints") or [0])[0] < 5:
            assert child.poll() is None
            time.sleep(0.002)
    finally:
        child.kill()
    assert child.wait() == -signal.SIGKILL
    said = []
    store.run(method, killed, Host(say=said.append))
    assert said[-1].startswith("going on after step ")
    store.run(method, whole)
    assert digests(killed) == digests(whole)


def test_a_flipped_bit_in_the_newest_checkpoint_costs_one_interval_only(store, whole):
    method = METHODS[0]
    out = store.root / "flipped"
    with pytest.raises(InterruptedRun):
        store.run(wired(method, store), out, stopping_after(6))
    file = out / "checkpoints/step-6/weights.safetensors"
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(bytes(content))
    said = []
    facts = store.run(wired(method, store), out, Host(say=said.append))
    assert said[0] == "the checkpoint of step 6 is damaged; looking for an earlier one"
    assert said[1] == "going on after step 4 of 10"
    assert (digests(out), facts) == whole[Full]


def test_where_the_best_checkpoint_is_damaged_it_goes_back_before_it(store, whole):
    method = METHODS[0]
    out = store.root / "best-flipped"
    with pytest.raises(InterruptedRun):
        store.run(wired(method, store), out, stopping_after(6))
    (out / "checkpoints/step-4/weights.safetensors").write_bytes(b"")
    said = []
    store.run(wired(method, store), out, Host(say=said.append))
    assert not [line for line in said if line.startswith("going on")]
    assert digests(out) == whole[Full][0]


def test_it_does_not_go_on_with_other_threads(store):
    out = store.root / "threads"
    before = torch.get_num_threads()
    with pytest.raises(InterruptedRun):
        store.run(wired(METHODS[0], store), out, stopping_after(3))
    with pytest.raises(MachineLacksError, match="begun with threads 1; here it would go on with threads 2"):
        store.run(wired(METHODS[0], store), out, Host(threads=2))
    torch.set_num_threads(before)


def test_it_does_not_go_on_over_other_rows(store):
    out = store.root / "other-rows"
    with pytest.raises(InterruptedRun):
        store.run(wired(METHODS[0], store), out, stopping_after(3))
    with pytest.raises(MachineLacksError, match=r"begun with rows \w{12}; here it would go on with rows \w{12}"):
        store.run(wired(METHODS[0], store), out, train=store.path("valid"))


def test_only_the_newest_two_checkpoints_and_the_best_stay_while_it_works(store):
    out = store.root / "kept"
    method = Full(learning_rate=1.0, scheduler="constant", warmup=0.0, batch_size=4, epochs=2, save_every=1)
    with pytest.raises(InterruptedRun):
        store.run(wired(method, store), out, stopping_after(9))
    kept = resume.steps(out / "checkpoints")
    assert kept[:2] == [9, 8]
    assert len(kept) <= 3


def test_facts_and_card_say_what_was_trained_and_on_what(store, whole):
    facts = whole[Full][1]
    assert facts["parameters"] == facts["trainable"]
    assert (facts["steps"], facts["epochs"]) == (10, 2.0)
    assert set(facts["used"]) == {"device", "dtype", "threads", "torch", "transformers"}
    card = json.loads((store.root / "whole-Full/model/checkpoint.json").read_text())
    assert card["lineage"][1].startswith(f"full, step {facts['best_step']} of 10, ")


def test_processes_that_were_started_for_nothing_are_told(store, monkeypatch):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "4")
    said = []
    store.run(wired(Full(max_steps=1), store), store.root / "for-nothing", Host(say=said.append))
    assert said == ["4 processes were started, and one of them trains: say parallel: {} to train with all"]


def test_two_seeds_are_two_trainings(store, whole):
    out = store.root / "seed"
    method = METHODS[0].wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=8)
    store.run(method, out)
    assert digests(out)["model/model.safetensors"] != whole[Full][0]["model/model.safetensors"]


def test_a_model_keeps_the_template_its_rows_were_rendered_with(store, tmp_path):
    source = "{% for m in messages %}[{{ m['content'] }}]{% endfor %}"
    pack = Pack(
        rows=store["rows"], valid=store["held_out"], model=store["model"], template="chat", chat_template=source
    )
    store.run(pack, tmp_path / "rows")
    rows = {name: tmp_path / f"rows/{name}.parquet" for name in ("train", "valid")}
    store.run(wired(Lora(max_steps=1, r=4), store), tmp_path / "tuned", **rows)
    template = read_card(tmp_path / "tuned/model").template
    assert (template.name, template.words) == ("chat", "[{prompt}][{text}]")
    assert load_tokenizer(tmp_path / "tuned/model").chat_template == source  # for other programs
    store.run(wired(Full(max_steps=1), store), tmp_path / "again", model=tmp_path / "tuned/model", **rows)
    assert read_card(tmp_path / "again/model").template == template
