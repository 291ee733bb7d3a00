import pytest
from sizes import adapter

from kcoder.errors import UsageError
from kcoder.models.gpt_neox import GPT_NEOX


def test_a_quarter_of_a_head_is_rotated_and_so_must_be_even():
    with pytest.raises(UsageError) as refused:
        GPT_NEOX.config(hidden=64, layers=1, heads=16, vocabulary=300, context=64)
    assert refused.value.hint == "hidden must be a multiple of 128: heads of a multiple of 8 in size"


def test_all_of_a_block_is_adapted():
    # 24 layers, in + out: query_key_value 1024 + 3072, dense 2 × 1024, feed-forward twice 1024 + 4096
    assert adapter("EleutherAI/pythia-410m", r=1) == 24 * (4096 + 2048 + 2 * 5120)
