from kcoder.cli.evidence import LINES, evidence

LEAK = {
    "benchmark": "humaneval",
    "problem": "T/1",
    "row": "r7",
    "coverage": 0.834,
    "how": "solution",
    "problem_text": "def f(x):\n    return 1\n",
    "row_text": "\n".join(f"line {n}" for n in range(30)),
}


def test_a_leak_is_shown_with_both_texts_of_a_bounded_length():
    told = {"name": "set", "leaks": {"found": 3, "shown": [LEAK]}, "listings": []}
    lines = list(evidence(told))
    assert lines[1:5] == [
        "  set: 3 leaks",
        "    r7 holds 83% of the solution of humaneval T/1",
        "      problem:",
        "        def f(x):",
    ]
    assert sum(line.startswith("        line ") for line in lines) == LINES
    assert "        … 18 more lines" in lines
    assert lines[-1] == "    and 2 more"


def test_rows_of_a_problem_are_named_with_what_shows_it():
    listing = {"label": "average line > 100", "count": 2, "rows": [["r1", "average_line = " + "1" * 200]]}
    lines = list(evidence({"name": "set", "leaks": None, "listings": [listing]}))
    assert lines[1] == "  set: 2 average line > 100"
    assert lines[2].startswith("    r1   average_line = 1")
    assert max(map(len, lines)) <= 100
    assert lines[3] == "    and 1 more"


def test_a_rows_text_cannot_steer_the_terminal():
    listing = {"label": "rows", "count": 1, "rows": [["r1", "\x1b[2J\tgone\r"]]}
    assert list(evidence({"name": "set", "leaks": None, "listings": [listing]}))[2] == "    r1   �[2J   gone�"


def test_of_a_set_without_problems_nothing_is_shown():
    assert list(evidence({"name": "set", "leaks": {"found": 0, "shown": []}, "listings": []})) == []
