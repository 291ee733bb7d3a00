"""What `kcoder show` says of documents."""

import pytest

from kcoder.cli.documents import HEAD, TAIL, documents, dropped, funnel, reasons
from kcoder.records import Document, Dropped, frame


def row(number, **more):
    return {"id": f"r{number}", "text": f"x = {number}\n", "language": "python", "source": "made"} | more


@pytest.fixture
def table(tmp_path):
    """Rows of Document, or of Dropped where they have a reason, in a file."""

    def written(rows):
        kind = Dropped if rows and "reason" in rows[0] else Document
        frame(kind, rows).write_parquet(tmp_path / "rows.parquet")
        return tmp_path / "rows.parquet"

    return written


def test_a_document_is_shown_with_its_origin_its_question_and_its_text(table):
    rows = [row(1, prompt="def f(x):\n", text="    return x\n", path="a/b.py", licence="MIT")]
    assert list(documents(table(rows), 3, 100)) == [
        "── r1   python   made   a/b.py   licence MIT",
        "  prompt",
        "    def f(x):⏎",
        "  text",
        "        return x⏎",
        "",
    ]


def test_rows_are_taken_from_all_of_the_table_and_never_twice(table):
    file = table([row(n) for n in range(9)])
    heads = [line for line in documents(file, 3, 100) if line.startswith("──")]
    assert [head.split()[1] for head in heads] == ["r0", "r4", "r8"]
    assert sum(line.startswith("──") for line in documents(table([row(0), row(1)]), 5, 100)) == 2
    assert list(documents(table([]), 3, 100)) == []


def test_a_long_text_is_shown_in_part(table):
    lines = list(documents(table([row(1, text="".join(f"x{n}\n" for n in range(40)))]), 1, 100))
    assert f"    … {40 - HEAD - TAIL} more lines" in lines
    assert "    x0⏎" in lines and "    x39⏎" in lines and "    x20⏎" not in lines


def test_each_reason_is_shown_before_any_is_shown_twice(table):
    told = [("too long", "line = 2000"), ("too long", "line = 3000"), ("few letters", None), ("too long", "line = 9")]
    rows = [row(n, reason=reason, evidence=evidence) for n, (reason, evidence) in enumerate(told)]
    file = table(rows)
    assert reasons(file) == {"too long": 3, "few letters": 1}
    heads = [line for line in dropped(file, 3, 100) if line.startswith("──")]
    assert [head for head in heads if "licence" not in head] == [
        "── too long: line = 2000",
        "── few letters",
        "── too long: line = 3000",
    ]


def test_what_data_say_neither_steers_the_terminal_nor_runs_over_its_edge(table):
    trap = "\x1b]0;owned\x07" + "w" * 200
    file = table([row(1, id=trap, path=trap, text=trap, reason=trap, evidence=trap)])
    lines = [*dropped(file, 1, 60), *documents(file, 1, 60)]
    assert all(line.isprintable() and len(line) <= 60 for line in lines)


def test_the_funnel_says_what_each_step_kept_why_it_dropped_and_what_it_flagged():
    steps = {"data.read": {"rows": 9}, "data.filter": {"kept": 5, "dropped": 4}}
    why = {"data.filter": {"few letters": 1, "too long": 3, "never met": 0}}
    flagged = {"data.filter": {"secrets": 2, "never met": 0}}
    assert list(funnel(steps, why, flagged)) == [
        "  data.read    9 rows",
        "  data.filter  5 kept    4 dropped",
        "                 −3 too long",
        "                 −1 few letters",
        "                 2 flagged secrets",
    ]
