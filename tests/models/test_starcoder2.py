from sizes import adapter

from kcoder.models.starcoder2 import STARCODER2


def test_four_query_heads_share_a_key():
    assert STARCODER2.config(hidden=64, layers=1, heads=8, vocabulary=300, context=64)["num_key_value_heads"] == 2


def test_all_of_a_block_is_adapted():
    # 30 layers, in + out: q and o 2 × 3072, k and v 3072 + 256, feed-forward twice 3072 + 12288
    assert adapter("bigcode/starcoder2-3b", r=1) == 30 * (2 * 6144 + 2 * 3328 + 2 * 15360)
