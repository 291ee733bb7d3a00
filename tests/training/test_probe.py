import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import KcoderError
from kcoder.models.codegen import CODEGEN
from kcoder.models.llama import LLAMA
from kcoder.training.machine import Machine
from kcoder.training.probe import forward, require_isolation

CPU = Machine("cpu", "float32", 1)
SHAPE = {"hidden": 32, "layers": 2, "heads": 4, "vocabulary": 300, "context": 64}


def made(name, attention=None, **config):
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(name, **config), attn_implementation=attention)


@pytest.mark.parametrize("family", [CODEGEN, LLAMA], ids=lambda family: family.name)
def test_our_families_keep_packed_documents_apart(family):
    model = made(family.name, family.attention, **family.config(**SHAPE)).train()
    require_isolation(model, family.name, 64, CPU)
    assert model.training


@pytest.mark.parametrize("family", [CODEGEN, LLAMA], ids=lambda family: family.name)
def test_a_packed_documents_logits_are_those_it_has_alone(family):
    model = made(family.name, family.attention, **family.config(**SHAPE)).eval()
    ids, positions = torch.arange(2, 42)[None], torch.cat([torch.arange(25), torch.arange(15)])[None]
    with torch.no_grad():
        packed = forward(model, ids, positions)[0, 25:]
        alone = forward(model, ids[:, 25:], positions[:, 25:])[0]
    assert (packed - alone).abs().max() < 1e-5


def test_a_family_that_leaks_is_refused_by_name():
    model = made("bloom", vocab_size=300, hidden_size=32, n_layer=2, n_head=4)
    with pytest.raises(KcoderError, match="bloom models let packed documents see each other"):
        require_isolation(model, "bloom", 64, CPU)


def test_a_model_that_answers_everything_alike_proves_nothing():
    model = made("codegen", "eager", **CODEGEN.config(**SHAPE))
    for weight in model.parameters():
        weight.data.zero_()
    with pytest.raises(KcoderError, match="its weights are broken"):
        require_isolation(model, "codegen", 64, CPU)
