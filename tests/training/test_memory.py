"""The arithmetic of memory."""

from dataclasses import replace

import pytest

from kcoder.model import published_models
from kcoder.plugin import load
from kcoder.training.memory import (
    LIBRARIES,
    MIB,
    Setting,
    chunk,
    evaluation,
    four_bits,
    generation,
    moments,
    need,
)

PLAIN = Setting(batch=4, length=512)
LORA = replace(PLAIN, rank=16)


def shape(name="deepseek-ai/deepseek-coder-1.3b-base"):
    known = published_models()[name]
    return load("models", known.family).shape(known.config)


def test_every_weight_has_four_bytes_and_eight_for_the_optimizer():
    terms = need(shape(), PLAIN).terms
    assert terms["weights"] == 4 * shape().parameters
    assert terms["optimizer"] == 8 * shape().parameters
    assert terms["libraries"] == LIBRARIES
    assert need(shape(), PLAIN).total == sum(terms.values())


def test_the_fullest_moment_counts():
    whole = need(shape(), PLAIN)
    assert whole.total == max(moment.total for moment in moments(shape(), PLAIN))
    one = need(shape(), Setting(batch=1, length=16))
    assert one.when in ("first block", "optimizer")  # hardly any activations: all gradients at once
    assert one.terms["gradients"] == 4 * shape().parameters


def test_gradients_stand_beside_the_next_batch_where_several_make_a_step():
    assert need(shape(), replace(PLAIN, accumulate=2)).terms["gradients"] >= 4 * shape().parameters


@pytest.mark.parametrize(
    ("change", "less"),
    [
        ({"checkpointing": True}, "activations"),
        ({"optimizer": "adamw_8bit"}, "optimizer"),
        ({"rank": 16}, "optimizer"),
        ({"half": True}, "activations"),
        ({"batch": 2}, "activations"),
        ({"length": 256}, "activations"),
    ],
)
def test_each_way_to_take_less_takes_less_of_what_it_is_for(change, less):
    plain, eased = need(shape(), PLAIN), need(shape(), replace(PLAIN, **change))
    assert eased.terms[less] < plain.terms[less]
    assert eased.total < plain.total


def test_eight_bits_are_a_quarter_of_the_optimizers_memory():
    ratio = (
        need(shape(), replace(PLAIN, optimizer="adamw_8bit")).terms["optimizer"]
        / need(shape(), PLAIN).terms["optimizer"]
    )
    assert 0.25 < ratio < 0.26


def test_four_bits_and_their_scales():
    assert four_bits(double=False) == 0.5625
    assert four_bits(double=True) == pytest.approx(0.5159, abs=1e-4)
    terms = need(shape(), replace(LORA, weight=four_bits(double=False))).terms
    assert terms["weights"] == 0.5625 * shape().linear + 4 * (shape().parameters - shape().linear)


def test_an_adapter_goes_where_it_is_told():
    attention = replace(LORA, targets=("attention",))
    assert {each.name for each in attention.adapted(shape())} == {"q_proj", "k_proj", "v_proj", "o_proj"}
    assert replace(LORA, targets=("q_proj",)).trainable(shape()) == 24 * 16 * (2048 + 2048)
    codegen = shape("Salesforce/codegen-350M-mono")
    assert LORA.trainable(codegen) == 327_680 * 16


def test_large_logits_go_through_the_head_in_chunks():
    assert chunk(512, 32768) is None  # 64 MiB
    assert chunk(513, 32768) == 512
    assert chunk(4096, 10_000_000) == 64
    terms = need(shape(), PLAIN).terms
    assert terms["logits and loss"] < 130 * MIB < 3 * 4 * PLAIN.tokens * shape().vocabulary


def test_scores_grow_with_the_square_of_the_length_where_they_are_kept():
    codegen = shape("Salesforce/codegen-350M-mono")
    short, long = (need(codegen, Setting(batch=4 * 2 // n, length=512 * n)).terms["activations"] for n in (1, 2))
    assert long > 1.2 * short  # of as many tokens
    llama = [need(shape(), Setting(batch=4 * 2 // n, length=512 * n)).terms["activations"] for n in (1, 2)]
    assert llama[0] == llama[1]


def test_evaluation_keeps_nothing_and_generation_its_keys_and_values():
    assert evaluation(shape(), PLAIN).total < need(shape(), PLAIN).total
    assert generation(shape(), batch=2, tokens=100).terms["KV cache"] == 2 * 24 * 2 * 100 * 2048 * 4


@pytest.mark.parametrize("rank", [None, 16])
def test_an_adapter_in_nothing_that_is_counted_takes_nothing_of_an_eight_bit_step(rank):
    how = replace(PLAIN, rank=rank, targets=("lm_head",), optimizer="adamw_8bit", weight=four_bits(double=False))
    assert need(replace(shape(), linears=()), how).total > 0
    assert need(shape(), how).total > 0


def test_each_of_several_processes_takes_its_rows():
    assert need(shape(), replace(PLAIN, processes=2)) == need(shape(), replace(PLAIN, batch=2))
    assert replace(PLAIN, processes=4, batch=6).tokens == 2 * PLAIN.length


def test_where_the_model_is_divided_each_process_has_its_share_and_what_is_put_together():
    how = replace(PLAIN, processes=4, divided=True)
    whole = {moment.when: moment.terms for moment in moments(shape(), replace(PLAIN, batch=1))}
    shares = {moment.when: moment.terms for moment in moments(shape(), how)}
    for term in ("weights", "gradients", "optimizer"):
        assert shares["optimizer"][term] == whole["optimizer"][term] / 4
    assert "gathered" not in shares["optimizer"]
    outside = shape().words + shape().further
    assert shares["back"]["gathered"] == 4 * (outside + (shape().parameters - outside) / 12)
    assert shares["back"]["activations"] == whole["back"]["activations"]
    assert need(shape(), how).total < need(shape(), replace(PLAIN, batch=1)).total
    assert evaluation(shape(), how).terms["weights"] == whole["optimizer"]["weights"] / 4


def test_processes_that_share_a_memory_read_the_whole_model_and_one_puts_checkpoints_together():
    how = replace(PLAIN, processes=4, divided=True, shared=True)
    found = {moment.when: moment.terms for moment in moments(shape(), how)}
    assert found["reading"]["weights"] == 4 * shape().parameters
    assert how.copies * found["checkpoint"]["checkpoint"] == 12 * shape().parameters
