"""Programs that cheat, harm, exhaust or are merely awkward, in six languages, with the verdict each deserves."""

import json
import os
from pathlib import Path

import psutil
import pytest

from kcoder.completions.cut import cut, opened
from kcoder.errors import KcoderError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.plugin import load
from kcoder.records import NOT_THE_MODELS

DATA = os.environ.get("KCODER_TEST_DATA")
LANGUAGES = {"py": "python", "js": "javascript", "rb": "ruby", "rs": "rust", "java": "java", "swift": "swift"}
#: what the collection calls a verdict
CLASSES = {
    "exit": "incomplete",
    "assertion": "wrong answer",
    "crash": "runtime error",
    "runtime": "runtime error",
    "syntax": "build failed",
    "timeout": "timed out",
    "memory": "out of memory",
    "output": "output flood",
    "processes": "sandbox denied",
    "disk": "sandbox denied",
    "pass": "passed",
}
#: what we see more of than the collection expects: Ruby's tests stand in a file of their own, so that `__END__` in the
#: candidate's does not hide them
BETTER = {"rb-end-marker": "wrong answer"}
HARMLESS = {"passed", "wrong answer", "runtime error", "incomplete", "timed out", "sandbox denied"}


def running():
    return {process.pid: process.name() for process in psutil.process_iter(["name"])}


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
@pytest.mark.parametrize("short", LANGUAGES)
def test_every_hostile_program_gets_the_verdict_it_deserves(short, level, tmp_path, monkeypatch):
    language = load("languages", LANGUAGES[short])
    if why := proven(level):
        pytest.skip(f"{level} does not hold here: {why}")
    try:
        language.version()
    except KcoderError as error:
        pytest.skip(f"{error.message}: {error.hint}")
    if level == "landlock" and language.image():
        pytest.skip("an image needs namespaces")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "a secret")
    (tmp_path / "scratch").mkdir()
    told = [json.loads(line) for line in Path(DATA or "", "adversarial", f"{short}.jsonl").read_text().splitlines()]
    with Sandbox(timeout=3).open(Host(workers=2, sandbox=level)) as execute:
        judged = {judgement.id: judgement for judgement in execute([_job(language, row) for row in told])}
    faults = {row["id"]: judged[row["id"]] for row in told if not _right(row, judged[row["id"]])}
    assert not faults
    assert len(judged) == len(told) > 3
    assert list(tmp_path.rglob("*")) == [tmp_path / "scratch"]


def _job(language, row):
    tests = row["tests"] + (f"\ncheck({row['entry_point']})\n" if row["language"] == "py" else "")
    code = row["prompt"] + row["completion"]
    if row["kind"] == "benign":  # in the habits of real models, which are cut before they are judged
        code = opened(cut(language, row["prompt"], row["completion"], row["entry_point"]).code, tests)
    return Job(row["id"], language, code, row["entry_point"], language.asserts(row["prompt"], tests))


def _right(row, judgement):
    if row["expected_verdict"] == "any":  # the harness and the machine must be whole, whatever became of the program
        return judgement.verdict not in NOT_THE_MODELS and judgement.verdict in HARMLESS
    return judgement.verdict == BETTER.get(row["id"], CLASSES[row["expected_class"]])
