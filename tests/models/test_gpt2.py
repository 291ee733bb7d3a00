import pytest
from sizes import adapter

from kcoder.errors import UsageError
from kcoder.models.gpt2 import GPT2


def test_heads_may_be_odd_but_not_of_different_sizes():
    assert GPT2.config(hidden=36, layers=1, heads=4, vocabulary=300, context=64)["n_head"] == 4
    with pytest.raises(UsageError, match="a gpt2 model of 38 hidden units cannot have 4 heads"):
        GPT2.config(hidden=38, layers=1, heads=4, vocabulary=300, context=64)


def test_an_adapter_of_its_attention_leaves_the_feed_forward_layers_of_the_same_name_alone():
    # 12 layers, in + out: c_attn 768 + 2304, c_proj twice, of which one is 768 + 768, the other 3072 + 768; c_fc
    assert adapter("openai-community/gpt2", r=1, target_modules="attention") == 12 * (3072 + 1536)
    assert adapter("openai-community/gpt2", r=1) == 12 * (3072 + 1536 + 3840 + 3840)
