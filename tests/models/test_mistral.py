from sizes import adapter

from kcoder.models.mistral import MISTRAL


def test_four_query_heads_share_a_key_where_they_can():
    shapes = {heads: MISTRAL.config(hidden=48, layers=1, heads=heads, vocabulary=300, context=64) for heads in (8, 6)}
    assert {heads: told["num_key_value_heads"] for heads, told in shapes.items()} == {8: 2, 6: 6}


def test_all_of_a_block_is_adapted():
    # 32 layers, in + out: q and o 2 × 4096, k and v 4096 + 1024, and three times 4096 + 14336
    assert adapter("mistralai/Mistral-7B-v0.1", r=1) == 32 * (2 * 8192 + 2 * 5120 + 3 * 18432)
