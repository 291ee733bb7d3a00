"""Whatever a program has written goes."""

import os

from kcoder.isolation.folder import remove


def test_a_folder_goes_with_files_links_and_closed_folders(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("stays")
    folder = tmp_path / "program"
    (folder / "closed").mkdir(parents=True)
    (folder / "closed" / "file").write_text("x")
    (folder / "link").symlink_to(outside)
    (folder / "closed").chmod(0)
    remove(str(folder))
    assert not folder.exists()
    assert outside.read_text() == "stays"


def test_folders_deeper_than_any_path_go_too(tmp_path):
    folder = tmp_path / "program"
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        inside = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inside
    os.close(here)
    remove(str(folder))
    assert not folder.exists()


def test_what_is_not_there_is_passed_over(tmp_path):
    remove(str(tmp_path / "nothing"))
    (tmp_path / "link").symlink_to(tmp_path)
    remove(str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
