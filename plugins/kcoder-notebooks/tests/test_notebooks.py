import json

import polars as pl
import pytest
from kcoder_notebooks import Magics, MaxMagics, Notebooks

from kcoder.conformance import test_plugin as conformance
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.source import Wanted


@pytest.fixture
def folder(tmp_path):
    def cell(kind, *lines):
        return {"cell_type": kind, "source": list(lines)}

    cells = [cell("code", "import os\n", "os.getcwd()"), cell("markdown", "# words"), cell("code", "!ls")]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    spoken = {"cells": [cell("code", "1 + 1")], "metadata": {"kernelspec": {"language": "julia"}}}
    (tmp_path / "b.ipynb").write_text(json.dumps(spoken))
    (tmp_path / "broken.ipynb").write_text("{")
    return tmp_path


def read(folder):
    wanted = Wanted()
    return pl.concat(list(Notebooks(path=str(folder)).batches(wanted))), wanted.left_out


def test_the_code_of_each_notebook_is_a_document(folder):
    rows, left_out = read(folder)
    assert rows.select("id", "language", "text").rows() == [
        ("a.ipynb", "python", "import os\nos.getcwd()\n\n!ls\n"),
        ("b.ipynb", "julia", "1 + 1\n"),
    ]
    assert left_out == {"no notebook inside": 1}


def test_many_lines_for_ipython_drop_a_text(folder):
    rows, _ = read(folder)
    filtered = load("stages", "filter").reasons(rows, (MaxMagics(),), Host())
    assert filtered.to_series().struct.field("reason").to_list() == ["IPython lines > 20 %", None]


def test_the_metric_counts_documents(folder):
    [score] = Magics().score(read(folder)[0].lazy()).to_dicts()
    assert (score["k"], score["n"], score["value"]) == (1, 2, 0.5)


@pytest.mark.parametrize(
    ("group", "name"), [("sources", "notebooks"), ("filters", "max_magics"), ("metrics", "magics")]
)
def test_the_package_keeps_the_contracts(group, name):
    findings = conformance(group, name, Host())
    assert len(findings) > 3
    assert [f for f in findings if not f.ok] == []
