"""A run that is carried to another machine."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from kcoder.errors import UsageError
from kcoder.parcel import LINKS, pack, unpack
from kcoder.store import Store

KEY, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def run(tmp_path):
    """A run of one finished step, and one that has begun."""
    root = tmp_path / "here"
    store = Store(root / ".store")
    (store.begin(KEY, resume=False) / "file").write_text("words")
    made = store.publish("data.read", KEY, {})
    (store.begin(OTHER, resume=False) / "checkpoint").write_text("half")
    folder = root / "mine"
    (folder / "variant").mkdir(parents=True)
    step = {"step": "data.read", "key": KEY, "artifact": made.folder.name, "variants": [], "asked": {}}
    (folder / "run.json").write_text(json.dumps({"name": "mine", "keys": [KEY, OTHER], "steps": [step]}))
    (folder / "variant/data.read").symlink_to(Path("../../.store") / made.folder.name)
    return folder


def test_finished_and_unfinished_work_comes_over(run, tmp_path):
    assert pack(run, tmp_path / "mine.tar") == 1
    folder, new, known = unpack(tmp_path / "mine.tar", tmp_path / "there")
    assert (folder, new, known) == (tmp_path / "there/mine", 1, 0)
    store = Store(tmp_path / "there/.store")
    assert (store.find(KEY).folder / "file").read_text() == "words"
    assert (store.draft(OTHER) / "checkpoint").read_text() == "half"
    assert (folder / "variant/data.read").is_symlink()
    assert (folder / "variant/data.read/file").read_text() == "words"


def test_where_there_are_no_links_copies_are_packed_as_links(run, tmp_path):
    place = run / "variant/data.read"
    made = place.resolve()
    place.unlink()
    place.mkdir()
    for file in made.iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    pack(run, tmp_path / "mine.tar")
    folder, _, _ = unpack(tmp_path / "mine.tar", tmp_path / "there")
    assert (folder / "variant/data.read").resolve().name == made.name


def test_a_draft_that_is_there_is_not_replaced(run, tmp_path):
    pack(run, tmp_path / "mine.tar")
    draft = Store(tmp_path / "there/.store").begin(OTHER, resume=False)
    (draft / "checkpoint").write_text("further")
    unpack(tmp_path / "mine.tar", tmp_path / "there")
    assert (draft / "checkpoint").read_text() == "further"


def test_a_name_that_is_a_path_is_refused(run, tmp_path):
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(told | {"name": "../../outside"}))
    pack(run, tmp_path / "mine.tar")
    with pytest.raises(UsageError, match="holds no run"):
        unpack(tmp_path / "mine.tar", tmp_path / "there")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    "links",
    ['{"../../outside": "NAME"}', '{"/tmp/outside": "NAME"}', '{"data.read": "../../other"}', '{"a": 1}', "[]", "{"],
)
def test_links_that_lead_elsewhere_are_refused_before_anything_is_there(run, tmp_path, links):
    pack(run, tmp_path / "mine.tar")
    with tarfile.open(tmp_path / "mine.tar") as good, tarfile.open(tmp_path / "evil.tar", "w") as evil:
        [name] = {m.name.split("/")[1] for m in good if m.name.startswith("store/")}
        for member in good:
            data = links.replace("NAME", name).encode() if member.name == LINKS else None
            if data is not None:
                member.size = len(data)
            evil.addfile(member, io.BytesIO(data) if data is not None else good.extractfile(member))
    with pytest.raises(UsageError, match="names what is not in it"):
        unpack(tmp_path / "evil.tar", tmp_path / "there")
    assert not (tmp_path / "there/mine").exists() and not list(tmp_path.glob("outside*"))
    assert Store(tmp_path / "there/.store").find(KEY) is None


def test_a_file_that_an_artifact_has_under_two_names_comes_over_under_both(run, tmp_path):
    store = Store(run.parent / ".store")
    draft = store.begin("c" * 64, resume=False)
    (draft / "weights").write_text("heavy")
    (draft / "again").hardlink_to(draft / "weights")
    made = store.publish("train", "c" * 64, {})
    told = json.loads((run / "run.json").read_text())
    step = {"step": "train", "key": "c" * 64, "artifact": made.folder.name, "variants": [], "asked": {}}
    (run / "run.json").write_text(json.dumps(told | {"steps": [*told["steps"], step]}))
    assert pack(run, tmp_path / "mine.tar") == 2
    unpack(tmp_path / "mine.tar", tmp_path / "there")
    found = Store(tmp_path / "there/.store").find("c" * 64)
    assert [(found.folder / name).read_text() for name in ("weights", "again")] == ["heavy", "heavy"]
