"""Tokenizers as published models bring them: one with chat marks, one that puts a space before a beginning."""

import json

import pytest

from kcoder.training.tokenizer import make

TEXTS = ["def add(x):\n    return x + 12\n", "user assistant system You are a helper."] * 20
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@pytest.fixture(scope="session")
def plain():
    """As kcoder makes them: <|endoftext|> and <|pad|>, and marks for fill-in-the-middle."""
    return make(TEXTS, 300, 64, ("<fim_prefix>", "<fim_middle>", "<fim_suffix>"))


@pytest.fixture
def chatty():
    """With the marks and the template of ChatML; its end token is <|endoftext|>, as Qwen's base models have it."""
    tokenizer = make(TEXTS, 300, 64, ("<|im_start|>", "<|im_end|>"))
    tokenizer.chat_template = CHATML
    return tokenizer


@pytest.fixture(scope="session")
def llama():
    """Like CodeLlama's: bytes for unknown characters, <s> in front, a space before what begins a text."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import LlamaTokenizer

    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    made.train_from_iterator(TEXTS, trainer)
    words = json.loads(made.to_str())["model"]
    found = LlamaTokenizer(vocab=words["vocab"], merges=[tuple(pair) for pair in words["merges"]])
    found.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", found.convert_tokens_to_ids("<s>"))]
    )
    return found
