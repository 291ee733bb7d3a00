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


def test_licences_are_those_of_the_rows_that_are_left():
    mixed = READ | {"facts": READ["facts"] | {"licences": {"mit": 9, "unknown": 1}}}
    left = SPLIT | {"facts": SPLIT["facts"] | {"licences": {"mit": 8}}}
    card = data_card("x", "data", [mixed, left])
    assert card.startswith("---\nlicense: mit\n")
    assert "| mit | 8 |" in card and "| unknown |" not in card


def test_what_was_not_looked_for_is_said():
    assert "No benchmark's problems were looked for." in data_card("x", "data", [READ, SPLIT])
    assert "## What was dropped\n\nNothing.\n" in data_card("x", "data", [READ, SPLIT])


def test_the_nearest_rows_that_were_not_found_are_told_by_benchmark_with_the_embedder():
    near = {
        "humaneval": {
            "problems": 164,
            "jaccard": {"value": 0.4123, "problem": "HumanEval/3", "row": "a"},
            "cosine": {"value": 0.8, "problem": "HumanEval/7", "row": "b"},
        },
        "mbpp": {"problems": 426, "cosine": {"value": 0.25, "problem": "11", "row": "c"}},
    }
    told = step("neighbours", benchmarks=near, missing={}, shingle="5 words", embedder="hashing of words")
    card = data_card("x", "data", [READ, step("decontaminate", benchmarks=LEAKS), told, SPLIT])
    assert "| humaneval | 0.412 (HumanEval/3) | 0.800 (HumanEval/7) |" in card
    assert "| mbpp | – | 0.250 (11) |" in card
    assert "Jaccard of shingles of 5 words; cosine of vectors by hashing of words." in card
    assert "rows nearest" not in data_card("x", "data", [READ, step("decontaminate", benchmarks=LEAKS), SPLIT])


def test_characters_are_told_of_what_is_left_and_of_what_was_dropped():
    dropped = step("keep", dropped={"not cyclomatic >= 2": 3}, characters_lost={"not cyclomatic >= 2": 1234})
    sized = SPLIT | {"facts": SPLIT["facts"] | {"characters": {"train": 5000, "valid": 40, "test": 60}}}
    card = data_card("x", "data", [READ, dropped, sized])
    assert "| keep | not cyclomatic >= 2 | 3 | 1,234 |" in card
    assert "| train | 6 | 5,000 |" in card
    assert "| test | 1 | 60 |" in card


def test_the_card_names_the_embedder_what_was_derived_and_the_survival_of_each_source():
    semantic = step(
        "duplicates.semantic",
        dropped={"semantic duplicate": 39},
        survival={"ours": {"in": 100, "kept": 62}, "theirs": {"in": 10, "kept": 9}},
        sieve={"embedder": "hashing of words", "method": "greedy", "search": "partitioned", "recall": None},
    )
    near = step("duplicates.near", survival={"ours": {"in": 62, "kept": 62}}, sieve={"bands": 25, "seed": 0})
    card = data_card("x", "data", [READ, semantic, near, SPLIT])
    how = "duplicates.semantic: embedder hashing of words, method greedy, search partitioned, recall not known."
    assert how in card.splitlines()
    assert "duplicates.near: bands 25, seed 0." in card.splitlines()
    assert "| duplicates.semantic | ours | 100 | 62 | 62.0% |" in card
    assert "| duplicates.near | ours | 62 | 62 | 100.0% |" in card
    assert "## Duplicates" not in data_card("x", "data", [READ, SPLIT])


def packed(name, **told):
    lua = {"documents": 7, "tokens": 1400, "trained": 900, "truncated": 0, "padding": 0.25}
    java = {"documents": 1, "tokens": 0, "trained": 0, "truncated": 0}
    each = lua | {"per_document": {"mean": 200.0}}
    split = each | {"documents": 8, "padding": 0.2, "languages": {"java": java, "lua": each}}
    facts = {"sequence_length": 2048, "template": "alpaca", "train": split, "valid": split}
    return {"step": name, "facts": facts} | told


def test_tokens_and_padding_are_told_by_split_and_language():
    card = data_card("x", "data", [READ, SPLIT], [packed("train.rows")])
    assert "As train.rows packs them (rows of 2,048 tokens, alpaca template):" in card
    assert "| train | all | 8 | 1,400 | 900 | 200.0 | 20.0% |" in card
    assert "| valid | lua | 7 | 1,400 | 900 | 200.0 | 25.0% |" in card
    assert "| valid | java | 1 | 0 | 0 | – | – |" in card


def test_where_variants_pack_otherwise_each_is_told_by_name():
    several = [packed("train.rows", variants=["a", "b"]), packed("train.rows", variants=["c"])]
    card = data_card("x", "data", [READ, SPLIT], several)
    assert "As train.rows of a, b packs them" in card
    assert "As train.rows of c packs them" in card


def test_rows_that_no_source_gave_have_a_card_too():
    card = data_card("x", "data", [SPLIT | {"facts": SPLIT["facts"] | {"licences": {"unknown": 8}}}])
    assert "## Source" not in card
    assert "| train | 6 |" in card
