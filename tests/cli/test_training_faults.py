"""Models and trainings that go wrong, as a person meets them: one message, an exit code, nothing lost.

The faults are real: broken and pickled weights, code that comes with them, a tokenizer of another model, a learning
rate that ruins the weights. Memory that is used up is in tests/house/test_training_memory.py.
"""

import json
import pickle
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

SPEC = """name: it
model: {model}
data: {{source: {{mini: {{functions: 300}}}}, language: python, decontaminate: mini}}
train: {{method: full, max_steps: 6, save_every: 2, batch_size: 2, sequence_length: 48{more}}}
"""


@pytest.fixture
def model(store, tmp_path):
    """A model as others save it, in the folder `theirs`."""
    shutil.copytree(store.path("model"), tmp_path / "theirs")
    (tmp_path / "theirs/checkpoint.json").unlink()
    return tmp_path / "theirs"


@pytest.fixture
def run(kcoder):
    def go(model="./theirs", more=""):
        (kcoder.folder / "it.yaml").write_text(SPEC.format(model=model, more=more))
        return kcoder("run", "it.yaml")

    return go


def complaint(said):
    """The message and the hint of a run that was refused; never a traceback."""
    assert "Traceback" not in said.out + said.err
    message, *hints = [line.strip() for line in said.err.splitlines() if line.startswith(("kcoder: ", "  hint: "))]
    assert hints, said.err
    return message.removeprefix("kcoder: "), hints[0]


def pickled(folder):
    (folder / "model.safetensors").unlink()
    with (folder / "pytorch_model.bin").open("wb") as file:
        pickle.dump(Evil(folder.parent / "ran"), file)


class Evil:
    """What a pickled file of weights can be: a program."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return Path.touch, (self.place,)


def with_code(folder):
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(folder.parent / 'ran')!r}, 'w')\n")


def truncated(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])


def no_numbers(folder):
    weights = load_file(folder / "model.safetensors")
    save_file({name: each * float("nan") for name, each in weights.items()}, folder / "model.safetensors")


def of_another(folder):
    told = json.loads((folder / "tokenizer.json").read_text())
    known = told["model"]["vocab"]
    known |= {f"word{n}": len(known) + n for n in range(500)}
    (folder / "tokenizer.json").write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("harm", "message", "hint"),
    [
        (pickled, "holds no weights as safetensors", "opening them can run a program"),
        (with_code, "no model is called 'mine'", "there are"),
        (truncated, "cannot be read", "kcoder run it.yaml"),
        (of_another, "but the model has rows for", "belongs to another model"),
        (no_numbers, "logits are not numbers: its weights are broken", "kcoder run it.yaml"),
    ],
    ids=lambda told: getattr(told, "__name__", None),
)
def test_a_model_that_cannot_be_trusted_is_refused_and_none_of_its_code_is_run(run, model, harm, message, hint):
    harm(model)
    said = run()
    assert said.code in (1, 2)
    told = complaint(said)
    assert message in told[0]
    assert hint in said.err
    assert not (model.parent / "ran").exists()


def test_a_model_nobody_has_is_told_from_a_hub_that_does_not_answer(run, kcoder, monkeypatch):
    said = run(model="nobody/nothing-7b")
    assert said.code == 3
    message, hint = complaint(said)
    assert "nobody/nothing-7b" in message
    assert "network" in hint
    missing = run(model="./theirz")
    assert missing.code == 2
    assert "there is no folder ./theirz" in missing.err


def test_a_training_whose_loss_is_no_number_keeps_its_checkpoint_and_says_what_to_change(run, model, kcoder):
    said = run(more=", learning_rate: 1e30, warmup: 0.9, max_grad_norm: 1e30")
    assert said.code == 1
    message, hint = complaint(said)
    assert "not a number at step" in message or "diverges" in message
    assert "lower learning_rate (1e+30)" in hint
    calm = run()
    assert calm.code == 0, calm.err
    assert "reused" in calm.out  # of what came before the training nothing is lost
