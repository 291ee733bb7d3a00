from kcoder.reporting.data_card import data_card


def step(name, asked=None, **facts):
    return {"step": f"data.{name}", "facts": facts, "asked": asked or {}}


READ = step(
    "read",
    {"source": {"is": "hub", "revision": 1, "name": "a/b", "world": {"commit": "c0ffee"}}},
    found=12,
    rows=10,
    characters=1234,
    left_out={"in other languages": 2},
    licences={"mit": 10},
    languages={"swift": 10},
)
SPLIT = step("split", train=6, valid=1, test=1, groups=7, near_duplicates_across=0)
LEAKS = {"humaneval": {"problems": 164, "found": ["HumanEval/3"]}}


def test_the_card_tells_where_rows_come_from_and_what_became_of_them():
    dropped = step("filter", dropped={"longest line > 1000": 1}, flagged={"secrets": 2})
    leaks = step("decontaminate", dropped={"humaneval": 1}, benchmarks=LEAKS, missing={"mbpp": "no network"})
    card = data_card("swift", "data", [READ, dropped, leaks, SPLIT])
    assert card.startswith("---\nlicense: mit\ntags:\n- code\n- swift\n---\n\n# swift: data\n")
    assert '"commit": "c0ffee"' in card and '"revision"' not in card
    assert "12 rows met, 10 read, 1,234 characters." in card
    assert "| in other languages | 2 |" in card
    assert "| filter | longest line > 1000 | 1 |" in card
    assert "| filter | secrets (flagged, kept) | 2 |" in card
    assert "| humaneval | 164 | 1 |" in card
    assert "Not looked for: mbpp (no network)." in card
    assert "No row of valid or test has a near duplicate in train (7 groups kept whole)." in card


def test_licences_that_differ_or_are_not_known_are_no_licence_of_the_whole():
    mixed = READ | {"facts": READ["facts"] | {"licences": {"mit": 9, "unknown": 1}}}
    card = data_card("x", "data", [mixed, SPLIT])
    assert card.startswith("---\nlicense: other\n")
    assert "| unknown | 1 |" in card


def test_what_was_not_looked_for_is_said():
    assert "No benchmark's problems were looked for." in data_card("x", "data", [READ, SPLIT])
    assert "## What was dropped\n\nNothing.\n" in data_card("x", "data", [READ, SPLIT])
