"""Every file of the package has its companion in the mirrored place."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_of_the_package_has_a_companion_test():
    files = [p for p in (ROOT / "kcoder").rglob("*.py") if p.name not in ("__init__.py", "__main__.py")]
    assert len(files) > 40
    lacking = [
        str(path.relative_to(ROOT))
        for path in files
        if not (ROOT / "tests" / path.relative_to(ROOT / "kcoder").parent / f"test_{path.stem}.py").is_file()
    ]
    assert lacking == []


def test_no_file_is_a_drawer():
    names = {p.stem for p in (ROOT / "kcoder").rglob("*.py")}
    assert names
    assert not names & {"utils", "util", "common", "helpers", "misc", "base"}
