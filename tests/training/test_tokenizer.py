import pytest

from kcoder.training.tokenizer import (
    decode_after,
    decode_first,
    encode,
    encode_after,
    make,
    opening,
    padding,
    special_tokens,
)

TEXTS = ["def add(x):\n    return x + 12\n"] * 20


@pytest.fixture(scope="module")
def tokenizer():
    return make(TEXTS, 280, 64)


def test_any_text_comes_back_as_it_was(tokenizer):
    text = "def née(x):\r\n\treturn '日本' + \x00"
    assert tokenizer.decode(encode(tokenizer, [text])[0]) == text


def test_a_frequent_number_is_one_token_with_its_space():
    learned = make(["x + 7 - 7 > 7\n"] * 50, 280, 64)
    assert [learned.decode([i]) for i in encode(learned, ["y + 7"])[0]][-1] == " 7"


def test_a_text_cannot_spell_the_end(tokenizer):
    text = "a<|endoftext|>b<|pad|>"
    ids = encode(tokenizer, [text])[0]
    assert not {tokenizer.eos_token_id, tokenizer.pad_token_id} & set(ids)
    assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_few_texts_make_fewer_tokens_than_asked():
    assert len(make(TEXTS, 265, 64)) == 265
    assert 265 < len(make(TEXTS, 5000, 64)) < 300


def test_the_same_texts_make_the_same_tokenizer(tokenizer):
    assert make(TEXTS, 280, 64).backend_tokenizer.to_str() == tokenizer.backend_tokenizer.to_str()


def test_only_a_tokenizer_that_wants_an_opening_gets_one(tokenizer):
    from tokenizers.processors import TemplateProcessing

    assert opening(tokenizer) == []
    like_llama = make(TEXTS, 280, 64)
    like_llama.backend_tokenizer.post_processor = TemplateProcessing(
        single="<|pad|> $A", special_tokens=[("<|pad|>", 1)]
    )
    assert opening(like_llama) == [1]


def test_rows_are_filled_with_the_end_token_where_there_is_no_other(tokenizer):
    assert padding(tokenizer) == 1
    alone = make(TEXTS, 280, 64)
    alone.pad_token = None
    assert padding(alone) == alone.eos_token_id


def test_marks_are_special_tokens_and_no_text_spells_them():
    marked = make(TEXTS, 300, 64, ("<fim_prefix>", "<fim_suffix>"))
    assert special_tokens(marked) == {"<|endoftext|>": 0, "<|pad|>": 1, "<fim_prefix>": 2, "<fim_suffix>": 3}
    assert not set(encode(marked, ["<fim_prefix>x"])[0]) & {2, 3}


def test_text_behind_other_text_keeps_its_spaces(tokenizer, llama):
    text = "    return x\n"
    for each in (tokenizer, llama):
        assert decode_after(each, encode_after(each, [text])[0]) == text
    assert decode_first(llama, encode_after(llama, [text])[0]) == text[1:]  # why decode_after is there


def test_only_a_beginning_gets_a_space_in_front(tokenizer, llama):
    begins, goes_on = encode(llama, ["def"])[0], encode_after(llama, ["def"])[0]
    assert llama.convert_ids_to_tokens(begins)[0].startswith("▁")
    assert not llama.convert_ids_to_tokens(goes_on)[0].startswith("▁")
    assert decode_first(llama, begins) == decode_after(llama, goes_on) == "def"
    assert encode(tokenizer, ["def", ""]) == encode_after(tokenizer, ["def", ""])
    assert encode_after(llama, ["", "x"])[0] == []
