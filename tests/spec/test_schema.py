"""The JSON Schema takes what kcoder takes, and refuses what it can tell is wrong."""

import json

import jsonschema
import pytest

from kcoder.cli.init import templates
from kcoder.spec.load import load_text
from kcoder.spec.schema import spec_schema


@pytest.fixture(scope="module")
def schema():
    told = json.loads(json.dumps(spec_schema()))
    jsonschema.Draft202012Validator.check_schema(told)
    return told


def test_the_templates_are_right(schema):
    texts = templates()
    assert texts
    for text in texts.values():
        jsonschema.validate(load_text(text, "s.yaml")[0].plain(), schema)


@pytest.mark.parametrize("text", ["name: x\ntrian: lora", "train: lora", "name: x\npretrain: {hiden: 3, data: mini}"])
def test_what_is_misspelt_or_missing_is_refused(schema, text):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(load_text(text, "s.yaml")[0].plain(), schema)


def test_fields_carry_their_help_and_wires_are_nobodys_to_write(schema):
    train = schema["properties"]["train"]["anyOf"][0]["properties"]
    assert train["r"]["description"]
    assert "learning_rate" in train
    assert not {"rows", "valid", "model"} & set(train)
