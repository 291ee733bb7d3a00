"""Typed sections, and the rules between them."""

from kcoder.spec.load import load_text
from kcoder.spec.read import absorbed, read

HEAD = "name: x\n"


def faults(text):
    return [f.message for f in read(load_text(HEAD + text, "s.yaml")[0]).faults]


def section(text, name):
    reading = read(load_text(HEAD + text, "s.yaml")[0])
    assert reading.faults == []
    return reading.spec.sections[name]


MODEL = "model: runs/other\ndata: {source: mini, language: python}\n"


def test_options_of_the_method_stand_beside_the_sections_own_fields():
    train = section(MODEL + "train: {method: lora, r: 16, sequence_length: 64}", "train")
    assert (train.method.r, train.sequence_length) == (16, 64)


def test_a_word_is_a_section():
    assert section(MODEL + "train: full", "train").method.describe()
    assert section(MODEL + "train: none", "train").method is None


def test_the_presets_of_a_section_lie_under_what_is_written():
    data = "data: {source: mini, language: python}"
    text = f"pretrain: {{{data}, %s}}"
    assert section(text % "layers: 1", "pretrain").method.learning_rate == 3e-3
    assert section(text % "learning_rate: 0.1", "pretrain").method.learning_rate == 0.1


def test_a_section_that_is_always_there_needs_no_line():
    assert section(MODEL, "report").select is None


def test_one_wrong_section_does_not_hide_the_rules_of_the_others():
    told = faults("train: {method: lora, r: many}\nevaluate: {benchmark: mini, samples: 2, temperature: 0.5}\n")
    assert told[0].startswith("train.r: expected a whole number")
    assert any("pass@10 needs at least 10 samples" in f for f in told)
    assert any("there is no model to evaluate" in f for f in told)


def test_a_section_that_is_there_but_wrong_is_not_called_missing():
    told = faults("model: m\ndata: {source: mini, language: klingon}\ntrain: lora\n")
    assert told == ["data.language: no language is called 'klingon'"]


def test_absorbing_leaves_what_is_no_mapping_to_the_model():
    from kcoder.plugin import load

    train = load("sections", "train")
    assert absorbed(train, "lora") == {"method": "lora"}
    assert absorbed(train, {"method": 5, "r": 8}) == {"method": 5}
    assert absorbed(train, ["lora"]) == {"method": ["lora"]}


def test_a_method_with_options_of_its_own_lies_over_the_presets():
    told = "pretrain: {method: {full: {epochs: 2}}, data: {source: mini, language: python}}"
    method = section(told, "pretrain").method
    assert (method.learning_rate, method.epochs) == (3e-3, 2)
    assert section(MODEL + "train: {method: {lora: {r: 3}}, sequence_length: 64}", "train").method.r == 3
