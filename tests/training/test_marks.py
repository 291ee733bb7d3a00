import pytest

from kcoder.errors import UsageError
from kcoder.training.infill import Hole
from kcoder.training.marks import closing, ends_of_filling, marks_in
from kcoder.training.render import Renderer, Sample
from kcoder.training.template import Template
from kcoder.training.tokenizer import make

TEXTS = ["def add(x):\n    return x + 12\n"] * 3
SANTACODER = ("<fim-prefix>", "<fim-middle>", "<fim-suffix>")
STARCODER = ("<fim_prefix>", "<fim_middle>", "<fim_suffix>")
QWEN = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
CODELLAMA = ("▁<PRE>", "▁<MID>", "▁<SUF>")
DEEPSEEK = ("<｜fim▁begin｜>", "<｜fim▁end｜>", "<｜fim▁hole｜>")


@pytest.mark.parametrize("spelling", [STARCODER, SANTACODER, QWEN, CODELLAMA, DEEPSEEK])
@pytest.mark.parametrize("special", [True, False])
def test_each_known_spelling_is_found_and_put_around_a_hole(spelling, special):
    """Qwen2.5-Coder and DeepSeek-Coder have their marks as tokens that are not special."""
    tokenizer = make(TEXTS, 300, 64, spelling if special else ())
    if not special:
        tokenizer.add_tokens(list(spelling))
    marks = marks_in(tokenizer)
    assert tuple(marks) == spelling
    renderer = Renderer(Template(fim=marks), tokenizer)
    [(_, ids)] = renderer([Sample(text="ab", hole=Hole(1, 1, "psm"))])
    prefix, middle, suffix = (tokenizer.convert_tokens_to_ids(name) for name in spelling)
    a, b = (tokenizer(each).input_ids[0] for each in "ab")
    assert ids == [prefix, a, suffix, b, middle]


HELLO, WORLD = "def print_hello_world():\n    ", "\n    print('Hello world!')"


@pytest.mark.parametrize(
    ("spelling", "asked"),
    # as the cards of the models have them; the last by its tokens, which are written apart: <PRE> {} <SUF>{} <MID>
    [
        (STARCODER, f"<fim_prefix>{HELLO}<fim_suffix>{WORLD}<fim_middle>"),
        (SANTACODER, f"<fim-prefix>{HELLO}<fim-suffix>{WORLD}<fim-middle>"),
        (QWEN, f"<|fim_prefix|>{HELLO}<|fim_suffix|>{WORLD}<|fim_middle|>"),
        (DEEPSEEK, f"<｜fim▁begin｜>{HELLO}<｜fim▁hole｜>{WORLD}<｜fim▁end｜>"),
        (CODELLAMA, f"▁<PRE>{HELLO}▁<SUF>{WORLD}▁<MID>"),
    ],
)
def test_a_model_is_asked_to_fill_in_byte_for_byte_as_it_was_taught(spelling, asked):
    tokenizer = make([HELLO + WORLD] * 3, 300, 64, spelling)
    renderer = Renderer(Template(fim=marks_in(tokenizer)), tokenizer)
    [(question, answer)] = renderer([Sample(text=HELLO + WORLD, hole=Hole(len(HELLO), len(HELLO), "psm"))])
    assert tokenizer.decode(question + answer) == asked


def test_a_tokenizer_without_marks_is_refused_with_those_that_are_known():
    with pytest.raises(UsageError, match="no tokens for fill-in-the-middle") as told:
        marks_in(make(TEXTS, 300, 64))
    assert all(name in told.value.hint for name in ("StarCoder", "CodeLlama", "DeepSeek-Coder", "Qwen2.5-Coder"))


def test_a_filling_ends_with_any_mark_special_token_or_word_that_closes():
    tokenizer = make(TEXTS, 300, 64, STARCODER)
    tokenizer.add_tokens(["▁<EOT>", "    "])
    ends = {tokenizer.convert_ids_to_tokens(each) for each in ends_of_filling(tokenizer, marks_in(tokenizer))}
    assert ends == {*STARCODER, "<|endoftext|>", "<|pad|>", "▁<EOT>"}


def test_a_text_ends_where_the_next_file_begins():
    tokenizer = make(TEXTS, 300, 64)
    assert tokenizer.convert_ids_to_tokens(closing(tokenizer)) == ["<|endoftext|>"]
    tokenizer.add_tokens(["<|file_sep|>", "<|im_end|>", "    "])
    assert tokenizer.convert_ids_to_tokens(closing(tokenizer)) == ["<|endoftext|>", "<|file_sep|>", "<|im_end|>"]
