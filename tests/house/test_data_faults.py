"""Broken input, from the command line: each fault is handled and counted, or refused with its place; no row is lost.

The numbers are those of the catalogue of faults that kcoder survives.
"""

import gzip
import json

import polars as pl
import pytest
from click.testing import CliRunner

from kcoder.cli import _exit_code

GOOD = [json.dumps({"id": f"good-{n}", "code": f"def f{n}(x):\n    return x + {n}\n"}) for n in range(40)]
LINES = "\n".join(GOOD).encode() + b"\n"
SPEC = """name: faults
data:
  source: {file}
  language: python
  filter: {filter}
  keep: {keep}
  dedup: [exact, near]
  decontaminate: mini
  split: {{train: 0.5, valid: 0.3, test: 0.2}}
"""


@pytest.fixture
def kcoder(tmp_path, monkeypatch):
    """`kcoder ARGS` in a folder of its own: exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def go(*args):
        with runner.isolation() as (out, err, _):
            code = _exit_code(list(args))
            return code, out.getvalue().decode(), err.getvalue().decode()

    go.folder = tmp_path
    return go


def written(kcoder, name, data, **told):
    (kcoder.folder / name).write_bytes(data)
    options = {"filter": "off", "keep": "[]"} | told
    (kcoder.folder / "s.yaml").write_text(SPEC.format(file=name, **options))


def facts(kcoder):
    diary = json.loads((kcoder.folder / "runs/faults/run.json").read_text())
    return {step["step"]: step["facts"] for step in diary["steps"]}


def conserved(told):
    """Rows in are rows kept and rows dropped, from the first step to the last."""
    rows = told["data.read"]["rows"]
    assert told["data.read"]["found"] == rows + sum(told["data.read"]["left_out"].values())
    for name, step in told.items():
        if "dropped" in step:
            assert step["in"] == rows == step["kept"] + sum(step["dropped"].values()), name
            rows = step["kept"]
    split = told["data.split"]
    assert rows == split["in"] == split["train"] + split["valid"] + split["test"]


def row(**told):
    return json.dumps({"id": "odd", "code": "def g(y):\n    return y * 2\n"} | told).encode()


REFUSED = {
    "1 a parquet file cut short": ("rows.parquet", b"PAR1" + b"\0" * 100, "rows.parquet is no whole Parquet file"),
    "1 a parquet file of no bytes": ("rows.parquet", b"", "rows.parquet is no whole Parquet file"),
    "3 JSON Lines cut short": ("rows.jsonl", LINES[:-20], "rows.jsonl:40: the file ends in the middle of this line"),
    "4 gzip cut short": ("rows.jsonl.gz", gzip.compress(LINES)[:-30], "is a truncated gzip file"),
    "5 a gzip bomb": ("rows.jsonl.gz", gzip.compress(b"x" * (1 << 20)) * 100, "refused as a gzip bomb"),
    "6 Latin-1": (
        "rows.jsonl",
        LINES + b'{"code": "\xe9"}\n',
        "rows.jsonl:41: byte 11 of the line, 0xE9, is not UTF-8",
    ),
    "6 Latin-1 in CSV": ("rows.csv", b"id,code\n1,\xe9\n", "rows.csv:2: byte 3 of the line, 0xE9, is not UTF-8"),
    "7 UTF-16": ("rows.jsonl", LINES.decode().encode("utf-16"), "rows.jsonl is UTF-16 or UTF-32, not UTF-8"),
    "9 NUL": ("rows.jsonl", LINES + b'{"code": "a\0"}\n', "rows.jsonl:41: a NUL byte"),
    "9 NUL in CSV": ("rows.csv", b"id,code\n1,a\0\n", "rows.csv:2: a NUL byte"),
    "18 a hundred thousand levels": (
        "rows.jsonl",
        LINES + b'{"code": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
        "rows.jsonl:41: nested too deep",
    ),
    "19 a line that is no object": ("rows.jsonl", LINES + b"[1, 2]\n", "rows.jsonl:41: an array, not an object"),
    "20 an empty file": ("rows.jsonl", b"", "rows.jsonl is empty"),
    "20 an empty CSV": ("rows.csv", b"", "rows.csv is empty"),
    "a record of another length": ("rows.csv", b"id,code\n1,a,b\n", "rows.csv:2: 3 fields where the header has 2"),
    "no column that fits": ("rows.jsonl", b'{"a": 1, "b": 2}\n', "cannot find a question and a code column in [a, b]"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place_and_nothing_is_lost(kcoder, fault):
    name, data, message = REFUSED[fault]
    written(kcoder, name, data)
    for command in (["run", "s.yaml"], ["dataset-stats", name]):
        code, _, said = kcoder(*command)
        assert code == 2, said
        assert message in said
        assert len(said.splitlines()) <= 25
        assert "Traceback" not in said
    # mended, the same command goes through
    written(kcoder, "rows.jsonl", LINES)
    assert kcoder("run", "s.yaml")[0] == 0
    conserved(facts(kcoder))


HANDLED = {
    "8 a byte order mark": (b"\xef\xbb\xbf" + LINES, 40, "byte order mark left out"),
    "10 a lone surrogate": (
        LINES + rb'{"id": "odd", "code": "s = 1  # \ud800"}' + b"\n",
        41,
        "lone surrogates replaced",
    ),
    "11 a line separator inside a text": (LINES + row(code="s = 'a\u2028b'\n") + b"\n", 41, ""),
    "12 a line of five megabytes": (LINES + row(code="s = 1\n" * 800_000) + b"\n", 41, ""),
    "13 a key that comes late": (LINES * 103 + row(licence="mit") + b"\n", 41, "made unique by the row's number"),
    "14 a number that turns into text": (LINES + row(id=7) + b"\n" + row(id="7a") + b"\n", 41, ""),
    "15 NaN and infinity": (
        LINES + b'{"id": NaN, "code": "a = 1"}\n{"id": "i", "stars": -Infinity, "code": "b = 2"}\n',
        42,
        "",
    ),
    "16 an id of thirty digits": (LINES + b'{"id": 123456789012345678901234567890, "code": "a = 1"}\n', 41, ""),
    "17 a key twice": (LINES + b'{"id": "a", "id": "b", "code": "a = 1"}\n', 41, "repeated keys in an object"),
    "21 an id twice": (LINES + row(id="good-1") + b"\n", 41, "repeated or missing ids, made unique"),
    "blank lines": (LINES.replace(b"\n", b"\n\n"), 40, "blank lines left out"),
}


@pytest.mark.parametrize("fault", HANDLED)
def test_what_can_be_mended_is_mended_and_told(kcoder, fault):
    data, distinct, said = HANDLED[fault]
    written(kcoder, "rows.jsonl", data)
    code, out, complaint = kcoder("run", "s.yaml")
    assert code == 0, complaint
    assert said in out + complaint
    told = facts(kcoder)
    conserved(told)
    assert told["data.read"]["rows"] == data.count(b'"code"')
    assert told["data.duplicates.exact"]["kept"] == distinct
    code, out, complaint = kcoder("dataset-stats", "rows.jsonl", "--json")
    assert code == 0, complaint
    assert json.loads(out)["data_sets"][0]["rows"] == told["data.read"]["rows"]


def test_16_every_digit_of_a_long_id_is_kept(kcoder):
    written(kcoder, "rows.jsonl", HANDLED["16 an id of thirty digits"][0])
    assert kcoder("run", "s.yaml")[0] == 0
    rows = pl.read_parquet(kcoder.folder / "runs/faults/data.read/rows.parquet")
    assert "123456789012345678901234567890" in rows["id"].to_list()


def test_22_a_filter_that_leaves_nothing_is_an_error_with_the_funnel(kcoder):
    written(kcoder, "rows.jsonl", LINES, filter="{min_bytes: 5_000}")
    code, _, said = kcoder("run", "s.yaml")
    assert code == 1
    assert "the filters leave nothing of 40 rows: 40 size < 5,000 bytes" in said


BREAKERS = ["x = " + "1 + " * 30_000 + "1\n", "(" * 500 + ")" * 500, "if (", "def f(:\n", "a\tb\x0c"]


def test_40_what_breaks_a_scorer_is_null_and_counted(kcoder):
    rows = b"".join(row(id=f"odd-{n}", code=code) + b"\n" for n, code in enumerate(BREAKERS))
    written(kcoder, "rows.jsonl", LINES + rows, keep="[cyclomatic >= 1]")
    code, _, said = kcoder("run", "s.yaml")
    assert code == 0, said
    told = facts(kcoder)
    conserved(told)
    assert told["data.keep"]["dropped"] == {"cyclomatic not known": 5}
    code, _, said = kcoder("dataset-stats", "rows.jsonl", "--language", "python", "--json")
    assert code == 0, said


def test_every_reader_gives_the_same_rows(kcoder):
    table = pl.DataFrame([json.loads(line) for line in GOOD])
    table.write_parquet(kcoder.folder / "rows.parquet")
    table.write_csv(kcoder.folder / "rows.csv")
    (kcoder.folder / "rows.jsonl.gz").write_bytes(gzip.compress(LINES))
    (kcoder.folder / "rows.json").write_text(f"[{','.join(GOOD)}]")
    found = {}
    for name in ("rows.parquet", "rows.csv", "rows.jsonl.gz", "rows.json"):
        (kcoder.folder / "s.yaml").write_text(SPEC.format(file=name, filter="off", keep="[]"))
        code, _, said = kcoder("run", "s.yaml")
        assert code == 0, said
        rows = pl.read_parquet(kcoder.folder / "runs/faults/data.split/train.parquet")
        found[name] = rows.drop("source").sort("id").to_dicts()
    assert len(found["rows.csv"]) > 10
    assert all(rows == found["rows.csv"] for rows in found.values())
