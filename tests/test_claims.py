"""Published numbers: those that were printed in four papers, and what is wrong with them."""

from decimal import Decimal

import pytest

from kcoder.claims import Adapter, Claim, findings, possible


@pytest.mark.parametrize(
    ("percent", "n", "passes"),
    [
        ("38.51", 161, 62),
        ("17.39", 161, 28),
        ("3.73", 161, 6),
        ("6.33", 158, 10),
        ("12.03", 158, 19),
        ("14.56", 158, 23),
    ],
)
def test_what_a_count_of_passes_gives_is_possible(percent, n, passes):
    assert round(100 * passes / n, 2) == float(percent)
    assert possible(Decimal(percent), n)


def test_a_percentage_that_no_count_gives_is_told_with_its_neighbours():
    [found] = findings([Claim(what="LoRA", percent="19.21", n=161)])
    assert found.wrong == (
        "19.21 % of 161 problems cannot be: 30 gives 18.63 %, 31 gives 19.25 %, 32 gives 19.88 %; "
        "it fits no usual benchmark"
    )
    assert not any(possible(Decimal("19.21"), n) for n in (158, 160, 161, 164))


def test_decimals_say_how_much_is_claimed():
    assert possible(Decimal("19.3"), 161)
    assert not possible(Decimal("19.30"), 161)
    assert possible(Decimal("50"), 161)


def test_samples_make_finer_shares():
    assert findings([Claim(what="phi-2", percent="53.54", n=164, samples=5)])[0].wrong == ""
    assert findings([Claim(what="phi-2", percent="49.27", n=164)])[0].wrong.startswith("49.27 % of 164 problems cannot")
    assert findings([Claim(what="phi-2", percent="70.97", n=164, samples=20, k=10)])[0].wrong == ""


def test_more_attempts_than_samples_cannot_be_told():
    [found] = findings([Claim(what="phi-2", percent="70.97", n=164, samples=5, k=10)])
    assert found.wrong == "pass@10 cannot be told from 5 samples"


def test_shares_of_different_numbers_of_problems_are_not_compared():
    claims = [
        Claim(what="LoRA", percent="3.75", n=160, against="figure 2"),
        Claim(what="base", percent="22.36", n=161, against="figure 2"),
        Claim(what="Java", percent="6.33", n=158, against="figure 3"),
    ]
    assert [(f.what, f.wrong) for f in findings(claims)][3:] == [
        ("figure 2", "compares shares of 160 and 161 problems"),
        ("figure 3", ""),
    ]


PHI = Adapter(
    r=128,
    layers=32,
    modules={"Wqkv": (2560, 7680), "out_proj": (2560, 2560), "fc1": (2560, 10240), "fc2": (10240, 2560)},
)
LLAMA = Adapter(
    r=128,
    layers=32,
    modules=dict.fromkeys(("q", "k", "v", "o"), (4096, 4096))
    | {"gate": (4096, 11008), "up": (4096, 11008), "down": (11008, 4096)},
)


@pytest.mark.parametrize(
    ("adapter", "printed", "right"), [(PHI, 262_364_160, 167_772_160), (LLAMA, 262_410_240, 319_815_680)]
)
def test_parameters_that_an_adapter_of_this_shape_has_not_are_told(adapter, printed, right):
    assert adapter.parameters() == right
    claim = Claim(what="QLoRA", parameters=printed, adapter=adapter)
    assert findings([claim])[0].wrong == f"{printed:,} parameters; an adapter of this shape has {right:,}"
    assert findings([claim.model_copy(update={"parameters": right})])[0].wrong == ""
