"""Failures and causes in results and on the page."""

from kcoder.reporting.failures import counted, tables
from kcoder.reporting.gather import Judged, Model
from kcoder.reporting.markup import join

WHERE = ("mini", "java")


def model(name, failures):
    return Model(
        name=name,
        of="base",
        variants=["v"],
        settings={},
        scores=[],
        parts={},
        judged={"evaluate": Judged(failures={WHERE: failures})},
    )


def test_they_stand_in_the_order_of_the_closed_set_with_their_causes():
    rows = list(counted([model("base", {("wrong answer", ""): 4, ("does not parse", "missing semicolon"): 2})]))
    assert [(row["failure"], row["cause"], row["count"]) for row in rows] == [
        ("does not parse", "missing semicolon", 2),
        ("wrong answer", "", 4),
    ]
    assert rows[0]["model"] == "base"


def test_the_page_holds_a_table_for_each_language_with_a_column_for_each_model():
    told = {
        "main": {"benchmark": "mini"},
        "models": [{"name": "base", "label": "base"}, {"name": "tuned", "label": "tuned (lora)"}],
        "failures": list(
            counted([model("base", {("type error", "missing return"): 3}), model("tuned", {("wrong answer", ""): 1})])
        ),
    }
    page = str(join(*tables(told)))
    assert "Java: failures and their causes" in page
    assert page.index("missing return") < page.index("wrong answer")
    assert "tuned (lora)" in page and "<td>3</td>" in page
