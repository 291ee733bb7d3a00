import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import UsageError
from kcoder.models.llama import LLAMA
from kcoder.stages.lora import Lora
from kcoder.training.checkpoint import count


def test_heads_of_odd_size_are_refused():
    with pytest.raises(UsageError, match="cannot have 4 heads"):
        LLAMA.config(hidden=36, layers=1, heads=4, vocabulary=300, context=64)


def test_a_small_one_runs_to_the_end_of_its_context():
    told = LLAMA.config(hidden=32, layers=1, heads=4, vocabulary=300, context=64)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model("llama", **told))
    assert model(torch.zeros(1, 64, dtype=torch.long)).logits.shape == (1, 64, 300)


def test_an_adapter_of_codellama_7b_has_the_true_count_and_not_the_published_one():
    # P4's table 4 prints 262,410,240, which is the base without its quantised layers.
    shape = {
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "intermediate_size": 11008,
    }
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model("llama", vocab_size=32000, **shape))
        adapted = Lora(r=128, alpha=256).ready(model, LLAMA)
    assert count(adapted, trainable=True) == 319_815_680
