"""What a training tells before it runs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from kcoder import amounts
from kcoder.artifact import Artifact
from kcoder.errors import KcoderError, MachineLacksError, UsageError
from kcoder.plugin import load
from kcoder.records import Checkpoint, Document, Record
from kcoder.stage import Stage, Step
from kcoder.stages.begin import Begin
from kcoder.stages.borrow import Borrow
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.stages.pack import Pack
from kcoder.training import forecast, frugal, gpu, rehearsal
from kcoder.training.cost import Packed
from kcoder.training.room import Room

SHAPE = {"hidden": 64, "layers": 2, "heads": 4, "vocabulary": 300, "context": 64}


class Given(Stage):
    produces: ClassVar[Mapping[str, type[Record]]] = {"rows": Document, "model": Checkpoint}


GIVEN = Step("given", Given())
BEGIN = Step("begin", Begin(rows=GIVEN["rows"], architecture=load("models", "llama"), **SHAPE))


def pack(model, **options):
    return Step("rows", Pack(rows=GIVEN["rows"], valid=GIVEN["rows"], model=model, **options))


def nothing(step: Step) -> Artifact | None:
    return None


def training(model, rows):
    return Full(batch_size=4).wired(rows=rows["train"], valid=rows["valid"], model=model, seed=0)


def told(method, stored=nothing):
    return forecast.forecast(method, stored, Path("runs"), probe=False)


def test_a_model_that_is_still_to_be_made_is_known_by_its_shape():
    known = forecast.model(BEGIN["model"], nothing)
    assert (known["family"], known["config"]["vocab_size"]) == ("llama", 304)
    again = Step("train", training(BEGIN["model"], pack(BEGIN["model"])))
    assert forecast.model(again["model"], nothing) == known


def test_rows_are_as_long_as_the_model_looks_unless_said():
    assert forecast.packed(pack(BEGIN["model"])["train"], nothing) == Packed(64)
    assert forecast.packed(pack(BEGIN["model"], sequence_length=32)["train"], nothing) == Packed(32)


def test_stored_rows_and_models_say_it_themselves(tmp_path):
    facts = {"sequence_length": 48, "train": {"rows": 10, "trained": 240}, "valid": {"rows": 3}}
    (tmp_path / "manifest.json").write_text(json.dumps({"facts": facts, "files": {}}))
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text(json.dumps({"model_type": "gpt2", "n_embd": 8}))

    def stored(step):
        return Artifact(tmp_path)

    rows = forecast.packed(pack(BEGIN["model"])["train"], stored)
    assert rows == Packed(48, 10, 240, 3)
    assert rows.share == 0.5
    assert forecast.model(BEGIN["model"], stored)["family"] == "gpt2"


def test_a_published_model_is_known_before_it_is_fetched():
    model = Step("model", Borrow(source="Salesforce/codegen-350M-mono"))["model"]
    found = told(training(model, pack(model)))
    assert found.numbers["memory"]["terms"]["weights"] == 4 * 356_712_448
    assert found.numbers["steps"] == 10_000 and not found.numbers["exact"]


def test_what_nobody_has_counted_is_unknown(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "opt", "hidden_size": 64}))
    model = Step("model", Borrow(source=str(tmp_path)))["model"]
    found = told(training(model, pack(model, sequence_length=64)))
    assert found.lines == ("needs     unknown: nobody has counted what opt models keep in memory; --probe measures it",)


def test_what_a_stage_does_not_tell_is_unknown():
    with pytest.raises(UsageError, match="nothing is known of it"):
        forecast.model(GIVEN["model"], nothing)


def test_memory_is_given_back_where_it_might_not_suffice_otherwise():
    known = forecast.model(BEGIN["model"], nothing)
    how = Full(batch_size=4)
    peak = forecast.need(load("models", "llama").shape(known["config"]), how.setting(64)).total
    for free, tight in ((peak * frugal.HOARD * 1.01, False), (peak * frugal.HOARD * 0.99, True)):
        assert forecast.tight(how, known, 64, Room("RAM", free, 0)) is tight
    assert not forecast.tight(how, known, 64, Room("GPU", 1, 0, (7, 5)))


def test_the_cache_of_many_answers_is_told_where_it_might_not_fit(monkeypatch):
    model = Step("model", Borrow(source="Salesforce/codegen-350M-mono"))["model"]
    monkeypatch.setattr(forecast, "room", lambda: Room("RAM", 1e12, 0))
    plenty = forecast.answers(model, 64, nothing)
    assert plenty.lines == ()
    assert plenty.numbers["memory"]["terms"]["KV cache"] == 2 * 4 * 20 * 64 * 2048 * 1024
    monkeypatch.setattr(forecast, "room", lambda: Room("RAM", 15e9, 0))
    [line, advice] = forecast.answers(model, 64, nothing).lines
    assert "21.5 GB of it the KV cache of 64 answers" in line and "15.0 GB free" in line
    assert "batch" in advice
    assert forecast.answers(GIVEN["model"], 64, nothing) is None


def test_an_adapter_goes_into_what_papers_name_otherwise():
    model = Step("model", Borrow(source="microsoft/phi-2"))["model"]
    rows = pack(model)
    sizes = []
    for names in (("Wqkv", "fc1"), ("q_proj", "k_proj", "v_proj", "fc1")):
        how = Lora(target_modules=names).wired(rows=rows["train"], valid=rows["valid"], model=model, seed=0)
        sizes.append(told(how).numbers["memory"]["terms"]["adapter"])
    assert sizes[0] == sizes[1] > 0


PHI = Step("model", Borrow(source="microsoft/phi-2"))["model"]


def adapted(model, *names, **options):
    rows = pack(model)
    how = Lora(target_modules=names, optimizer="adamw_8bit", **options)
    return how.wired(rows=rows["train"], valid=rows["valid"], model=model, seed=0)


def test_an_adapter_in_what_nobody_has_counted_is_unknown():
    found = told(adapted(BEGIN["model"], "lm_head"))
    assert found.lines == (
        "needs     unknown: nobody has counted what an adapter in lm_head takes; --probe measures it",
    )


def test_a_training_knows_whether_memory_is_tight_by_the_papers_names_too():
    known = forecast.model(PHI, nothing)
    for names in (("Wqkv",), ("q_proj", "k_proj", "v_proj")):
        assert forecast.tight(adapted(PHI, *names), known, 64, Room("RAM", 1e9, 0))
        assert not forecast.tight(adapted(PHI, *names), known, 64, Room("RAM", 1e12, 0))


@pytest.mark.parametrize(
    ("how", "known"),
    [
        (adapted(BEGIN["model"], "lm_head"), forecast.model(BEGIN["model"], nothing)),
        (Full(), {"family": "no such", "config": {}}),
        (Full(), {"family": "llama", "config": {"hidden_size": 64, "num_attention_heads": 0}}),
        (Full(), {}),
    ],
)
def test_what_is_foretold_never_ends_a_training(how, known):
    assert forecast.tight(how, known, 64, Room("RAM", 1, 0)) is False


def together(processes=2, strategy="ddp"):
    rows = pack(BEGIN["model"])
    how = Full(batch_size=4, parallel={"strategy": strategy, "processes": processes})
    return how.wired(rows=rows["train"], valid=rows["valid"], model=BEGIN["model"], seed=0)


def test_processes_on_a_cpu_each_take_their_rows_and_a_program_of_one_memory(monkeypatch):
    monkeypatch.setattr(forecast, "room", lambda: Room("RAM", 1e9, 400e6))
    found = told(together())
    one = forecast.need(load("models", "llama").shape(forecast.model(BEGIN["model"], nothing)["config"]), TWO).total
    assert found.numbers["memory"]["bytes"] == round(one)
    assert found.numbers["memory"]["processes"] == 2
    assert found.lines[0].startswith(f"memory    about {amounts.size(2 * (one + 400e6))} of RAM for 2 processes")
    assert found.lines[1].strip().startswith("each: weights")
    assert found.lacks is None
    four = told(together(4))
    assert four.lacks is not None and "1.7 GB of RAM, and 1.0 GB are free" in four.lacks.message


TWO = Full(batch_size=2).setting(64)


def test_each_gpu_holds_one_process(monkeypatch):
    monkeypatch.setattr(forecast, "room", lambda: Room("GPU", 1e9, 400e6, (8, 0)))
    for strategy in ("ddp", "fsdp"):
        found = told(together(strategy=strategy))
        assert " of GPU in each of 2 processes" in found.lines[0]
        assert ("gathered" in found.numbers["memory"]["terms"]) == (strategy == "fsdp")


def test_how_many_processes_there_are_may_not_be_known(monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "cpu")
    found = told(together(None))
    assert found.lines[0].startswith("needs     unknown yet: parallel: there is no GPU here")
    assert isinstance(found.lacks, MachineLacksError)
    known = forecast.model(BEGIN["model"], nothing)
    assert forecast.tight(together(None), known, 64, Room("RAM", 1e12, 0))


def test_a_gpu_that_is_asked_for_and_is_not_there_is_lacking(monkeypatch):
    monkeypatch.setattr(gpu, "capability", lambda: None)
    monkeypatch.setenv("KCODER_DEVICE", "cuda:3")
    found = told(training(BEGIN["model"], pack(BEGIN["model"])))
    assert found.lines == ("needs     unknown yet: this machine has no cuda:3, as far as its driver says",)
    assert isinstance(found.lacks, MachineLacksError)


def test_the_probe_trains_on_the_device_that_is_asked_for(monkeypatch):
    asked = []

    def rehearsed(request):
        asked.append(request.device)
        raise KcoderError("not here")

    monkeypatch.setattr(rehearsal, "rehearse", rehearsed)
    plain = training(BEGIN["model"], pack(BEGIN["model"]))
    for device in ("cpu", "auto"):
        monkeypatch.setenv("KCODER_DEVICE", device)
        forecast.forecast(plain, nothing, Path("runs"), probe=True)
    assert asked == ["cpu", "auto"]


def test_a_worker_has_its_share_of_what_is_free():
    known = forecast.model(BEGIN["model"], nothing)
    shape = load("models", "llama").shape(known["config"])
    enough = 2 * frugal.HOARD * forecast.need(shape, TWO).total
    assert not forecast.tight(together(), known, 64, Room("RAM", enough * 1.01, 0))
    assert forecast.tight(together(), known, 64, Room("RAM", enough * 0.99, 0))


def test_the_time_of_one_process_is_not_sold_as_that_of_several(monkeypatch):
    monkeypatch.setattr(rehearsal, "rehearse", None)
    found = forecast.forecast(together(), nothing, Path("runs"), probe=True)
    assert found.lines[-1] == "time      unknown: --probe measures one process"


def test_a_probe_that_fails_leaves_the_rest_of_the_forecast(monkeypatch):
    def fails(request):
        raise KcoderError("the loss is NaN")

    monkeypatch.setattr(rehearsal, "rehearse", fails)
    plain = training(BEGIN["model"], pack(BEGIN["model"]))
    found = forecast.forecast(plain, nothing, Path("runs"), probe=True)
    assert found.lines[:-1] == (*told(plain).lines[:-1], "time      unknown")
    assert found.lines[-1] == "measured  failed: the loss is NaN"
    assert found.lacks is None
    uncounted = forecast.forecast(adapted(BEGIN["model"], "lm_head"), nothing, Path("runs"), probe=True)
    assert uncounted.lines[1:] == ("time      unknown", "measured  failed: the loss is NaN")
