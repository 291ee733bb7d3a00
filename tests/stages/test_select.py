"""Of several checkpoints, the one that solves most development problems."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest

from kcoder.benchmark import Benchmark, Problem
from kcoder.generator import Answer, Generator
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Checkpoint, Checkpoints, Choice, History, schema
from kcoder.stage import Stage, Step, target
from kcoder.stages.select import SelectCheckpoint
from kcoder.training.card import Card, read_card, write_card

ASKED = []


class Trained(Stage):
    produces: ClassVar = {"model": Checkpoint, "kept": Checkpoints, "history": History}


class Dev(Benchmark):
    """Add 1, add 2, add 3."""

    split: ClassVar[str] = "dev"

    def called(self):
        return "dev"

    def problems(self, language, host):
        for n in (1, 2, 3):
            yield Problem(id=f"add{n}", prompt=f"def add{n}(x):\n", entry=f"add{n}", tests=(((1,), 1 + n),))


class Learner(Generator):
    """Solves as many problems as its checkpoint's weights say."""

    dies: int = -1

    @contextmanager
    def open(self, model, host):
        solves = int((model / "weights").read_text())

        def complete(requests, done=frozenset()):
            for number, request in enumerate(requests, 1):
                if request.id in done:
                    continue
                if len(ASKED) == self.dies:
                    raise RuntimeError("killed")
                ASKED.append((model.name, request.id))
                yield [Answer(request.id, f"    return x + {number if number <= solves else 0}\n", "stop", 3)]

        yield complete


@pytest.fixture
def training(tmp_path):
    """A training whose checkpoints solve so many problems: `training({10: (loss, solved), ...})`."""
    ASKED.clear()
    step, folder = Step("train", Trained()), tmp_path / "train"

    def trained(steps):
        for number, (_, solved) in steps.items():
            at = folder / "kept" / f"step-{number}"
            at.mkdir(parents=True)
            (at / "weights").write_text(str(solved))
            write_card(Card("model", "codegen", 5, 5, 64, lineage=(f"step {number}",)), at)
        rows = [{"step": 0, "valid": 9.0}, *({"step": n, "loss": 1.0, "valid": loss} for n, (loss, _) in steps.items())]
        (folder / "history.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return step

    return trained


def select(step, folder, out, generator=None, say=print, **options):
    stage = SelectCheckpoint(
        kept=step["kept"],
        history=step["history"],
        benchmark=Dev(),
        language=load("languages", "python"),
        generator=generator or Learner(),
        executor={"sandbox": {"timeout": 2}},
        **options,
    )
    out.mkdir(exist_ok=True)
    inputs = {step[name]: target(folder, name, Trained.produces[name]) for name in ("kept", "history")}
    facts = stage.run(inputs, out, Host(say=say))
    return stage, facts, pl.read_parquet(out / "choice.parquet")


def test_the_highest_score_decides_and_not_the_validation_loss(training, tmp_path):
    step = training({10: (2.0, 1), 20: (1.0, 2), 30: (1.5, 3)})
    stage, facts, rows = select(step, tmp_path / "train", tmp_path / "out")
    assert rows.schema == schema(Choice)
    assert rows.select("step", "valid", "k", "n", "chosen").rows() == [
        (10, 2.0, 1, 3, False),
        (20, 1.0, 2, 3, False),
        (30, 1.5, 3, 3, True),
    ]
    assert read_card(tmp_path / "out/model").lineage == ("step 30", "step 30, one of 3 kept, by pass@1 on dev")
    assert (tmp_path / "out/model/weights").read_text() == "3"
    assert (facts["step"], facts["lowest_loss"], facts["among"]) == (30, 20, [10, 20, 30])
    # the others solve no problem that it does not: it is never behind, and as good as step 20 where add3 is not drawn
    assert facts["firm"] == pytest.approx(1 - (2 / 3) ** 3, abs=0.03)
    assert stage.summary(facts) == (
        "step 30, one of 3: pass@1 100.0 % of 3   "
        f"chosen in {100 * facts['firm']:.0f} % of redraws   lowest loss: step 20"
    )
    assert facts["isolation"]


def test_of_equal_scores_the_lower_validation_loss_decides(training, tmp_path):
    step = training({10: (2.0, 2), 20: (1.0, 2), 30: (1.5, 2)})
    stage, facts, _ = select(step, tmp_path / "train", tmp_path / "out")
    assert facts["step"] == 20
    assert stage.summary(facts) == (
        "step 20, one of 3: pass@1 66.7 % of 3   chosen in 100 % of redraws   the lowest validation loss too"
    )


def test_steps_go_by_their_numbers_and_several_samples_are_asked(training, tmp_path):
    step = training({100: (2.0, 1), 20: (2.0, 1)})
    _, facts, rows = select(step, tmp_path / "train", tmp_path / "out", samples=2, temperature=0.5, k=2)
    assert rows["step"].to_list() == [20, 100]
    assert (facts["step"], facts["metric"]) == (20, "pass@2")
    assert len(ASKED) == 2 * 2 * 3


def test_what_was_asked_before_it_was_killed_is_not_asked_again(training, tmp_path):
    step = training({10: (2.0, 1), 20: (1.0, 2)})
    with pytest.raises(RuntimeError, match="killed"):
        select(step, tmp_path / "train", tmp_path / "out", Learner(dies=4))
    _, facts, _ = select(step, tmp_path / "train", tmp_path / "out")
    assert len(ASKED) == len(set(ASKED)) == 6
    assert facts["step"] == 20


def test_a_run_that_was_killed_after_the_choice_chooses_again(training, tmp_path):
    step = training({10: (2.0, 1), 20: (1.0, 2)})
    select(step, tmp_path / "train", tmp_path / "out")
    _, facts, _ = select(step, tmp_path / "train", tmp_path / "out")
    assert (len(ASKED), facts["step"]) == (6, 20)


def test_where_only_one_was_kept_it_is_said(training, tmp_path):
    said = []
    step = training({10: (2.0, 1)})
    stage, facts, _ = select(step, tmp_path / "train", tmp_path / "out", say=said.append)
    assert said == ["one checkpoint was kept, so there is nothing to choose: a smaller train.save_every keeps more"]
    assert stage.summary(facts).startswith("step 10, the only one kept: pass@1 33.3 % of 3")
    select(step, tmp_path / "train", tmp_path / "out", say=said.append)
    assert said[-1] == "step 10: 3 of 3 completions are there already"


class Foretold(Trained):
    def foretold(self, stored):
        return {"family": "codegen", "config": load("models", "codegen").config(**SHAPE)}


SHAPE = {"hidden": 32, "layers": 2, "heads": 4, "vocabulary": 300, "context": 64}


def test_it_foretells_the_model_of_the_training():
    step = Step("train", Foretold())
    stage = SelectCheckpoint(
        kept=step["kept"], history=step["history"], benchmark=Dev(), language=load("languages", "python")
    )
    assert stage.describe() == "by pass@1 on dev in python, 1 at temperature 0"
    assert stage.foretold(lambda step: None) == step.stage.foretold(None)
    told = stage.forecast(lambda step: None, Path(), probe=False)
    assert told.numbers["memory"]["at most"] > 0
    unknown = stage.model_copy(update={"kept": Step("train", Trained())["kept"]})
    assert unknown.forecast(lambda step: None, Path(), probe=False) is None
