"""Every wrong spec is refused with its line, its cause and its cure.

The first line of each file says what is expected: `# wrong: LINE | MESSAGE | HINT`.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner

from kcoder.cli.screen import WIDTH, complaint
from kcoder.errors import SpecError
from kcoder.prepare import prepare

FILES = sorted((Path(__file__).parent / "wrong").glob("*.yaml"))


def test_there_are_wrong_specs():
    assert len(FILES) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_it_is_refused_at_its_line_with_cause_and_cure(path):
    line, message, hint = (s.strip() for s in path.read_text().splitlines()[0].removeprefix("# wrong:").split("|"))
    with pytest.raises(SpecError) as caught:
        prepare(path)
    faults = caught.value.faults
    assert [f.place.line for f in faults] == [int(line)], [f"{f.place}: {f.message}" for f in faults]
    assert message in faults[0].message
    assert hint in faults[0].hint
    said = complaint(caught.value).splitlines()
    assert len(said) <= 25
    assert max(len(row) for row in said) <= WIDTH + 40


def test_all_faults_are_told_at_once_in_order_of_place(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "name: x\nmodel: m\ntrian: lora\ndata: {source: mini, langauge: lua}\nevaluate: {benchmark: mini, samples: 0}\n"
    )
    with pytest.raises(SpecError) as caught:
        prepare(tmp_path / "s.yaml")
    assert [(f.place.line, f.message) for f in caught.value.faults] == [
        (3, "trian: unknown field"),
        (4, "data.langauge: unknown field"),
        (5, "evaluate.samples: must be at least 1, got 0"),
    ]


@pytest.mark.parametrize("command", ["check", "run"])
def test_the_command_exits_with_2_and_shows_line_and_caret(command, tmp_path, monkeypatch):
    from kcoder.cli import _exit_code

    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text("name: x\nmodel: m\ntrian: lora\n")
    runner = CliRunner()
    with runner.isolation() as (_, stderr, _):
        assert _exit_code([command, "s.yaml"]) == 2
        said = stderr.getvalue().decode()
    assert said.startswith("kcoder: 1 problem in s.yaml\n\n  s.yaml:3:1\n    trian: unknown field\n")
    assert "       3 | trian: lora\n         | ^\n    hint: did you mean train?\n" in said
    assert "Traceback" not in said
    assert not (tmp_path / "runs").exists()
