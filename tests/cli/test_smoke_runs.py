"""`kcoder run SPEC --smoke`: from real source files to a report, without weights, in a minute."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest

from kcoder.errors import MachineLacksError
from kcoder.plugin import load

sys.path.insert(0, str(Path(__file__).parents[1]))
from hub_server import serving

SPECS = Path(__file__).parents[2] / "specs"
DATA = os.environ.get("KCODER_TEST_DATA")
OWN = """name: own
model: Salesforce/codegen-350M-mono
data: {{source: {folder}, language: python, decontaminate: mini}}
train: qlora
evaluate: {{benchmark: mini, languages: [python]}}
"""


def outputs(folder):
    """What a person may read apart from its folder."""
    return [folder / name for name in ("report.html", "results.json", "results.csv", "run.json", "spec.resolved.yaml")]


def test_from_the_standard_librarys_files_to_a_report_that_says_smoke(kcoder):
    (kcoder.folder / "own.yaml").write_text(OWN.format(folder=Path(asyncio.__file__).parent))
    said = kcoder("run", "own.yaml", "--smoke")
    assert said.code == 0, said.err
    run = kcoder.folder / "runs/own-smoke"
    told = json.loads((run / "results.json").read_text())
    assert {(row["model"], row["n"]) for row in told["scores"]} == {("base", 5), ("tuned", 5)}
    assert all("smoke" in path.read_text() for path in outputs(run))
    assert "own-smoke   A smoke run" in said.out
    assert "kcoder run own.yaml --smoke" in (run / "run.json").read_text()
    reused = kcoder("run", "own.yaml", "--smoke")
    assert "reused" in reused.out


def test_without_the_hub_it_says_what_to_give_instead(kcoder, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for verb in ("run", "check"):
        said = kcoder(verb, SPECS / "swift_lora.yaml", "--smoke")
        assert said.code == 3
        assert "--set data.source=FOLDER --set evaluate.file=FILE_OR_FOLDER" in said.out + said.err


@pytest.fixture
def problems(tmp_path):
    if not DATA:
        pytest.skip("KCODER_TEST_DATA is not set")
    folder = tmp_path / "problems"
    shutil.copytree(Path(DATA) / "multipl-e", folder)
    shutil.copy(Path(DATA) / "humaneval/HumanEval.jsonl.gz", folder)
    return folder


def has(language):
    try:
        load("languages", language).version()
    except MachineLacksError as error:
        pytest.skip(error.message)


def test_java_full_vs_lora_from_the_files_of_the_jdk(kcoder, problems):
    has("java")
    archives = [path for path in Path("/usr/lib/jvm").glob("*/lib/src.zip") if path.exists()]
    if not archives:
        pytest.skip("this machine has no sources of the JDK (/usr/lib/jvm/*/lib/src.zip)")
    with zipfile.ZipFile(archives[0]) as archive:
        names = [n for n in archive.namelist() if n.startswith("java.base/java/util/") and n.endswith(".java")]
        archive.extractall(kcoder.folder / "java", names[:60])
    given = ("--set", "data.source=java", "--set", f"evaluate.file={problems}")
    said = kcoder("run", SPECS / "java_full_vs_lora.yaml", "--smoke", *given)
    assert said.code == 0, said.err
    told = json.loads((kcoder.folder / "runs/java-full-vs-lora-smoke/results.json").read_text())
    assert {row["model"] for row in told["scores"]} >= {"lora", "full"}
    assert {row["language"] for row in told["scores"]} == {"java", "python"}
    assert {row["n"] for row in told["scores"]} == {5}


def test_swift_lora_from_a_data_set_of_the_hub(problems, tmp_path):
    """From a hub on loopback that has The Stack's Swift alone."""
    has("swift")
    files = tmp_path / "hub/bigcode/the-stack-dedup/data/swift"
    files.mkdir(parents=True)
    texts = [f"func sum{n}(_ xs: [Int]) -> Int {{\n    return xs.reduce({n}, +)\n}}\n" for n in range(80)]
    pl.DataFrame({"content": texts, "hexsha": [f"sha{n}" for n in range(80)]}).write_parquet(files / "data.parquet")
    with serving(tmp_path / "hub") as (address, _):
        env = {k: v for k, v in os.environ.items() if k not in ("HF_HUB_OFFLINE", "HF_TOKEN")}
        env |= {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "kcoder", "run", str(SPECS / "swift_lora.yaml"), "--smoke"]
        command += ["--set", f"evaluate.file={problems}"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "runs/swift-lora-smoke/results.json").read_text())
    assert {row["language"] for row in told["scores"]} == {"swift", "python"}
    assert {row["model"] for row in told["scores"]} == {"base", "tuned"}
