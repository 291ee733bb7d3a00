import json

import pytest

from kcoder.errors import UsageError
from kcoder.model import Marks
from kcoder.training.template import ALPACA, PLAIN, Template, chat_template, filled

#: Llama 3 trims what is said, and writes its own opening
LIKE_LLAMA = (
    "{{ bos_token }}{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] | trim + eos_token }}{% endfor %}"
)


def test_alpacas_two_templates_are_those_it_was_trained_with_byte_for_byte():
    parts = {"{prompt}": "Add two.", "{input}": "1, 2", "{text}": "3"}
    assert filled(ALPACA.words, parts) == (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request."
        "\n\n### Instruction:\nAdd two.\n\n### Response:3"
    )
    assert filled(ALPACA.with_input, parts) == (
        "Below is an instruction that describes a task, paired with an input that provides further context. Write a "
        "response that appropriately completes the request."
        "\n\n### Instruction:\nAdd two.\n\n### Input:\n1, 2\n\n### Response:3"
    )


def test_what_a_document_says_is_not_looked_into():
    assert filled("Q {prompt} A {text}", {"{prompt}": "{text}", "{text}": "{prompt}"}) == "Q {text} A {prompt}"


def test_a_template_is_read_as_it_was_written():
    for template in (PLAIN, ALPACA, Template("chat", "a{prompt}b{text}", trims=("{text}",), fim=Marks("p", "m", "s"))):
        assert Template.of_json(json.loads(json.dumps(template.as_json()))) == template


def test_the_first_cards_told_words_only():
    assert Template.of_json("Q: {prompt}\n{text}") == Template(words="Q: {prompt}\n{text}")


def test_a_chat_template_becomes_the_words_around_question_and_answer(chatty):
    found = chat_template(chatty)
    assert found.words == "<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n{text}<|im_end|>\n"
    assert (found.name, found.trims, found.chat) == ("chat", (), chatty.chat_template)


def test_one_that_is_given_wins_and_what_it_trims_is_known(chatty):
    found = chat_template(chatty, LIKE_LLAMA)
    assert found.words == "<|endoftext|><|user|>{prompt}<|endoftext|><|assistant|>{text}<|endoftext|>"
    assert found.trims == ("{prompt}", "{text}")


def test_a_tokenizer_without_one_is_told_with_what_to_do(plain):
    with pytest.raises(UsageError, match="phi-2 and CodeLlama-Python") as told:
        chat_template(plain)
    assert "chat_template: FILE.jinja" in told.value.hint and "alpaca" in told.value.hint


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{{ messages[0]['content'] | upper }}{{ messages[1]['content'] }}", "more with {prompt}"),
        ("{{ messages[0]['content'] }}{{ messages[0]['content'] }}{{ messages[1]['content'] }}", "more with {prompt}"),
        ("{{ messages[0]['content'] }}", "more with {text}"),
        ("{{ messages[0]['content'] | escape }}{{ messages[1]['content'] | escape }}", "more with messages"),
        ("{{ strftime_now('%d') }}{{ messages[0]['content'] }}{{ messages[1]['content'] }}", "today's date"),
        ("{{ raise_exception('no users here') }}", "no users here"),
        ("{% for %}", "cannot be used: TemplateSyntaxError"),
    ],
)
def test_a_template_that_cannot_be_pinned_is_refused(chatty, source, fault):
    with pytest.raises(UsageError, match=fault):
        chat_template(chatty, source)
