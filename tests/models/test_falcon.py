import pytest
from sizes import adapter

from kcoder.errors import UsageError
from kcoder.models.falcon import FALCON


def test_heads_of_odd_size_are_refused():
    with pytest.raises(UsageError, match="a falcon model of 36 hidden units cannot have 4 heads"):
        FALCON.config(hidden=36, layers=1, heads=4, vocabulary=300, context=64)


def test_all_of_a_block_is_adapted():
    # 32 layers, in + out: query_key_value 4544 + 4672, dense 2 × 4544, feed-forward twice 4544 + 18176
    assert adapter("tiiuae/falcon-7b", r=1) == 32 * (9216 + 9088 + 2 * 22720)
