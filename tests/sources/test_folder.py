import os

import pytest
from pydantic import ValidationError

from kcoder.errors import UsageError
from kcoder.records import Document, schema
from kcoder.sources.folder import Folder


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "code"
    for name, data in {
        "b.py": b"b = 1\r\n",
        "a/a.py": b"\xef\xbb\xbfa = 1\n",
        "a/notes.txt": b"no code",
        ".git/hidden.py": b"x",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.fixture
def read(gather):
    def reading(root, languages=("python",), **options):
        return gather(Folder(path=str(root), **options), languages)

    return reading


def test_files_of_a_known_language_are_rows_in_the_order_of_their_paths(tree, read):
    found = read(tree)
    rows = found.rows
    assert rows.schema == schema(Document)
    assert rows.select("id", "path", "text", "language", "source", "repository").rows() == [
        ("a/a.py", "a/a.py", "a = 1\n", "python", "code", None),
        ("b.py", "b.py", "b = 1\r\n", "python", "code", None),
    ]
    assert (found.said, found.left_out) == ([], {})


def test_all_known_languages_are_read_where_none_is_wanted(tree, read):
    assert read(tree, languages=()).rows["path"].to_list() == ["a/a.py", "b.py"]


def test_the_pattern_chooses_and_stays_in_the_folder(tree, read):
    assert read(tree, pattern="a/*").rows["id"].to_list() == ["a/a.py"]
    for outside in ("../*", "/etc/*"):
        with pytest.raises(ValidationError, match="leads out of the folder"):
            Folder(path=str(tree), pattern=outside)


def test_symbolic_links_are_not_followed(tree, tmp_path, read):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/far.py").write_text("far = 1")
    (tree / "link").symlink_to(tmp_path / "outside")
    (tree / "far.py").symlink_to(tmp_path / "outside/far.py")
    assert read(tree).rows["id"].to_list() == ["a/a.py", "b.py"]


def test_what_is_no_text_is_left_out_and_counted(tree, read):
    (tree / "latin.py").write_bytes(b"s = '\xe9'")
    (tree / "nul.py").write_bytes(b"a = 1\0")
    (tree / os.fsdecode(b"\xff.py")).write_bytes(b"a = 1")
    found = read(tree)
    assert found.rows.height == 2
    assert found.left_out == {"NUL bytes": 1, "not UTF-8": 1, "their names are not UTF-8": 1}


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("list.h", "#include <vector>\nnamespace a { class B; }\n", "cpp"),
        ("list.h", "struct a { int b; };\n", None),
        ("main.rs", "fn main() {}\n", "rust"),
        ("scene.rs", "#pragma version(1)\nint gravity;\n", None),
        ("scene.rs", "<?xml version='1.0'?>\n<resources/>\n", None),
    ],
)
def test_where_languages_share_an_ending_the_content_decides(tree, read, name, text, language):
    (tree / name).write_text(text)
    found = read(tree, languages=())
    known = dict(found.rows.select("path", "language").rows())
    assert known.get(name) == language
    assert found.left_out == ({} if language else {f".{name.partition('.')[2]} files of other languages": 1})


def test_many_files_come_in_several_batches(tree, monkeypatch):
    from kcoder.source import Wanted

    monkeypatch.setattr("kcoder.sources.folder.FILES", 1)
    assert [batch.height for batch in Folder(path=str(tree)).batches(Wanted({"python": 1.0}))] == [1, 1]


def test_a_folder_without_code_is_refused(tree, read):
    with pytest.raises(UsageError, match="holds no file to read") as caught:
        read(tree / "a", pattern="*.txt")
    assert ".py" in caught.value.hint


def test_a_missing_folder_is_refused_where_the_spec_names_it(tree):
    with pytest.raises(ValidationError, match="there is no folder"):
        Folder(path=str(tree / "nowhere"))


def test_the_world_changes_with_names_and_contents_of_code_alone(tree):
    before = Folder(path=str(tree)).world()
    (tree / "a/notes.txt").write_text("other")
    os.utime(tree / "b.py", (1, 1))
    assert Folder(path=str(tree)).world() == before
    (tree / "b.py").write_text("b = 2\r\n")
    changed = Folder(path=str(tree)).world()
    (tree / "b.py").rename(tree / "c.py")
    assert len({before["digest"], changed["digest"], Folder(path=str(tree)).world()["digest"]}) == 3


@pytest.mark.parametrize("pattern", ["a**b", ".", "./"])
def test_a_pattern_that_is_none_is_refused(tree, pattern):
    with pytest.raises(ValidationError, match="is no pattern"):
        Folder(path=str(tree), pattern=pattern)


def test_a_home_that_is_not_there_is_no_folder():
    with pytest.raises(ValidationError, match="there is no folder"):
        Folder(path="~nobody-at-all")


def test_the_licence_at_the_top_is_that_of_every_file_and_part_of_the_world(tree, read):
    before = Folder(path=str(tree)).world()
    (tree / "COPYING").write_text("GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007\n")
    assert read(tree).rows["licence"].to_list() == ["GPL-3.0", "GPL-3.0"]
    assert Folder(path=str(tree)).world() == before | {"licence": "GPL-3.0"}
    (tree / "LICENSE-APACHE").write_text("Apache License\nVersion 2.0, January 2004\n")
    assert read(tree).rows["licence"][0] == "Apache-2.0, GPL-3.0"
    (tree / "license.py").write_text("licence = None\n")
    assert read(tree).rows["licence"][0] == "Apache-2.0, GPL-3.0"
    (tree / "LICENSE-other.txt").write_text("Ask me.")
    assert read(tree).rows["licence"][0] is None
