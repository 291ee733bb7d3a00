import math

import pytest
import torch

from kcoder.host import Host
from kcoder.training.checkpoint import load
from kcoder.training.losses import NOBODY, Text, sums, windows
from kcoder.training.machine import Machine

MACHINE = Machine("cpu", "float32", 1)


@pytest.fixture(scope="module")
def model(store):
    torch.set_num_threads(1)
    return load(store.path("model")).model


def ids(length, seed=0):
    return torch.randint(270, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


def measured(model, texts, documents=1, **told):
    how = {"context": 32, "stride": 16, "batch": 4, "machine": MACHINE, "host": Host()} | told
    return sums(model, texts, documents, **how)


def test_each_token_but_the_first_is_predicted_once_with_enough_before_it():
    for length, context, stride in [(1, 8, 4), (2, 8, 4), (8, 8, 4), (9, 8, 4), (100, 8, 1), (101, 8, 7), (30, 64, 32)]:
        found = list(windows(0, length, context, stride))
        predicted = [at for each in found for at in range(each.first, each.end)]
        assert predicted == list(range(1, length))
        for each in found:
            assert each.end - each.begin <= context
            assert each.first - each.begin >= (context - stride if each.begin else 1)


def test_a_short_document_loses_what_transformers_own_loss_says(model):
    text = ids(40)
    row = torch.tensor([text])
    expected = float(model(input_ids=row, labels=row).loss) * 39
    found = measured(model, [Text(text, [0] * 40)], context=64, stride=32)
    assert found.nats[0] == pytest.approx(expected, rel=1e-6)
    assert found.tokens[0] == 39


def test_a_long_one_loses_what_a_plain_loop_with_a_sliding_window_says(model):
    """The loop of transformers' guide to perplexity, its own loss in each window."""
    text, context, stride = ids(150), 48, 20
    row = torch.tensor([text])
    total = counted = before = 0.0
    for begin in range(0, 150, stride):
        end = min(begin + context, 150)
        new = end - before
        part = row[:, begin:end]
        target = part.clone()
        target[:, : -int(new)] = -100
        scored = int((target[:, 1:] != -100).sum())
        total += float(model(input_ids=part, labels=target).loss) * scored
        counted += scored
        before = end
        if end == 150:
            break
    found = measured(model, [Text(text, [0] * 150)], context=context, stride=stride)
    assert (found.tokens[0], counted) == (149, 149)
    assert found.nats[0] == pytest.approx(total, rel=1e-6)


def test_a_sum_does_not_depend_on_the_batch(model):
    texts = [Text(ids(5 + 7 * n, n), [n] * (5 + 7 * n)) for n in range(8)]
    alone = measured(model, texts, 8, batch=1)
    assert alone.nats.dtype == "float64"
    for batch in (3, 64):
        together = measured(model, texts, 8, batch=batch)
        assert together.nats == pytest.approx(alone.nats, rel=1e-6)
        assert together.tokens.tolist() == alone.tokens.tolist() == [4 + 7 * n for n in range(8)]


def test_documents_do_not_see_each_other(model):
    one, other = ids(30, 1), ids(30, 2)
    both = measured(model, [Text(one, [0] * 30), Text(other, [1] * 30)], 2)
    assert both.nats[1] == pytest.approx(measured(model, [Text(other, [0] * 30)]).nats[0], rel=1e-6)


def test_what_is_context_alone_is_not_counted_but_read(model):
    question, answer = ids(10, 3), ids(10, 4)
    asked = measured(model, [Text(question + answer, [NOBODY] * 10 + [0] * 10)])
    alone = measured(model, [Text(answer, [0] * 10)])
    assert (asked.tokens[0], alone.tokens[0]) == (10, 9)
    row = torch.tensor([question + answer])
    target = row.clone()
    target[:, :10] = -100
    assert asked.nats[0] == pytest.approx(float(model(input_ids=row, labels=target).loss) * 10, rel=1e-6)


def test_a_text_of_one_token_or_none_has_nothing_to_predict(model):
    found = measured(model, [Text([5], [0]), Text([], [])], 2)
    assert found.nats.tolist() == [0.0, 0.0] and not math.isnan(found.nats.sum())
    assert found.tokens.tolist() == [0, 0]
