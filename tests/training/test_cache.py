import pytest
import torch
from transformers import AutoConfig, DynamicCache
from transformers.cache_utils import DynamicLayer

from kcoder.training.cache import RoomyLayer, roomy
from kcoder.training.checkpoint import load


def states(rows, tokens, seed):
    draw = torch.Generator().manual_seed(seed)
    return [torch.randn(rows, 2, tokens, 4, generator=draw) for _ in range(2)]


@pytest.mark.parametrize("room", [1, 5, 100])
def test_it_holds_what_transformers_own_layer_holds_whatever_its_room(room):
    ours, theirs = RoomyLayer(room), DynamicLayer()
    for step, tokens in enumerate((4, 1, 1, 3)):
        mine, other = ours.update(*states(3, tokens, step)), theirs.update(*states(3, tokens, step))
        assert all(torch.equal(one, two) for one, two in zip(mine, other, strict=True))
    assert ours.get_seq_length() == theirs.get_seq_length() == 9


def test_rows_can_be_chosen_and_it_goes_on_with_those():
    ours, theirs = RoomyLayer(20), DynamicLayer()
    for layer in (ours, theirs):
        layer.update(*states(2, 5, 0))
        layer.batch_select_indices(torch.tensor([1, 0, 1, 1]))
        layer.update(*states(4, 1, 1))
        layer.reset()
        layer.update(*states(4, 2, 2))
    assert torch.equal(ours.keys, theirs.keys) and torch.equal(ours.values, theirs.values)


def test_a_token_moves_nothing_while_there_is_room():
    layer = RoomyLayer(8)
    before = layer.update(*states(1, 4, 0))[0].data_ptr()
    assert {layer.update(*states(1, 1, n))[0].data_ptr() for n in range(4)} == {before}
    assert layer.update(*states(1, 1, 9))[0].data_ptr() != before


def test_a_model_says_the_same_with_it(store):
    model = load(store.path("model")).model
    ids = torch.arange(40).view(2, 20)
    ours, theirs = roomy(model.config, 20), DynamicCache(config=model.config)
    with torch.no_grad():
        for part in (ids[:, :12], ids[:, 12:13], ids[:, 13:20]):
            one, two = (model(input_ids=part, past_key_values=c, use_cache=True).logits for c in (ours, theirs))
            assert torch.allclose(one, two, atol=1e-5)
    assert ours.get_seq_length() == 20


def test_a_sliding_window_is_left_to_transformers():
    config = AutoConfig.for_model("mistral", num_hidden_layers=2, sliding_window=8)
    assert not [layer for layer in roomy(config, 20).layers if isinstance(layer, RoomyLayer)]
    config = AutoConfig.for_model("llama", num_hidden_layers=2)
    assert len([layer for layer in roomy(config, 20).layers if isinstance(layer, RoomyLayer)]) == 2
