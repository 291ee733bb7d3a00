"""Every value, and where it comes from."""

from pathlib import Path

import pytest

from kcoder.cli.init import templates
from kcoder.plan import Memory
from kcoder.prepare import prepare
from kcoder.resolved import resolved_text
from kcoder.store import Store


@pytest.fixture
def resolved(tmp_path):
    def of(text):
        path = tmp_path / "s.yaml"
        path.write_text(text)
        prepared = prepare(path)
        return resolved_text(prepared.head, prepared.roots, prepared.specs)

    return of


TEXT = """
name: x
pretrain: {layers: 1, data: {source: mini, language: python, decontaminate: mini}}
data: {source: mini, language: python, decontaminate: mini, filter: {max_line_length: 500}}
train: {method: lora, r: 16}
"""
RICH = """
name: x
data:
  source: {mix: {a: {mini: {functions: 50}}, b: {source: mini, weight: 2}}}
  language: python
  sample: {n: 30, method: first}
  filter: {preset: codex, secrets: flag, parses: on, min_alphanumeric: {limit: 0.3, then: flag}, max_bytes: off}
  keep: [characters > quantile(0.25), "stars != 3"]
  dedup: [{exact: {keep: longest}}, near]
  decontaminate: {benchmarks: [mini, {humaneval: {path: tests}}], mode: report, min_coverage: 0.7}
  split: {train: 0.5, valid: 0.25, test: 0.25, by: []}
"""


def test_a_value_that_is_written_names_its_line_and_a_default_its_source(resolved):
    lines = {}
    for line in resolved(TEXT).splitlines():
        left, _, source = line.partition("#")
        lines.setdefault(left.strip(), []).append(source.strip())
    assert lines["layers: 1"][0].endswith("s.yaml:3")
    assert lines["hidden: 128"] == ["own choice: docs/quickstart.md"]
    assert lines["r: 16"][0].endswith("s.yaml:5")
    assert lines["max_line_length: 500"][0].endswith("s.yaml:4")
    assert "P3 §3.2" in lines["max_line_length: 1000"]


def test_every_value_has_a_source(resolved):
    bare = []
    for line in resolved(TEXT).splitlines():
        left, _, source = line.partition("#")
        if left.strip() and not left.rstrip().endswith((":", "{}")) and not source.strip():
            bare.append(line)
    assert bare == []


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT + "seed: 5\n",
        TEXT + "sweep: {seed: [1, 2], train.r: [4, 8]}\n",
        TEXT + "variants: {a: {train: full}, b: {train: {r: 4}}}\n",
        TEXT.replace("r: 16", "seed: 7") + "seed: 5\n",
        RICH,
        RICH + "variants: {a: {data: {dedup: semantic}}, b: {data: {decontaminate: off, filter: off}}}\n",
    ],
)
def test_the_resolved_spec_gives_the_same_steps(resolved, tmp_path, text):
    def keys(path):
        return {p.key for p in prepare(path).plan(Store(Path("nowhere")), Memory()) if p.name != "report"}

    told = resolved(text)
    (tmp_path / "again.yaml").write_text(told)
    assert keys(tmp_path / "again.yaml") == keys(tmp_path / "s.yaml")


def test_the_quickstart_resolves(resolved):
    pytest.importorskip("lupa", reason="the quickstart wants Lua: pip install ./plugins/kcoder-lua")
    told = resolved(templates()["quickstart"])
    assert "lora,learning_rate=1e-3" in told


def test_a_swept_seed_is_written_under_each_variant(resolved, tmp_path):
    told = resolved(TEXT + "sweep:\n  seed:\n  - 1\n  - 2\n")
    before, _, under_variants = told.partition("variants:")
    assert "\nseed:" not in before
    seeds = [line for line in under_variants.splitlines() if "    seed:" in line]
    assert [line.split("#")[0].split()[1] for line in seeds] == ["1", "2"]
    assert [line[-2:] for line in seeds] == [":8", ":9"]
    (tmp_path / "again.yaml").write_text(told)
    assert [spec.head.seed for spec in prepare(tmp_path / "again.yaml").specs.values()] == [1, 2]


def test_a_swept_value_names_its_own_line(resolved):
    told = resolved(TEXT + "sweep:\n  train.alpha:\n  - 1\n  - 3\n")
    assert [line[-2:] for line in told.splitlines() if "alpha:" in line] == [":8", ":9"]


def test_options_under_the_name_of_the_method_name_their_line(resolved):
    told = resolved(TEXT.replace("{method: lora, r: 16}", "{method: {lora: {r: 16}}}"))
    assert next(line for line in told.splitlines() if "r: 16 " in line).endswith("s.yaml:5")
