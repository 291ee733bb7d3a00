import dataclasses
import shutil

import pytest

from kcoder.errors import InterruptedRun, UsageError
from kcoder.generator import Request
from kcoder.generators.transformers import Transformers
from kcoder.host import Host
from kcoder.stages.full import Full
from kcoder.stages.pack import Pack
from kcoder.training.card import read_card, write_card
from kcoder.training.template import Template

PROMPTS = [f"def add{n}(x):\n" for n in range(20)] + ["def", "x = 1 + 2\ny = 3 + 4\n"]
GREEDY = [Request(id=str(n), prompt=prompt, max_tokens=24) for n, prompt in enumerate(PROMPTS)]


@pytest.fixture(scope="module")
def trained(store):
    """A model that has learnt to write `return x + 7` and to stop."""
    out = store.root / "trained-full"
    method = Full(learning_rate=1e-2, batch_size=4, epochs=30)
    method = method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)
    store.run(method, out)
    return out / "model"


def answers(model, requests, batch=64, host=None):
    with Transformers(batch=batch).open(model, host or Host()) as complete:
        return {answer.id: answer for answer in complete(requests)}


def test_an_answer_is_raw_text_without_prompt_or_marks(trained):
    found = answers(trained, GREEDY[:1])["0"]
    assert found.text.startswith("    return x + ")
    assert "<|" not in found.text
    assert found.finish == "stop"
    assert 0 < found.tokens < 24


def test_greedy_answers_do_not_depend_on_the_batch(trained):
    alone = answers(trained, GREEDY, batch=1)
    assert len({answer.text for answer in alone.values()}) > 1
    assert answers(trained, GREEDY, batch=7) == alone
    assert answers(trained, GREEDY, batch=64) == alone


def test_an_answer_ends_with_the_length_asked(trained):
    found = answers(trained, [dataclasses.replace(GREEDY[0], max_tokens=3)])["0"]
    assert (found.finish, found.tokens) == ("length", 3)


def test_a_stop_text_ends_an_answer_and_may_stand_in_it(trained):
    stopped = dataclasses.replace(GREEDY[0], stops=("turn x", "never"))
    found = answers(trained, [stopped, *GREEDY[1:]])
    assert found["0"].text.startswith("    return x")
    assert len(found["0"].text) < len(found["1"].text)
    assert found["0"].finish == "stop"


def test_sampling_is_repeatable_and_its_seed_matters(trained):
    def sampled(seed):
        asked = [dataclasses.replace(r, temperature=1.5, seed=seed) for r in GREEDY]
        return [answer.text for answer in answers(trained, asked).values()]

    assert sampled(1) == sampled(1)
    assert sampled(1) != sampled(2)
    assert len(set(sampled(1))) > 5


def test_a_prompt_that_fills_the_context_leaves_no_room(trained):
    found = answers(trained, [Request(id="long", prompt="x" * 64), Request(id="edge", prompt="x" * 60)])
    assert dataclasses.astuple(found["long"]) == ("long", "", "length", 0)
    assert found["edge"].tokens <= 4


def test_nothing_to_complete_is_completed_too(trained):
    assert set(answers(trained, [Request(id="empty", prompt="", max_tokens=2)])) == {"empty"}
    assert answers(trained, []) == {}


def test_it_can_be_stopped_between_batches(trained):
    host = Host()
    host.stop.set()
    with pytest.raises(InterruptedRun):
        answers(trained, GREEDY, host=host)


def test_without_a_checkpoint_it_says_so():
    with pytest.raises(UsageError, match="needs a checkpoint"), Transformers().open(None, Host()):
        pass


@pytest.fixture(scope="module")
def in_words(store):
    """A model that has learnt to answer between words: `? def add7(x): = return x + 7 ;`."""
    base = shutil.copytree(store.path("model"), store.root / "words-base")
    write_card(dataclasses.replace(read_card(base), template=Template(words="?{prompt}={text};")), base)
    pack = Pack(rows=store["rows"], valid=store["held_out"], model=store["model"], sequence_length=48)
    store.run(pack, store.root / "words-rows", model=base)
    rows = {name: store.root / f"words-rows/{name}.parquet" for name in ("train", "valid")}
    method = Full(learning_rate=1e-2, batch_size=4, epochs=30)
    method = method.wired(rows=store["train"], valid=store["valid"], model=store["model"], seed=0)
    store.run(method, store.root / "words-trained", model=base, **rows)
    return store.root / "words-trained/model"


def test_a_prompt_is_asked_in_the_words_of_the_checkpoint_and_the_answer_is_what_stands_in_them(in_words):
    found = answers(in_words, GREEDY[:4])
    assert read_card(in_words).template.words == "?{prompt}={text};"
    for answer in found.values():
        assert answer.text.startswith("    return x + ")
        assert answer.finish == "stop"
        assert ";" not in answer.text


def test_the_words_that_close_an_answer_are_no_part_of_it(in_words):
    [closed] = answers(in_words, GREEDY[:1]).values()
    write_card(dataclasses.replace(read_card(in_words), template=Template(words="?{prompt}={text}")), in_words)
    [open_ended] = answers(in_words, GREEDY[:1]).values()
    assert open_ended.text == closed.text + ";"
