"""Every model family goes the whole way: made from nothing, trained with holes, adapted, and asked."""

import pytest
import torch
from tiny import APART, LEAKING, MASKED
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.generator import Request
from kcoder.generators.transformers import Transformers
from kcoder.host import Host
from kcoder.model import PLAIN_MARKS
from kcoder.plugin import load, names
from kcoder.records import Document, frame
from kcoder.stages.begin import Begin
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.stages.pack import Pack
from kcoder.training import checkpoint
from kcoder.training.card import Card
from kcoder.training.infill import Infill
from kcoder.training.tokenizer import decode_after

TEXTS = [{"id": str(n), "prompt": None, "text": f"def add{n}(x):\n    return x + {n}\n"} for n in range(40)]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Texts without prompts, some of which get a hole."""
    file = tmp_path_factory.mktemp("rows") / "rows.parquet"
    frame(Document, [row | {"language": "python", "source": "made"} for row in TEXTS]).write_parquet(file)
    return file


@pytest.mark.parametrize("name", names("models"))
def test_a_family_from_nothing_to_answers(name, store, rows, tmp_path):
    marks = (*load("models", name).fim, PLAIN_MARKS)[0]
    begin = Begin(rows=store["rows"], architecture=name, hidden=32, layers=1, context=64, vocabulary=290, marks=marks)
    store.run(begin, tmp_path / "begun", rows=rows)
    model = {"model": tmp_path / "begun/model"}
    pack = Pack(rows=store["rows"], valid=store["held_out"], model=store["model"], fim=Infill(rate=0.5, seed=1))
    facts = store.run(pack, tmp_path / "packed", rows=rows, held_out=rows, **model)
    assert facts["train"]["rendered"].keys() == {"plain", "psm", "spm"}
    packed = {split: tmp_path / f"packed/{split}.parquet" for split in ("train", "valid")}
    wires = {"rows": store["train"], "valid": store["valid"], "model": store["model"], "seed": 0}
    short = {"learning_rate": 5e-3, "batch_size": 4, "max_steps": 6}
    full = store.run(Full(**short).wired(**wires), tmp_path / "full", **model, **packed)
    assert full["valid"]["best"] < full["valid"]["first"]
    model = {"model": tmp_path / "full/model"}
    lora = store.run(Lora(r=4, alpha=8, **short).wired(**wires), tmp_path / "lora", **model, **packed)
    assert lora["valid"]["best"] < lora["valid"]["first"]
    assert_written_as_by_a_plain_loop(tmp_path / "lora/model")


@pytest.mark.parametrize("name", ["opt", "mpt", "bloom", "gemma2", "granitemoehybrid"])
def test_a_model_nobody_has_a_plugin_for_is_asked_all_the_same(name, store, tmp_path):
    """Learnt positions, distances, windows and a state that is carried on."""
    words = checkpoint.load_tokenizer(store.path("model"))
    told = (APART | MASKED | LEAKING)[name] | {"vocab_size": 300, "eos_token_id": 0, "pad_token_id": 1}
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(name, **told))
    for weight in model.parameters():
        if weight.ndim > 1:
            weight.data.normal_(0, 0.08)
    card = Card(kind="model", family=name, parameters=1, trainable=1, context=64)
    checkpoint.save(model, words, card, tmp_path / "model")
    assert_written_as_by_a_plain_loop(tmp_path / "model")


def assert_written_as_by_a_plain_loop(folder):
    prompts = ["def add7(x):\n", "def", "x"]
    requests = [Request(f"{prompt}{n}", prompt, max_tokens=6) for prompt in prompts for n in range(2)]
    with Transformers().open(folder, Host()) as complete:
        found = {answer.id: answer.text for answers in complete(requests) for answer in answers}
    loaded = checkpoint.load(folder)
    for request in requests:
        ids = loaded.tokenizer(request.prompt).input_ids
        start = len(ids)
        with torch.no_grad():
            for _ in range(6):
                token = int(loaded.model(torch.tensor([ids]), use_cache=False).logits[0, -1].argmax())
                if token in (loaded.tokenizer.eos_token_id, loaded.tokenizer.pad_token_id):
                    break
                ids.append(token)
        assert found[request.id] == decode_after(loaded.tokenizer, ids[start:])
