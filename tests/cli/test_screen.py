"""How errors read."""

from kcoder.cli.screen import WIDTH, complaint, duration, size
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


def test_times_and_sizes():
    assert [duration(s) for s in (0.04, 9.96, 41.2, 190, 18060)] == [
        "0.0 s",
        "10.0 s",
        "41 s",
        "3m10s",
        "5h01m",
    ]
    assert [size(n) for n in (812, 4100, 12_000_000, 3_000_000_000)] == ["812 B", "4.1 kB", "12 MB", "3.0 GB"]
