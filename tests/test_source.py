"""Which words are sources."""

import pytest

from kcoder.source import Source


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("rows.jsonl", "files"),
        ("data/rows.jsonl", "files"),
        ("bigcode/the-stack-dedup", "hub"),
        ("folder/rows", "files"),
        ("./rows", "files"),
        ("a/b/c", "files"),
        ("folder", "folder"),
        ("mini", None),
        ("code_search_net", "hub"),
        ("", None),
        ("~nobody-at-all/a", "files"),
        ("file_without_ending", "files"),
    ],
)
def test_a_path_is_a_folder_of_code_or_a_file_of_rows(word, meant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file_without_ending").touch()
    found = Source.of_word(word)
    assert (found[0] if found else None) == meant
    assert not found or found[1] == {"name" if meant == "hub" else "path": word}


def test_a_file_of_that_name_comes_before_a_data_set_of_the_hub(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code_search_net").touch()
    assert Source.of_word("code_search_net") == ("files", {"path": "code_search_net"})
