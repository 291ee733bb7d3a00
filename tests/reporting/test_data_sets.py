import json
import re

import pytest

from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.reporting.data_sets import page
from kcoder.reporting.values import number
from kcoder.scoring.data_set import DataSet
from kcoder.stages.statistics import Statistics


def data_set(name, repeat):
    told = [
        {
            "id": f"{name}{n}",
            "prompt": "do it " * (n % 5 + 1),
            "text": f"def f(x):\n    return x + {n}\n" * (n % repeat),
        }
        for n in range(20)
    ]
    rows = frame(Document, told)
    return DataSet(name, rows, rows.height, ("read as pairs",))


@pytest.fixture(scope="module")
def one():
    return Statistics(published=True).figures([data_set("<one>", 3)], Host())


@pytest.fixture(scope="module")
def two():
    return Statistics().figures([data_set("<one>", 3), data_set("two", 9)], Host())


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("</head>")[2]))


def test_the_page_needs_nothing_from_outside_and_escapes_names(one):
    html = page(one)
    assert html.startswith("<!doctype html>")
    assert not re.search(r"(src|href)=|url\(|@import|<script", html)
    assert "<one>" not in html
    assert "&lt;one&gt;" in html


def test_every_mean_stands_with_its_interval(one):
    text = words(page(one))
    value = one["data_sets"][0]["code"][0]["values"]["radon.halstead_length"]
    assert f"{number(value['mean'])} [{number(value['low'])}, {number(value['high'])}]" in text


def test_each_way_to_count_halstead_is_named_per_program_and_per_function(one):
    text = words(page(one))
    whole, functions = (text.index(caption) for caption in ("by radon and token", "its 19 functions"))
    for place in (whole, functions):
        assert "Halstead difficulty (radon)" in text[place:]
        assert "Halstead calculated length (token)" in text[place:]
    assert text.count("cyclomatic, sum of its functions") == text.count("cyclomatic, whole program") > 0


def test_published_figures_stand_beside_the_definitions_that_make_them_comparable(one, two):
    assert "30.92" in words(page(one))
    assert one["published"]["note"] in page(one)
    assert "30.92" not in words(page(two))


def test_several_sets_stand_side_by_side_with_drawings_and_overlap(two):
    html = page(two)
    assert html.count("<svg") >= 3
    assert "Rows of one set (down) whose question and answer stand in another (across)" in html
    assert "<svg" not in page(two | {"data_sets": two["data_sets"][:1], "overlap": None})


def test_what_is_not_defined_says_why(one):
    assert "not defined: no question has 100 words" in words(page(one))


def test_the_figures_may_have_been_through_a_file(one):
    assert page(json.loads(json.dumps(one))) == page(one)


def test_leaks_are_shown_with_both_texts_and_what_was_not_looked_for(one):
    leak = {
        "benchmark": "humaneval",
        "problem": "T/1",
        "row": "r7",
        "coverage": 0.83,
        "how": "solution",
        "problem_text": "def f(x): return x < 1",
        "row_text": "def g(y): return y < 1",
    }
    leaks = {
        "benchmarks": {"humaneval": {"problems": 1, "of": 164, "found": ["T/1"]}},
        "missing": {"mbpp": "the hub gave no answer"},
        "rows": 1,
        "found": 1,
        "shown": [leak],
    }
    html = page(one | {"data_sets": [one["data_sets"][0] | {"leaks": leaks}]})
    text = words(html)
    assert "r7 holds 83% of the solution of humaneval T/1" in text
    assert "def f(x): return x &lt; 1" in html
    assert "def g(y): return y &lt; 1" in html
    assert "the hub gave no answer" in text
    assert "Leaks" not in words(page(one))
