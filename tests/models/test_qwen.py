from sizes import adapter

from kcoder.models.qwen import QWEN2, QWEN3


def test_a_small_qwen3_has_heads_of_its_own_size():
    assert QWEN3.config(hidden=32, layers=1, heads=4, vocabulary=300, context=64)["head_dim"] == 8


def test_both_know_the_marks_of_qwen_coder():
    assert QWEN2.fim == QWEN3.fim
    assert tuple(QWEN2.fim[0]) == ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")


def test_all_of_a_block_is_adapted():
    # 24 layers, in + out: q and o 2 × 896, k and v 896 + 128, and three times 896 + 4864
    assert adapter("Qwen/Qwen2.5-Coder-0.5B", r=1) == 24 * (2 * 1792 + 2 * 1024 + 3 * 5760)
    # 28 layers: q and o 1024 + 2048, k and v 1024 + 1024, and three times 1024 + 3072
    assert adapter("Qwen/Qwen3-0.6B", r=1) == 28 * (2 * 3072 + 2 * 2048 + 3 * 4096)
