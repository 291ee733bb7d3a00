"""What every embedder says of itself."""

import pytest

from kcoder.plugin import load, names


@pytest.mark.parametrize("name", [name for name in names("embedders") if name != "sentence"])  # it needs a model
def test_an_embedder_is_named_in_every_result(name):
    embedder = load("embedders", name)()
    assert embedder.facts() == {"embedder": embedder.title()}
    assert name in embedder.title()
