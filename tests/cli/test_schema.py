"""`kcoder schema`."""

import json


def test_it_is_written_to_a_file_or_printed(kcoder):
    assert json.loads(kcoder("schema").out)["title"] == "kcoder spec"
    said = kcoder("schema", "-o", "kcoder.schema.json")
    assert "yaml-language-server" in said.out
    assert json.loads((kcoder.folder / "kcoder.schema.json").read_text())["title"] == "kcoder spec"
