"""One spec becomes several."""

import pytest

from kcoder.spec.load import load_text
from kcoder.vary import vary


def varied(text):
    variants, faults = vary(load_text(text, "s.yaml")[0])
    assert faults == [], faults
    return {v.name: v for v in variants}


def test_a_spec_without_variants_is_one_without_a_name():
    [(name, variant)] = varied("name: x\ntrain: lora").items()
    assert name == ""
    assert variant.root.plain() == {"name": "x", "train": "lora"}


def test_only_the_variants_run_each_with_its_changes():
    made = varied("train: {method: lora, r: 8}\nvariants:\n  small: {train: {r: 4}}\n  whole: {train: full}\n")
    assert {n: v.root.plain() for n, v in made.items()} == {
        "small": {"train": {"method": "lora", "r": 4}},
        "whole": {"train": {"method": "full"}},
    }


def test_a_sweep_is_the_product_of_its_values():
    made = varied("train: lora\nsweep: {train.r: [8, 16], train.target_modules: [attention, all-linear]}")
    assert list(made) == [
        "r=8,target_modules=attention",
        "r=8,target_modules=all-linear",
        "r=16,target_modules=attention",
        "r=16,target_modules=all-linear",
    ]
    assert made["r=16,target_modules=attention"].root.plain() == {
        "train": {"method": "lora", "r": 16, "target_modules": "attention"}
    }


def test_whole_sections_can_be_swept_and_are_named_as_written():
    made = varied("sweep: {train: [{method: lora, learning_rate: 2e-3}, {method: full, learning_rate: 5e-4}, full]}")
    assert list(made) == ["lora,learning_rate=2e-3", "full,learning_rate=5e-4", "full"]


def test_settings_are_what_the_variants_differ_in():
    made = varied(
        "sweep: {train: [{method: lora, learning_rate: 2e-3, r: 8}, {method: full, learning_rate: 2e-3, r: 8}]}"
    )
    assert [v.settings for v in made.values()] == [{"train.method": "lora"}, {"train.method": "full"}]


def test_variants_and_sweep_multiply():
    made = varied("variants: {a: {train: lora}, b: {train: full}}\nsweep: {data.sample: [10, 20]}")
    assert list(made) == ["a,sample=10", "a,sample=20", "b,sample=10", "b,sample=20"]


def test_names_are_safe_for_folders():
    [first, _] = varied("variants: {../../etc/passwd: {train: lora}, b: {train: full}}")
    assert "/" not in first and not first.startswith(".")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("variants: [a, b]", 1, "variants: expected a mapping"),
        ("variants:\n  a: lora", 2, "variants.a: expected a mapping of what changes"),
        ("sweep: {train.r: 8}", 1, "sweep.train.r: expected a list"),
        ("name: x\nsweep:\n  train.r: []", 3, "sweep.train.r: expected a list"),
        ("sweep: {train.r: [8, 8]}", 1, "two variants are called r=8"),
        (f"sweep: {{a.b: {list(range(50))}, c.d: {list(range(50))}}}", 1, "2,500 variants"),
    ],
)
def test_what_makes_no_variants_is_a_fault(text, line, message):
    _, faults = vary(load_text(text, "s.yaml")[0])
    assert faults[0].place.line == line
    assert message in faults[0].message


@pytest.mark.parametrize("name", ["report", "base", "train", "run.json", "data.read"])
def test_a_name_that_the_run_needs_itself_is_refused(name):
    _, faults = vary(load_text(f"variants: {{{name}: {{seed: 1}}, b: {{seed: 2}}}}", "s.yaml")[0])
    assert "stands for something else" in faults[0].message


def test_long_names_are_cut_by_bytes_and_stay_apart():
    made = varied(f"sweep: {{train.x: [{'ä' * 140}1, {'ä' * 140}2]}}")
    assert len(made) == 2
    assert all(len(name.encode()) < 200 for name in made)
