"""How a process tells the doctor what it found."""

import json
import sys

from kcoder.finding import MARK, Finding, begin, heard, tell


def test_what_is_told_is_heard_among_what_others_print(capsys):
    one = Finding("torch", True, "2.13 → good", "", {"arches": ["sm_90"], "free": 3})
    begin("torch")
    sys.stdout.write("a library speaks ")
    tell(one)
    tell(Finding("other", False, "bad", "mend it"))
    findings, begun = heard(capsys.readouterr().out)
    assert findings == [one, Finding("other", False, "bad", "mend it")]
    assert begun == ""


def test_what_was_begun_and_not_told_of_is_known(capsys):
    begin("one")
    tell(Finding("one", True, ""))
    begin("two")
    findings, begun = heard(capsys.readouterr().out)
    assert ([f.part for f in findings], begun) == (["one"], "two")


def test_a_line_that_a_kill_cut_off_is_left_out():
    assert heard(f'{MARK}{json.dumps({"begun": "full"})}\n{MARK}{{"told": {{"pa') == ([], "full")
