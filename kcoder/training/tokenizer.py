"""Text to tokens: a tokenizer made from nothing, and encoding that no text can fool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

END, PAD = "<|endoftext|>", "<|pad|>"
#: takes the space that some tokenizers put before the beginning; the sign that CodeLlama's own code uses
ANCHOR = "☺"


def make(texts: Iterable[str], vocabulary: int, context: int, marks: Sequence[str] = ()) -> Any:
    """A byte-level BPE tokenizer, cut as GPT-2's and CodeGen's are, with at most `vocabulary` tokens.

    It can have fewer: few texts hold few pairs worth a token. `marks` are special tokens besides end and padding.
    """
    made = Tokenizer(models.BPE())
    # " 7" as one token: with digits cut off, a small model learns to copy constants several hundred steps later
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, PAD, *marks],
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


def encode_after(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """The tokens of texts that stand behind others. Llama's tokenizers take any text for a beginning, and put a space
    in front of it.
    """
    if not _adds_a_space(tokenizer):
        return encode(tokenizer, texts)
    start = len(encode(tokenizer, [ANCHOR])[0])
    return [ids[start:] for ids in encode(tokenizer, [ANCHOR + text for text in texts])]


def decode_first(tokenizer: Any, ids: Sequence[int]) -> str:
    """The text of tokens that a text begins with, without special ones."""
    text: str = tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text


def decode_after(tokenizer: Any, ids: Sequence[int]) -> str:
    """The text of tokens that stand behind others, without special ones. Taken for a beginning, Llama's would lose a
    space: code would stand three spaces in where the model wrote four.
    """
    if not _adds_a_space(tokenizer):
        return decode_first(tokenizer, ids)
    return decode_first(tokenizer, [*encode(tokenizer, [ANCHOR])[0], *ids])[len(ANCHOR) :]


def _adds_a_space(tokenizer: Any) -> bool:
    alone, anchor, both = encode(tokenizer, ["x", ANCHOR, f"{ANCHOR}x"])
    return both[len(anchor) :] != alone


def special_tokens(tokenizer: Any) -> dict[str, int]:
    """The tokens that no text can spell, by name."""
    return {token.content: int(i) for i, token in tokenizer.added_tokens_decoder.items() if token.special}


def added_tokens(tokenizer: Any) -> dict[str, int]:
    """The tokens that were added to the vocabulary, by name: the special ones, and others that a text can spell (the
    marks of Qwen2.5-Coder and DeepSeek-Coder are such)."""
    return {token.content: int(i) for i, token in tokenizer.added_tokens_decoder.items()}


def opening(tokenizer: Any) -> list[int]:
    """What the tokenizer wants in front of every text: Llama's <s>, nothing for CodeGen."""
    ids: list[int] = tokenizer("").input_ids
    return ids[:-1] if ids and ids[-1] == tokenizer.eos_token_id else ids


def padding(tokenizer: Any) -> int:
    """The token that fills rows. Where there is none the end token does: what fills is never trained."""
    pad: int | None = tokenizer.pad_token_id
    return int(tokenizer.eos_token_id) if pad is None else pad
