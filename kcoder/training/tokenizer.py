"""Text to tokens: a tokenizer made from nothing, and encoding that no text can fool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

END, PAD = "<|endoftext|>", "<|pad|>"


def make(texts: Iterable[str], vocabulary: int, context: int) -> Any:
    """A byte-level BPE tokenizer, cut as GPT-2's and CodeGen's are, with at most `vocabulary` tokens.

    It can have fewer: few texts hold few pairs worth a token.
    """
    made = Tokenizer(models.BPE())
    # " 7" as one token: with digits cut off, a small model learns to copy constants several hundred steps later
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, PAD],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=END,
        eos_token=END,
        pad_token=PAD,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def encode(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """The tokens of each text. A text that spells a special token gets ordinary tokens for it."""
    if not texts:
        return []
    found: list[list[int]] = tokenizer(list(texts), add_special_tokens=False, split_special_tokens=True).input_ids
    return found


def opening(tokenizer: Any) -> list[int]:
    """What the tokenizer wants in front of every text: Llama's <s>, nothing for CodeGen."""
    ids: list[int] = tokenizer("").input_ids
    return ids[:-1] if ids and ids[-1] == tokenizer.eos_token_id else ids


def padding(tokenizer: Any) -> int:
    """The token that fills rows. Where there is none the end token does: what fills is never trained."""
    pad: int | None = tokenizer.pad_token_id
    return int(tokenizer.eos_token_id) if pad is None else pad
