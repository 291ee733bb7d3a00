import random
from typing import ClassVar

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.records import Document, frame, schema
from kcoder.stage import Stage, Step
from kcoder.stages.split import Split


class Rows(Stage):
    """Stands for the step before the one under test."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Rows())["rows"]


@pytest.fixture
def split(tmp_path):
    """The ids in each part, of rows (id, prompt, text) or (id, prompt, text, repository)."""

    def splitting(rows, **options):
        file = tmp_path / "in.parquet"
        told = [dict(zip(("id", "prompt", "text", "repository"), row, strict=False)) for row in rows]
        frame(Document, told).write_parquet(file)
        facts = Split(rows=ROWS, **options).run({ROWS: file}, tmp_path, Host())
        parts = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in Split.produces}
        assert all(part.schema == schema(Document) for part in parts.values())
        assert {n: facts[n] for n in ("in", *parts)} == {"in": len(rows)} | {n: p.height for n, p in parts.items()}
        assert facts["licences"] == {"unknown": len(rows)}
        assert facts["characters"] == {n: sum(map(len, p["text"])) for n, p in parts.items()}
        return {name: part["id"].to_list() for name, part in parts.items()}

    return splitting


MANY = [(str(n), None, f"x = {n}") for n in range(1000)]
FOR_GOOD = {
    "train": ["3", "6", "8", "12", "13"],
    "valid": ["0", "1", "4", "5", "10"],
    "test": ["2", "7", "9", "11", "14"],
}


def test_every_row_goes_to_one_part_and_shares_hold_on_average(split):
    parts = split(MANY)
    assert sorted(each for ids in parts.values() for each in ids) == sorted(id_ for id_, _, _ in MANY)
    assert 870 <= len(parts["train"]) <= 930
    assert 30 <= len(parts["valid"]) <= 70
    assert Split(rows=ROWS).conserves()


def test_equal_rows_stay_together(split):
    parts = split(MANY + [(f"again {id_}", "", text) for id_, _, text in MANY])
    for ids in parts.values():
        assert {f"again {each}" for each in ids if "again" not in each} == {each for each in ids if "again" in each}


def test_new_rows_and_another_order_move_no_old_row(split):
    before = split(MANY[:500])
    after = split(MANY[::-1])
    for name, ids in before.items():
        assert set(ids) <= set(after[name])


def test_another_seed_splits_otherwise(split):
    assert split(MANY)["valid"] != split(MANY, seed=1)["valid"]


def test_the_place_of_a_row_is_fixed_for_good(split):
    parts = split(MANY[:30], train=0.4, valid=0.3, test=0.3)
    assert {name: ids[:5] for name, ids in parts.items()} == FOR_GOOD


def test_a_repository_stays_together(split):
    rows = [(f"{repo} {n}", None, f"{repo} {n} = {repo * n}", f"me/{repo}") for repo in range(60) for n in range(9)]
    for ids in split(rows, train=0.5, valid=0.25, test=0.25).values():
        repositories = {each.split()[0] for each in ids}
        assert len(ids) == 9 * len(repositories)
    parts = split(rows, train=0.5, valid=0.25, test=0.25, by=())
    assert {each.split()[0] for each in parts["train"]} & {each.split()[0] for each in parts["test"]}


def words(chance, count=40):
    return " ".join(
        chance.choices(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"], k=count)
    )


def jaccard(one, other, n=5):
    a, b = ({tuple(w[i : i + n]) for i in range(len(w) - n + 1)} for w in (one.split(), other.split()))
    return len(a & b) / len(a | b)


def test_no_held_out_row_has_a_near_duplicate_in_train_by_comparing_all(split):
    chance = random.Random(0)
    texts = [words(chance) for _ in range(60)]
    texts += [text.replace(text.split()[0], "omega", 1) for text in texts]  # one word of forty
    rows = [(str(n), None, text) for n, text in enumerate(texts)]
    shares = {"train": 0.6, "valid": 0.2, "test": 0.2}
    text_of = {id_: text for id_, _, text in rows}

    def leaks(parts):
        held = [text_of[i] for i in parts["valid"] + parts["test"]]
        return sum(jaccard(text_of[i], other) >= 0.7 for i in parts["train"] for other in held)

    assert leaks(split(rows, **shares)) == 0
    assert leaks(split(rows, **shares, by=("repository",))) > 10


def test_rows_that_are_added_move_only_what_they_join(split):
    chance = random.Random(1)
    old = [(str(n), None, words(chance)) for n in range(300)]
    new = [(f"new {n}", None, words(chance)) for n in range(300)]
    before, after = split(old), split(old + new)
    for name, ids in before.items():
        assert set(ids) <= set(after[name])


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValidationError, match=r"add up to 1\.1, not 1"):
        Split(rows=ROWS, train=0.9, valid=0.1, test=0.1)


def test_an_empty_part_is_refused_with_advice_and_an_empty_test_is_not(split):
    row = next(row for row in MANY if row[0] in split(MANY)["train"])
    with pytest.raises(
        KcoderError, match=r"no row of 1 fell to valid, whose share is 0\.05; the largest of 1 groups"
    ) as caught:
        split([row])
    assert "larger share" in caught.value.hint
    assert split(MANY[:100], train=0.5, valid=0.5, test=0.0)["test"] == []


def test_the_card_tells_tokens_of_the_step_that_packed_these_rows(tmp_path):
    language = {"documents": 9, "tokens": 90, "trained": 80, "truncated": 0, "padding": 0.25}
    split = {**language, "languages": {}, "per_document": {"mean": 10.0}}
    facts = {"sequence_length": 64, "template": "plain", "train": split, "valid": split}
    rows = {"groups": 9, "train": 9, "valid": 1, "test": 1, "characters": {"train": 300, "valid": 20, "test": 7}}
    steps = [{"step": "data.split", "key": "k", "artifact": "made", "variants": [""], "facts": rows}]
    for name, key in (("train.rows", "k"), ("other.rows", "another")):
        asked = {"is": "pack", "rows": {"key": key, "output": "train"}}
        steps.append({"step": name, "key": name, "artifact": name, "variants": [""], "facts": facts, "asked": asked})
    Split.model_construct().publish(tmp_path / "made", tmp_path, {"steps": steps})
    card = (tmp_path / "data.README.md").read_text()
    assert "As train.rows packs them (rows of 64 tokens, plain template):" in card
    assert "| train | all | 9 | 90 | 80 | 10.0 | 25.0% |" in card
    assert "other.rows" not in card
