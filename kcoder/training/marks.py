"""The tokens by which a model is asked to fill in, as its own tokenizer spells them."""

from __future__ import annotations

from typing import Any

from kcoder.errors import UsageError
from kcoder.model import Marks, ModelFamily
from kcoder.plugin import load, names
from kcoder.training.tokenizer import added_tokens, special_tokens


def marks_in(tokenizer: Any) -> Marks:
    """The marks this tokenizer has, whatever the model's family. Raises UsageError where it has none of those known."""
    there = added_tokens(tokenizer)
    for marks in (marks for family in _families() for marks in family.fim):
        if all(name in there for name in marks):
            return marks
    raise UsageError(
        "the model's tokenizer has no tokens for fill-in-the-middle, so it was never taught to fill in",
        "leave fill-in-the-middle out, or take a model that was taught: StarCoder, Qwen2.5-Coder, CodeLlama (not "
        "CodeLlama-Python), DeepSeek-Coder; pretrain: {fim: {}} makes one",
    )


def ends_of_filling(tokenizer: Any, marks: Marks) -> list[int]:
    """The tokens that end what is filled in: any special one, the marks, and what ends a text in a known family."""
    there = added_tokens(tokenizer)
    found = {*special_tokens(tokenizer).values(), *(there[name] for name in marks), *closing(tokenizer)}
    return sorted(found | {tokenizer.eos_token_id})


def closing(tokenizer: Any) -> list[int]:
    """The tokens besides the end token with which a model of a known family ends a text or begins the next file."""
    there = added_tokens(tokenizer)
    return sorted({there[stop] for family in _families() for stop in family.stops if stop in there})


def _families() -> list[ModelFamily]:
    return [load("models", name) for name in names("models")]
