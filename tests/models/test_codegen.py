import pytest
import torch
from sizes import adapter
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import UsageError
from kcoder.models.codegen import CODEGEN


@pytest.mark.parametrize(
    ("hidden", "heads", "said"),
    [(96, 6, "multiples of 4"), (100, 4, "cannot have 4 heads"), (36, 4, "even size")],
)
def test_a_shape_that_would_fail_in_the_forward_pass_is_refused(hidden, heads, said):
    with pytest.raises(UsageError) as refused:
        CODEGEN.config(hidden=hidden, layers=1, heads=heads, vocabulary=300, context=64)
    assert said in refused.value.message + refused.value.hint


def test_rotary_dimensions_never_exceed_the_head():
    told = CODEGEN.config(hidden=32, layers=1, heads=4, vocabulary=300, context=64)
    assert told["rotary_dim"] == 8
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model("codegen", **told))
    assert model(torch.zeros(1, 64, dtype=torch.long)).logits.shape == (1, 64, 300)


@pytest.mark.parametrize(
    ("r", "modules", "weights"),
    # 20 layers, r times in + out: qkv 1024 + 3072, out 1024 + 1024, feed-forward twice 1024 + 4096
    [(1, "all-linear", 327_680), (64, "all-linear", 20_971_520), (128, "attention", 15_728_640)],
)
def test_adapters_of_the_350m_model_are_as_large_as_computed_by_hand(r, modules, weights):
    assert adapter("Salesforce/codegen-350M-mono", r=r, target_modules=modules) == weights
