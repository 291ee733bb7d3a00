"""The loss, made whole and in chunks."""

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.training import loss, memory
from kcoder.training.loss import Chunked, Whole, choose
from kcoder.training.machine import Machine
from kcoder.training.packing import IGNORE
from kcoder.training.rows import Rows

CPU = Machine("cpu", "float32", 1)
SMALL = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "vocab_size": 320,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
GPT = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64, "vocab_size": 320, "rotary_dim": 8}
SCALES = {"cohere": {"logit_scale": 0.5}, "granite": {"logits_scaling": 3.0}}


def made(kind, **options):
    torch.manual_seed(1)
    options = (GPT if kind in ("codegen", "gpt2") else SMALL) | SCALES.get(kind, {}) | options
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **options)).eval()


def same(scaled):
    return scaled


@pytest.fixture
def rows():
    draw = torch.Generator().manual_seed(0)
    ids = torch.randint(320, (3, 48), generator=draw)
    targets = ids.roll(-1, 1)
    targets[0, :20] = IGNORE
    targets[:, -1] = IGNORE
    return Rows(ids, torch.arange(24).repeat(3, 2), targets)


@pytest.fixture
def large(monkeypatch):
    """As if the logits of a few rows were large."""
    monkeypatch.setattr(memory, "WHOLE", 1000)
    monkeypatch.setattr(memory, "FEWEST", 7)
    monkeypatch.setattr(loss, "FEWEST", 7)
    monkeypatch.setattr(memory, "CHUNK", 7 * 320 * 4)


def gradients(model):
    found = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return found


def test_the_loss_is_the_sum_over_trained_tokens(rows):
    model = made("llama")
    with torch.no_grad():
        log = model(input_ids=rows.ids, position_ids=rows.positions, use_cache=False).logits.log_softmax(-1)
    by_hand = sum(
        -float(log[i, j, target])
        for i, row in enumerate(rows.targets.tolist())
        for j, target in enumerate(row)
        if target != IGNORE
    )
    assert Whole(model, CPU).total(rows) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("kind", ["llama", "codegen", "gpt2", "cohere", "granite"])  # the last two scale their logits
@pytest.mark.parametrize("tied", [True, False])
def test_in_chunks_loss_and_gradients_are_those_of_whole_logits(kind, tied, rows, large):
    model = made(kind, tie_word_embeddings=tied)
    chunked, whole = choose(model, rows, CPU, pytest.fail), Whole(model, CPU)
    assert type(chunked) is Chunked and chunked.size == 7
    assert chunked.total(rows) == pytest.approx(whole.total(rows), rel=1e-6)
    tokens = rows.trained()
    expected, grads = whole.backward(rows, tokens, same), gradients(model)
    assert chunked.backward(rows, tokens, same) == pytest.approx(expected, rel=1e-6)
    found = gradients(model)
    assert found.keys() == grads.keys()
    for name, gradient in grads.items():
        assert torch.allclose(found[name], gradient, rtol=1e-4, atol=1e-7), name


def test_in_chunks_it_is_the_same_bit_for_bit_each_time(rows, large):
    model = made("llama")
    chunked = choose(model, rows, CPU, pytest.fail)
    first, grads = chunked.backward(rows, 9, same), gradients(model)
    assert chunked.backward(rows, 9, same) == first
    assert all(torch.equal(gradient, grads[name]) for name, gradient in gradients(model).items())


def test_in_chunks_a_scale_reaches_every_gradient(rows, large):
    model = made("llama")
    chunked = choose(model, rows, CPU, pytest.fail)
    loss_, grads = chunked.backward(rows, 9, same), gradients(model)
    assert chunked.backward(rows, 9, lambda part: part * 1024) == loss_
    assert all(torch.equal(gradient, grads[name] * 1024) for name, gradient in gradients(model).items())


def test_in_chunks_bfloat16_loses_what_it_loses_whole(rows, large):
    model, machine = made("llama"), Machine("cpu", "bfloat16", 1)
    chunked = choose(model, rows, machine, pytest.fail)
    assert type(chunked) is Chunked
    assert chunked.total(rows) == pytest.approx(Whole(model, machine).total(rows), rel=1e-3)


def test_rows_that_train_nothing_have_no_gradient_and_no_loss(rows, large):
    model = made("llama")
    chunked = choose(model, rows, CPU, pytest.fail)
    none = Rows(rows.ids, rows.positions, torch.full_like(rows.targets, IGNORE))
    assert chunked.total(none) == chunked.backward(none, 9, same) == 0.0
    assert all(not gradient.any() for gradient in gradients(model).values())


def test_an_adapter_under_a_frozen_head_learns_the_same_in_chunks(rows, large):
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    model = get_peft_model(made("llama"), config)
    chunked = choose(model, rows, CPU, pytest.fail)
    assert type(chunked) is Chunked
    Whole(model, CPU).backward(rows, 9, same)
    expected = gradients(model)
    chunked.backward(rows, 9, same)
    found = gradients(model)
    assert found.keys() == expected.keys() and all("lora" in name for name in found)
    assert all(torch.allclose(found[name], gradient, rtol=1e-4, atol=1e-7) for name, gradient in expected.items())


def test_a_family_that_caps_its_logits_keeps_them_whole_and_says_so(rows, large):
    said = []
    assert type(choose(made("gemma2"), rows, CPU, said.append)) is Whole
    assert said == ["the logits of a batch, 0.0 GB, are made all at once: they are not what its head gives"]


def test_a_model_that_goes_past_its_head_keeps_logits_whole(rows, large):
    model = made("llama")
    head = model.lm_head

    class Past(torch.nn.Module):
        def forward(self, states):
            return torch.nn.functional.linear(states, head.weight)

    model.get_output_embeddings = lambda: head
    model.lm_head = Past()
    assert type(choose(model, rows, CPU, [].append)) is Whole


def test_a_cap_far_above_todays_logits_is_found(rows, large):
    model = made("gemma2", final_logit_softcapping=500.0)
    with torch.no_grad():
        assert model(input_ids=rows.ids).logits.abs().max() < 5  # today it changes nothing to speak of
    assert type(choose(model, rows, CPU, [].append)) is Whole


def test_a_head_with_an_adapter_keeps_logits_whole(rows, large):
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(made("llama"), LoraConfig(r=4, target_modules=["lm_head"]))
    said = []
    assert type(choose(model, rows, CPU, said.append)) is Whole
    assert said[0].endswith("it has no plain linear layer for a head")


def test_small_logits_stay_whole_and_nothing_is_said(rows):
    assert type(choose(made("llama"), rows, CPU, pytest.fail)) is Whole


def test_after_the_proof_the_model_is_as_it_was(rows, large):
    model = made("llama").train()
    before = model(input_ids=rows.ids).logits
    choose(model, rows, CPU, pytest.fail)
    assert model.training
    assert torch.equal(model(input_ids=rows.ids).logits, before)
