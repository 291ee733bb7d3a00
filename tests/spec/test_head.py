"""What a spec says about itself."""

import pytest
from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.spec.head import Head


def test_names_are_names_of_folders():
    assert validated(Head, {"name": "a-b_c.1"}).name == "a-b_c.1"
    for name in ("../x", "a/b", ".hidden", "", "x" * 101, "a b"):
        with pytest.raises(ValidationError):
            validated(Head, {"name": name})


def test_every_field_says_what_it_is():
    assert all(field.description for field in Head.model_fields.values())
