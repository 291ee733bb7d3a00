from sizes import adapter

from kcoder.models.gpt_bigcode import GPT_BIGCODE


def test_its_heads_share_one_key_and_value():
    assert GPT_BIGCODE.config(hidden=32, layers=1, heads=4, vocabulary=300, context=64)["multi_query"]
    # 24 layers, in + out: c_attn 2048 + (2048 + 2 × 128), c_proj 2 × 2048, and twice 2048 + 8192
    assert adapter("bigcode/gpt_bigcode-santacoder", r=1) == 24 * (4352 + 4096 + 2 * 10240)


def test_it_knows_the_marks_of_starcoder_and_of_santacoder():
    assert [marks.prefix for marks in GPT_BIGCODE.fim] == ["<fim_prefix>", "<fim-prefix>"]
