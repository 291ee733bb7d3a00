"""Data sets of the hub; `tests/test_hub.py` streams them, here it is what is read of their rows."""

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder import hub
from kcoder.errors import UsageError
from kcoder.source import WITHOUT_OWNER
from kcoder.sources.hub import KNOWN, Hub, laid_out


@pytest.fixture
def streamed(monkeypatch):
    """The source, over these rows instead of the network; and where it looked for them."""
    asked = []

    def serve(rows, licence=None):
        def batches(name, **where):
            asked.append({k: where[k] for k in ("config", "folder", "split")})
            yield pl.DataFrame(rows)

        monkeypatch.setattr(hub, "batches", batches)
        monkeypatch.setattr(hub, "licence", lambda name, commit, host: licence)
        monkeypatch.setattr(hub, "commit", lambda name, revision: "0" * 40)
        return asked

    return serve


def test_the_stack_is_read_by_the_folder_of_each_language_wanted(streamed, gather):
    asked = streamed({"content": ["x"], "hexsha": ["a"], "max_stars_repo_licenses": [["MIT"]]})
    found = gather(Hub(name="bigcode/the-stack-dedup"), ["cpp"])
    assert asked == [{"config": None, "folder": "data/c++", "split": "train"}]
    told = found.rows.select("id", "text", "language", "licence", "source")
    assert told.row(0) == ("a", "x", "cpp", "MIT", "bigcode/the-stack-dedup/cpp")


def test_a_data_set_by_language_needs_a_language(streamed, gather):
    streamed({"content": ["x"]})
    with pytest.raises(UsageError, match="has a part for each language"):
        gather(Hub(name="bigcode/the-stack-dedup"))


def test_the_licence_of_the_card_stands_for_rows_without_one(streamed, gather):
    streamed({"instruction": ["q", "r"], "input": ["", "i"], "output": ["a", "b"]}, licence="cc-by-nc-4.0")
    found = gather(Hub(name="sahil2801/CodeAlpaca-20k"))
    assert found.rows.select("prompt", "text", "licence", "input_at").rows() == [
        ("q", "a", "cc-by-nc-4.0", None),
        ("r\ni", "b", "cc-by-nc-4.0", 2),
    ]


def test_layout_in_words_becomes_lines():
    text = laid_out("def f ( a ) : NEW_LINE INDENT return a NEW_LINE DEDENT print ( f ( 1 ) )")
    assert text == "def f ( a ) :\n    return a\nprint ( f ( 1 ) )"
    compile(text, "program", "exec")


def test_a_configuration_that_is_told_is_read_instead_of_the_known_file(streamed, gather):
    asked = streamed({"text": ["Sum"], "code": ["a"]})
    gather(Hub(name="codeparrot/xlcost-text-to-code", config="{language}-x", split="test"), ["python"])
    assert asked == [{"config": "Python-x", "folder": None, "split": "test"}]


def test_layout_in_words_keeps_what_has_none():
    assert laid_out("int a ; int b ;") == "int a ; int b ;"
    assert laid_out("") == ""


@pytest.mark.parametrize("name", KNOWN)
def test_columns_of_known_sets_are_columns_of_a_document(name):
    assert set(KNOWN[name].columns) <= {"question", "code"}


def test_the_known_sets_without_an_owner_are_sources_by_their_word():
    assert {name for name in KNOWN if "/" not in name} == {*WITHOUT_OWNER}


def test_a_name_no_data_set_can_have_is_refused():
    with pytest.raises(ValidationError, match="no data set on the hub can be called that"):
        Hub(name="a/b/c")


def test_the_world_is_the_commit_and_what_was_pinned_counts():
    source = Hub(name="x/pinned")
    assert source.recall({"hub": "x/pinned", "commit": "e" * 40})
    assert source.world() == {"hub": "x/pinned", "commit": "e" * 40}
