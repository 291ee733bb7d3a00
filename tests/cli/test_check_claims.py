"""`kcoder check-claims` on the papers' numbers."""

import json

import pytest

PAPERS = """
claims:
  - {what: P1 LoRA Python pass@100, percent: 19.21, n: 161, against: P1 figure}
  - {what: P1 base Python pass@100, percent: 38.51, n: 161, against: P1 figure}
  - what: P4 phi-2
    parameters: 262_364_160
    adapter:
      r: 128
      layers: 32
      modules: {Wqkv: [2560, 7680], out_proj: [2560, 2560], fc1: [2560, 10240], fc2: [10240, 2560]}
"""


def test_what_cannot_be_is_told_and_ends_with_4(kcoder, tmp_path):
    (tmp_path / "papers.yaml").write_text(PAPERS)
    done = kcoder("check-claims", str(tmp_path / "papers.yaml"))
    assert done.code == 4
    lines = done.out.splitlines()
    assert lines[0].startswith("✗ P1 LoRA Python pass@100: 19.21 % of 161 problems cannot be: 30 gives 18.63 %")
    assert lines[1] == "✓ P1 base Python pass@100"
    assert lines[2] == "✗ P4 phi-2: 262,364,160 parameters; an adapter of this shape has 167,772,160"
    assert lines[-1] == "2 of 4 cannot be"


def test_a_table_keeps_its_decimals(kcoder, tmp_path):
    (tmp_path / "table.csv").write_text("what,percent,n,samples\na,19.30,161,\nb,19.3,161,1\n")
    done = kcoder("check-claims", str(tmp_path / "table.csv"), "--json")
    assert [bool(each["wrong"]) for each in json.loads(done.out)] == [True, False]


def test_claims_that_may_be_so_end_with_0(kcoder, tmp_path):
    (tmp_path / "good.yaml").write_text("- {what: a, percent: 50, n: 164}\n")
    done = kcoder("check-claims", str(tmp_path / "good.yaml"))
    assert (done.code, done.out) == (0, "✓ a\n\nall 1 may be so\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claims: 3\n", "there is no list of claims in it"),
        ("claims: []\n", "there are no claims in it"),
        ("- {what: a, percent: many}\n", "claim 1: percent: "),
        ("- {what: a, precent: 1}\n", "claim 1: precent: Extra inputs"),
        ("- [\n", "while parsing"),
    ],
)
def test_what_is_no_list_of_claims_is_an_error_with_its_place(kcoder, tmp_path, text, message):
    (tmp_path / "bad.yaml").write_text(text)
    done = kcoder("check-claims", str(tmp_path / "bad.yaml"))
    assert done.code == 2
    assert "bad.yaml: " in done.err
    assert message in done.err
