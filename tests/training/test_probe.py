import pytest
import torch
from tiny import APART, LEAKING, MASKED, SHAPE
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.errors import KcoderError
from kcoder.plugin import load, names
from kcoder.stages.lora import Lora
from kcoder.training.machine import Machine
from kcoder.training.probe import documents_mask, forward, require_isolation

CPU = Machine("cpu", "float32", 1)
BF16 = Machine("cpu", "bfloat16", 1)
FAMILIES = [load("models", name) for name in names("models")]
IDS, POSITIONS = torch.arange(2, 42)[None], torch.cat([torch.arange(25), torch.arange(15)])[None]


def made(name, attention=None, **config):
    """With weights so large that what leaks shows."""
    torch.manual_seed(0)
    config = AutoConfig.for_model(name, **{"pad_token_id": 0} | config)
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention)
    for weight in model.parameters():
        if weight.ndim > 1:
            weight.data.normal_(0, 0.08)
    return model


def of(family, attention="its own"):
    return made(family.name, family.attention if attention == "its own" else attention, **family.config(**SHAPE))


def of_document_2(model, ids=IDS):
    with torch.no_grad():
        return forward(model, ids, POSITIONS)[0, 25:]


def neighbour_changed():
    other = IDS.clone()
    other[:, :25] += 100
    return other


@pytest.mark.parametrize("machine", [CPU, BF16], ids=lambda machine: machine.dtype)
@pytest.mark.parametrize("attention", ["its own", "eager"])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_our_families_keep_packed_documents_apart(family, attention, machine):
    model = of(family, attention).train()
    assert require_isolation(model, family.name, 64, machine) == ("mask" if family.name == "falcon" else "positions")
    assert model.training
    with machine.autocast():
        before, after = of_document_2(model.eval()), of_document_2(model, neighbour_changed())
    assert torch.equal(before, after)


@pytest.mark.parametrize("name", [*APART, *MASKED])
def test_so_do_these_which_nobody_has_a_plugin_for(name):
    model = made(name, **(APART | MASKED)[name]).eval()
    assert require_isolation(model, name, 64, CPU) == ("mask" if name in MASKED else "positions")
    assert torch.equal(of_document_2(model), of_document_2(model, neighbour_changed()))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mistral", {"sliding_window": 8}),
        ("starcoder2", {"sliding_window": 8}),
        ("phi3", {"sliding_window": 8}),
        ("qwen2", {"use_sliding_window": True, "sliding_window": 8, "max_window_layers": 1}),
        ("gpt_bigcode", {"multi_query": False}),
        ("falcon", {"new_decoder_architecture": True, "num_kv_heads": 2}),
        ("falcon", {"multi_query": False}),
    ],
)
def test_so_do_the_shapes_of_published_models(name, told):
    model = made(name, **load("models", name).config(**SHAPE) | told).eval()
    require_isolation(model, name, 64, CPU)
    assert torch.equal(of_document_2(model), of_document_2(model, neighbour_changed()))


@pytest.mark.parametrize("name", LEAKING)
def test_a_family_that_leaks_is_refused_by_name(name):
    model = made(name, **LEAKING[name])
    with pytest.raises(KcoderError, match=f"{name} models let packed documents see each other") as refused:
        require_isolation(model, name, 64, CPU)
    assert "kcoder plugins models" in refused.value.hint
    assert not model._forward_pre_hooks


@pytest.mark.parametrize("name", [*names("models"), *MASKED])
def test_a_packed_documents_logits_are_those_it_has_alone(name):
    model = (made(name, **MASKED[name]) if name in MASKED else of(load("models", name))).eval()
    require_isolation(model, name, 64, CPU)
    with torch.no_grad():
        alone = forward(model, IDS[:, 25:], POSITIONS[:, 25:])[0]
    assert (of_document_2(model) - alone).abs().max() < 1e-5


class Deaf(torch.nn.Module):
    """Cannot be told where a document begins."""

    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(300, 8)

    def get_input_embeddings(self):
        return self.words

    def forward(self, input_ids, use_cache):
        raise AssertionError("never asked")


def test_a_model_that_takes_no_positions_is_refused():
    with pytest.raises(KcoderError, match="deaf models cannot be told where a packed document begins"):
        require_isolation(Deaf(), "deaf", 64, CPU)


def test_the_mask_stays_on_a_model_under_an_adapter():
    falcon = load("models", "falcon")
    model = Lora(r=4).ready(of(falcon), falcon)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data.normal_(0, 0.1)
    assert require_isolation(model, "falcon", 64, CPU) == "mask"
    assert torch.equal(of_document_2(model.eval()), of_document_2(model, neighbour_changed()))


@pytest.mark.parametrize("name", ["falcon", *MASKED])
def test_the_inner_model_keeps_documents_apart_by_itself(name):
    model = (made(name, **MASKED[name]) if name in MASKED else of(load("models", name))).eval()
    require_isolation(model, name, 64, CPU)
    with torch.no_grad():
        before, after = (
            model.get_decoder()(input_ids=ids, position_ids=POSITIONS, use_cache=False).last_hidden_state[0, 25:]
            for ids in (IDS, neighbour_changed())
        )
    assert torch.equal(before, after)


def test_a_model_with_a_mask_still_writes_on():
    model = of(load("models", "falcon")).eval()
    written = model.generate(IDS, attention_mask=torch.ones_like(IDS), max_new_tokens=4, do_sample=False)
    require_isolation(model, "falcon", 64, CPU)
    again = model.generate(IDS, attention_mask=torch.ones_like(IDS), max_new_tokens=4, do_sample=False)
    assert torch.equal(written, again)


def test_a_token_sees_what_stands_before_it_in_its_document():
    seen = documents_mask(torch.tensor([[0, 1, 0, 1]]), torch.bool)
    assert seen.int().tolist() == [[[[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]]]
    added = documents_mask(torch.tensor([[0, 0]]), torch.float32)
    assert added.tolist() == [[[[0.0, torch.finfo(torch.float32).min], [torch.finfo(torch.float32).min, 0.0]]]]


def test_a_model_that_answers_everything_alike_proves_nothing():
    model = of(load("models", "codegen"))
    for weight in model.parameters():
        weight.data.zero_()
    with pytest.raises(KcoderError, match="its weights are broken"):
        require_isolation(model, "codegen", 64, CPU)
