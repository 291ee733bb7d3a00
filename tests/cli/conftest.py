"""`kcoder ARGS` in this process, in a folder of its own."""

from dataclasses import dataclass

import pytest

from kcoder.cli import _exit_code

TINY = """name: tiny
why: What is in it?
data: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def kcoder(tmp_path, monkeypatch, capsys):
    """Run the command line in a folder that holds tiny.yaml; gives its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY)

    def go(*args):
        capsys.readouterr()
        code = _exit_code([str(a) for a in args])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    go.folder = tmp_path
    go.tiny = TINY
    return go


@pytest.fixture
def tiny(kcoder):
    """A spec of data stages only, carried out."""
    assert kcoder("run", "tiny.yaml").code == 0
    return kcoder.folder / "runs" / "tiny"
