import dataclasses
import shutil

import pytest

from kcoder.errors import InterruptedRun, UsageError
from kcoder.generator import Request
from kcoder.generators.transformers import Transformers
from kcoder.host import Host
from kcoder.stages.begin import Begin
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
        return {answer.id: answer for answers in complete(requests) for answer in answers}


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


def test_an_answer_ends_before_a_stop_text(trained):
    stopped = dataclasses.replace(GREEDY[0], stops=("turn x", "never"))
    found = answers(trained, [stopped, *GREEDY[1:]])
    assert (found["0"].text, found["0"].finish) == ("    re", "stop")
    assert found["0"].tokens < found["1"].tokens


def test_an_answer_ends_where_its_request_says_so_and_no_other_does(trained):
    asked = []

    def ended(text):
        asked.append(text)
        return text.find("\n") if text.count("\n") > 1 else None

    long = [dataclasses.replace(r, temperature=3.0, seed=int(r.id), max_tokens=60) for r in GREEDY[:8]]
    plain = answers(trained, long)
    ending = [dataclasses.replace(r, ended=ended if int(r.id) % 2 else None) for r in long]
    found = answers(trained, ending)
    stopped = [name for name in found if found[name] != plain[name]]
    assert stopped
    for name in stopped:
        assert int(name) % 2
        assert (found[name].text, found[name].finish) == (plain[name].text.partition("\n")[0], "stop")
        assert found[name].tokens <= plain[name].tokens
    assert all("\n" in text for text in asked)
    assert answers(trained, ending, batch=1) == found == answers(trained, ending, batch=3)


def test_sampling_is_repeatable_and_its_seed_matters(trained):
    def sampled(seed):
        asked = [dataclasses.replace(r, temperature=1.5, seed=seed) for r in GREEDY]
        return [answer.text for answer in answers(trained, asked).values()]

    assert sampled(1) == sampled(1)
    assert sampled(1) != sampled(2)
    assert len(set(sampled(1))) > 5


def asked_often(samples=6):
    return [
        dataclasses.replace(r, id=f"{r.id}#{n}", temperature=1.2, top_p=0.95, seed=100 * n + int(r.id))
        for r in GREEDY[:8]
        for n in range(samples)
    ]


def test_a_sampled_answer_does_not_depend_on_what_it_shares_a_batch_with(trained):
    alone = answers(trained, asked_often(), batch=1)
    assert len({answer.text for answer in alone.values()}) > 10
    assert answers(trained, asked_often(), batch=5) == alone
    assert answers(trained, asked_often()[::-1], batch=64) == alone


def test_a_batch_whose_answers_are_there_is_passed_over(trained):
    with Transformers(batch=4).open(trained, Host()) as complete:
        whole = list(complete(asked_often()))
        first, second = ({answer.id for answer in batch} for batch in whole[:2])
        again = list(complete(asked_often(), done=first | set(list(second)[:2])))
    assert again == whole[1:]


def test_tokens_are_drawn_as_often_as_they_are_likely():
    import torch

    from kcoder.generators.transformers import _Asked, _Draw

    shares = torch.tensor([0.05, 0.5, 0.15, 0.3])
    scores, ids = shares.log().repeat(20_000, 1), torch.zeros(20_000, 1, dtype=torch.long)

    def drawn(**told):
        asked = _Asked(**{"budget": 1, "temperature": 1.0, "top_p": 1.0, "stops": ()} | told)
        chosen = _Draw(asked, range(20_000), 1)(ids, scores)
        assert (chosen.isfinite().sum(-1) == 1).all()
        return chosen.argmax(-1).bincount(minlength=4) / 20_000

    assert torch.allclose(drawn(), shares, atol=0.012)
    sharp = shares.sqrt() / shares.sqrt().sum()
    assert torch.allclose(drawn(temperature=2.0), sharp, atol=0.012)
    assert torch.allclose(drawn(top_p=0.7), torch.tensor([0, 0.5, 0, 0.3]) / 0.8, atol=0.012)
    assert torch.allclose(drawn(top_p=0.01), torch.tensor([0.0, 1, 0, 0]))


def test_a_prompt_that_fills_the_context_leaves_no_room(trained):
    found = answers(trained, [Request(id="long", prompt="x" * 64), Request(id="edge", prompt="x" * 60)])
    assert dataclasses.astuple(found["long"]) == ("long", "", "length", 0, 0)
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


@pytest.fixture(scope="module")
def marked(store):
    """A model whose tokenizer has StarCoder's marks, without being taught what they mean."""
    out = store.root / "marked"
    marks = ("<fim_prefix>", "<fim_middle>", "<fim_suffix>")
    store.run(Begin(rows=store["rows"], hidden=32, layers=1, context=64, vocabulary=280, marks=marks), out)
    return out / "model"


def test_a_hole_is_put_before_the_model_between_its_tokenizers_marks(marked):
    from kcoder.generators.transformers import _Writer
    from kcoder.training.checkpoint import load

    writer = _Writer(load(marked), 4, Host())
    [ids] = writer._rendered([Request(id="hole", prompt="def f(x):\n    return ", suffix="\n\ny = 1\n")])
    shown = writer.tokenizer.decode(ids, clean_up_tokenization_spaces=False)
    assert shown == "<fim_prefix>def f(x):\n    return <fim_suffix>\n\ny = 1\n<fim_middle>"


def test_a_hole_and_a_prompt_may_be_asked_for_together(marked):
    asked = [
        Request(id="hole", prompt="def f", suffix="\n", max_tokens=4),
        Request(id="plain", prompt="d", max_tokens=4),
    ]
    together = answers(marked, asked)
    assert set(together) == {"hole", "plain"}
    assert together["hole"] == answers(marked, asked[:1])["hole"]
    assert together["plain"] == answers(marked, asked[1:])["plain"]


def test_a_tokenizer_without_marks_is_refused(trained):
    with pytest.raises(UsageError, match="no tokens for fill-in-the-middle"):
        answers(trained, [Request(id="hole", prompt="a", suffix="b")])
