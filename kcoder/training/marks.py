"""The tokens by which a model is asked to fill in, as its own tokenizer spells them."""

from __future__ import annotations

from typing import Any

from kcoder.errors import UsageError
from kcoder.model import Marks, ModelFamily
from kcoder.plugin import load, names
from kcoder.training.tokenizer import added_tokens, special_tokens

#: spellings of models whose family kcoder does not train
OTHERS = (
    # StarCoder, and what took over its vocabulary
    Marks(prefix="<fim_prefix>", middle="<fim_middle>", suffix="<fim_suffix>"),
    # Qwen2.5-Coder
    Marks(prefix="<|fim_prefix|>", middle="<|fim_middle|>", suffix="<|fim_suffix|>"),
)
#: ends of a filling besides the end token and the marks: CodeLlama's, then Qwen2.5-Coder's
CLOSING = ("▁<EOT>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>")


def marks_in(tokenizer: Any) -> Marks:
    """The marks this tokenizer has, whatever the model's family. Raises UsageError where it has none of those known."""
    there = added_tokens(tokenizer)
    families: list[ModelFamily] = [load("models", name) for name in names("models")]
    known = (*(marks for family in families for marks in family.fim), *OTHERS)
    for marks in known:
        if all(name in there for name in marks):
            return marks
    raise UsageError(
        "the model's tokenizer has no tokens for fill-in-the-middle, so it was never taught to fill in",
        f"take a model that was: its tokenizer has {', '.join(known[-1])}, or those of "
        "StarCoder, CodeLlama (not CodeLlama-Python) or DeepSeek-Coder",
    )


def ends_of_filling(tokenizer: Any, marks: Marks) -> list[int]:
    """The tokens that end what is filled in: any special one, and the marks."""
    there = added_tokens(tokenizer)
    found = {*special_tokens(tokenizer).values(), *(there[name] for name in (*marks, *CLOSING) if name in there)}
    return sorted(found | {tokenizer.eos_token_id})
