"""What the conformance kit finds in families that tell wrong things."""

import pytest

from kcoder.conformance_models import family
from kcoder.host import Host
from kcoder.model import ModelFamily
from kcoder.models.falcon import FALCON
from kcoder.models.llama import LLAMA


def found(plugin):
    return {f.name: f for f in family(plugin, Host())}


def faults(plugin):
    return {name: finding.detail for name, finding in found(plugin).items() if not finding.ok}


def test_a_good_family_goes_the_whole_way():
    told = found(FALCON)
    assert faults(FALCON) == {}
    assert told["adapter"].detail == "dense, dense_4h_to_h, dense_h_to_4h, query_key_value"
    assert told["trains lora"].detail.endswith("packed documents do not see each other")


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"lora_targets": ("q_proj", "qkv")}, "adapter", "there is no qkv"),
        ({"lora_targets": ("q_proj",)}, "all linear layers", "down_proj, gate_proj, k_proj"),
        ({"lineage": ""}, "lineage", "what had its published weights seen?"),
        ({"name": "olmo"}, "name", "olmo: an entry point of this name is asked for"),
        ({"attention": "fastest"}, "tried", "fastest"),
        ({"fim": (("<a>", "<b>", "<a>"),)}, "fill-in-the-middle", "<a> <b> <a>"),
    ],
)
def test_what_a_family_tells_wrong_is_found(changes, name, said):
    assert said in faults(type(LLAMA)(**LLAMA.model_dump() | changes))[name]


def test_a_family_without_a_config_is_told_what_it_lacks():
    class Bare(ModelFamily):
        pass

    bare = Bare(name="gpt_neox", lineage="nothing")
    assert "cannot be made from nothing" in faults(bare)["tried"]
