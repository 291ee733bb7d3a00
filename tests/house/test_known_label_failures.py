"""Labels as others make them, with the failures that are known of them: each is made here, and the gate catches it.

What a collator makes of documents is laid out as packed rows are, and looked at by `require_labels`, which every row of
ours passes before it is written.
"""

from dataclasses import replace

import numpy as np
import pytest
from transformers import DataCollatorForLanguageModeling

from kcoder.errors import KcoderError
from kcoder.training.packing import IGNORE, Packing, cut, pack, require_labels, teaches
from kcoder.training.render import Renderer, Sample
from kcoder.training.template import ALPACA, PLAIN, chat_template
from kcoder.training.tokenizer import make

TEXTS = ["def add(x):\n    return x + 12\n", "user assistant ### Instruction: ### Response: Below"] * 20
DOCUMENTS = [Sample("def add(x):\n", "    return x + 1\n"), Sample("def sub(x):\n", "    return x - 2\n")]
CHAT = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% endfor %}"
LENGTH = 256


@pytest.fixture(scope="module")
def tokenizer():
    """Its padding is its end token, as with whoever says `tokenizer.pad_token = tokenizer.eos_token`."""
    found = make(TEXTS, 300, LENGTH)
    found.pad_token = found.eos_token
    return found


def ours(tokenizer, template, loss_on="completion"):
    """What is packed, with the numbers of whole documents and of trained tokens that the gate is told."""
    rendered = Renderer(template, tokenizer)(DOCUMENTS)
    pieces = [p for q, a in rendered for p in cut(q, a, tokenizer.eos_token_id, LENGTH, loss_on)[0]]
    trained = sum(teaches(len(q), len(a), LENGTH, loss_on) for q, a in rendered)
    return pack(pieces, LENGTH, tokenizer.pad_token_id), len(DOCUMENTS), trained


def templates(tokenizer):
    return {"completion": PLAIN, "alpaca": ALPACA, "chat": chat_template(tokenizer, CHAT)}


@pytest.mark.parametrize("name", ["completion", "alpaca", "chat"])
@pytest.mark.parametrize("loss_on", ["completion", "all"])
def test_ours_pass_where_the_padding_is_the_end_token(tokenizer, name, loss_on):
    packed, whole, trained = ours(tokenizer, templates(tokenizer)[name], loss_on)
    require_labels(packed, tokenizer.eos_token_id, whole, trained)


@pytest.mark.parametrize("name", ["completion", "alpaca", "chat"])
def test_a_collator_that_hides_padding_by_its_number_hides_the_ends(tokenizer, name):
    packed, whole, trained = ours(tokenizer, templates(tokenizer)[name], "all")
    documents = np.split(packed.ids[0], np.flatnonzero(packed.positions[0] == 0)[1:])[:whole]
    batch = DataCollatorForLanguageModeling(tokenizer, mlm=False)([{"input_ids": each} for each in documents])
    labels = np.full_like(packed.labels, IGNORE)
    at = 0
    for row, document in zip(batch["labels"].numpy(), documents, strict=True):
        labels[0, at : at + len(document)] = row[: len(document)]
        at += len(document)
    with pytest.raises(KcoderError, match="2 whole documents, but 0 of them end with a trained end token"):
        require_labels(replace(packed, labels=labels), tokenizer.eos_token_id, whole, trained)


def laid(documents, labels, length=LENGTH):
    """Documents and their labels, one after another in a row."""
    ids = np.zeros((1, length), np.int32)
    told, positions = np.full_like(ids, IGNORE), np.zeros_like(ids)
    at = 0
    for document, its in zip(documents, labels, strict=True):
        end = at + len(document)
        ids[0, at:end], told[0, at:end], positions[0, at:end] = document, its, np.arange(len(document))
        at = end
    positions[0, at:] = np.arange(length - at)
    return Packing(ids, told, positions, length - at, np.zeros(len(documents), np.int32))


def test_a_chat_template_without_an_end_teaches_none(tokenizer):
    documents, labels = [], []
    for each in DOCUMENTS:
        turns = [{"role": "user", "content": each.prompt}, {"role": "assistant", "content": each.text}]
        told = tokenizer.apply_chat_template(turns, chat_template=CHAT, return_dict=False)
        asked = tokenizer.apply_chat_template(turns[:1], chat_template=CHAT, return_dict=False)
        documents.append(told)
        labels.append([IGNORE] * len(asked) + told[len(asked) :])
    packed, whole, trained = laid(documents, labels), *ours(tokenizer, templates(tokenizer)["chat"])[1:]
    with pytest.raises(KcoderError, match="but 0 of them end with a trained end token"):
        require_labels(packed, tokenizer.eos_token_id, whole, trained)


def test_loss_on_the_completion_that_is_silently_on_everything(tokenizer):
    """As TRL trains rows of text under completion_only_loss=True."""
    everything, whole, _ = ours(tokenizer, PLAIN, "all")
    _, _, trained = ours(tokenizer, PLAIN, "completion")
    with pytest.raises(KcoderError, match="some of their prompts are among them"):
        require_labels(everything, tokenizer.eos_token_id, whole, trained)


@pytest.mark.parametrize("off", [-1, 1])
def test_alpacas_prompt_hidden_by_a_length_that_is_a_token_off(tokenizer, off):
    """As where the prompt's length is taken of the prompt alone, and its last token and the answer's first are one."""
    rendered = Renderer(ALPACA, tokenizer)(DOCUMENTS)
    documents = [[*question, *answer, tokenizer.eos_token_id] for question, answer in rendered]
    labels = [
        [IGNORE] * (len(question) + off) + document[len(question) + off :]
        for (question, _), document in zip(rendered, documents, strict=True)
    ]
    _, whole, trained = ours(tokenizer, ALPACA)
    with pytest.raises(KcoderError, match=f"{trained - 2 * off} tokens are trained, but the documents have {trained}"):
        require_labels(laid(documents, labels, 512), tokenizer.eos_token_id, whole, trained)


def test_an_end_that_was_cut_off_with_the_text(tokenizer):
    packed, whole, trained = ours(tokenizer, PLAIN)
    labels, ends = packed.labels.copy(), np.argwhere(packed.labels[0] == tokenizer.eos_token_id)
    labels[0, ends[-1]] = IGNORE
    with pytest.raises(KcoderError, match="but 1 of them end with a trained end token"):
        require_labels(replace(packed, labels=labels), tokenizer.eos_token_id, whole, trained)
