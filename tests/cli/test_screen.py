"""How errors read."""

import errno

from kcoder.cli.screen import WIDTH, complaint, from_the_system
from kcoder.errors import Fault, KcoderError, Place, SpecError


def test_an_error_says_what_and_what_next():
    assert complaint(KcoderError("it broke", "mend it")) == "kcoder: it broke\n  hint: mend it"


def test_a_long_line_is_shown_around_the_caret():
    text = "a: " + "x" * 300 + "HERE" + "y" * 300
    said = complaint(SpecError("s.yaml", [Fault(Place("s.yaml", 1, 304, text), "wrong")])).splitlines()
    line, caret = said[4], said[5]
    assert line[caret.index("^")] == "H"
    assert len(line) <= WIDTH + 10


def test_many_faults_are_cut_and_counted():
    faults = [Fault(Place("s.yaml", n, 1, "x"), f"wrong {n}") for n in range(1, 21)]
    said = complaint(SpecError("s.yaml", faults))
    assert said.startswith("kcoder: 20 problems in s.yaml")
    assert "and 14 more" in said


def test_what_the_system_refuses_has_a_next_step_and_nothing_else_is_taken_for_it():
    refused = from_the_system(PermissionError(errno.EACCES, "Permission denied", "/a/b"))
    assert (refused.exit_code, refused.message) == (2, "cannot use /a/b: Permission denied")
    full = from_the_system(RuntimeError("No space left on device (os error 28)"))
    assert (full.exit_code, full.message) == (3, "the disk is full: no space is left for a file")
    assert "kcoder prune" in full.hint
    assert from_the_system(ValueError("a defect")) is None
