import pytest
from sizes import adapter, published

from kcoder.errors import UsageError
from kcoder.models.phi import PHI, PHI3

P4 = ("Wqkv", "out_proj", "fc1", "fc2")


def test_half_of_a_head_is_rotated_and_so_must_be_even():
    with pytest.raises(UsageError) as refused:
        PHI.config(hidden=40, layers=1, heads=4, vocabulary=300, context=64)
    assert refused.value.hint == "hidden must be a multiple of 16: heads of a multiple of 4 in size"


def test_the_papers_names_for_phi_2s_modules_mean_what_is_in_their_place_today():
    todays = adapter("microsoft/phi-2", r=128, alpha=256)
    assert adapter("microsoft/phi-2", r=128, alpha=256, target_modules=P4) == todays


def test_an_adapter_over_the_papers_joined_layers_has_the_true_count_of_its_table():
    # P4's table 4 prints 262,364,160. Joined, the three projections shared one matrix A; apart each has its own.
    layers = dict(published("microsoft/phi-2").named_modules())
    renamed, weights = dict(PHI.renamed), 0
    for name in P4:
        parts = [its for path, its in layers.items() if path.rpartition(".")[2] in renamed.get(name, (name,))]
        blocks = len(parts) // len(renamed.get(name, (name,)))
        weights += 128 * (blocks * parts[0].in_features + sum(part.out_features for part in parts))
    assert weights == 167_772_160
    assert adapter("microsoft/phi-2", r=128) == 167_772_160 + 128 * 32 * 2 * 2560


def test_phi_3_names_its_joined_layers():
    assert "original_max_position_embeddings" in PHI3.config(hidden=32, layers=1, heads=4, vocabulary=300, context=64)
    # 32 layers, in + out: qkv 3072 + 9216, out 2 × 3072, gate and up 3072 + 16384, down 8192 + 3072
    assert adapter("microsoft/Phi-3-mini-4k-instruct", r=1) == 32 * (12288 + 6144 + 19456 + 11264)
