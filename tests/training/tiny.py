"""Architectures without a plugin, as small as they can be: what transformers' configs are told of each."""

SHAPE = {"hidden": 32, "layers": 2, "heads": 4, "vocabulary": 300, "context": 64}
_SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 300}
_PLAIN = _SMALL | {"intermediate_size": 64, "max_position_embeddings": 64, "pad_token_id": 0}
_GROUPED = _PLAIN | {"num_key_value_heads": 2}
_OWN = {"hidden_size": 32, "vocab_size": 300, "max_position_embeddings": 64}

#: those that go by positions
APART = {
    "gpt_neo": _OWN | {"num_layers": 2, "num_heads": 4, "attention_types": [[["global", "local"], 1]]},
    "gptj": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64, "rotary_dim": 8, "vocab_size": 300},
    "gemma2": _GROUPED | {"head_dim": 8},
    "olmo2": _GROUPED,
    "granite": _GROUPED,
    "cohere": _GROUPED,
    "smollm3": _GROUPED,
    "mixtral": _GROUPED | {"num_local_experts": 2},
}
#: those that do not, and need a mask
MASKED = {
    "opt": _SMALL | {"ffn_dim": 64, "max_position_embeddings": 64, "word_embed_proj_dim": 32},
    "mpt": {"d_model": 32, "n_layers": 2, "n_heads": 4, "max_seq_len": 64, "vocab_size": 300},
    "biogpt": _PLAIN,
    "xglm": {
        "d_model": 32,
        "num_layers": 2,
        "attention_heads": 4,
        "ffn_dim": 64,
        "max_position_embeddings": 64,
        "vocab_size": 300,
    },
}
#: those that see their neighbours whatever they are given: by distance alone, through windows, or by a state
#: that is carried on
LEAKING = {
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": 300},
    "falcon": _SMALL | {"alibi": True},
    "mamba": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8, "vocab_size": 300},
    # its layers look through windows, which a mask of ours would open
    "gpt_oss": _GROUPED | {"num_local_experts": 4, "num_experts_per_tok": 2, "head_dim": 8, "sliding_window": 8},
    "granitemoehybrid": _GROUPED
    | {
        "layer_types": ["mamba", "attention"],
        "mamba_n_heads": 4,
        "mamba_d_head": 16,
        "mamba_n_groups": 1,
        "mamba_d_state": 8,
        "num_local_experts": 2,
        "shared_intermediate_size": 32,
    },
}
