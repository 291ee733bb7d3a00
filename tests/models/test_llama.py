import pytest
from sizes import adapter

from kcoder.errors import UsageError
from kcoder.models.llama import LLAMA


def test_heads_of_odd_size_are_refused():
    with pytest.raises(UsageError, match="cannot have 4 heads"):
        LLAMA.config(hidden=36, layers=1, heads=4, vocabulary=300, context=64)


def test_an_adapter_of_codellama_7b_has_the_true_count_and_not_the_published_one():
    # P4's table 4 prints 262,410,240, which is the base without its quantised layers.
    assert adapter("codellama/CodeLlama-7b-Python-hf", r=128, alpha=256) == 319_815_680
