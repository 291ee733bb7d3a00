"""Problems of your own, from a folder: a prompt and a test program for each, as files in its language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from kcoder.benchmark import OwnProblems, Problem, TestProgram
from kcoder.errors import UsageError, near
from kcoder.expressions.entry import called, tried
from kcoder.host import Host
from kcoder.plugin import load, names, option

#: the files of a problem, and whether it needs them
PARTS: Mapping[str, bool] = {"prompt": True, "tests": True, "solution": False}
LAYOUT = "a problem is a folder NAME with prompt.py and tests.py, or two files NAME.prompt.py and NAME.tests.py"


class _Place(NamedTuple):
    """A problem's name and the language of one of its files."""

    name: str
    language: str


class ProblemFolder(OwnProblems):
    """A folder with a sub-folder for each problem, or a pair of files: what the model completes, and the tests that
    follow it in the same program. A third file may hold a solution: what follows the prompt.

        words/prompt.py  words/tests.py  words/solution.py        words.prompt.py  words.tests.py  words.solution.py

    The ending says the language. One problem may have files in several.
    """

    word = "path"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help="the folder", min_length=1)

    @classmethod
    def trial(cls, folder: Path) -> ProblemFolder:
        (folder / "twice.prompt.py").write_text("def twice(n):\n")
        (folder / "twice.tests.py").write_text("assert twice(2) == 4\n")
        return cls(path=str(folder))

    @classmethod
    def task(cls, problem: str) -> str | None:
        return problem  # its name, under which there may be files in several languages

    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.language for place in sorted(self._found(), key=lambda each: each.language)))

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        """In the order of their names. Raises UsageError with the folder or file that is no problem, and why."""
        found = {place: files for place, files in self._found().items() if place.language == language}
        if not found:
            there = ", ".join(self.languages()) or "none at all"
            raise UsageError(f"{self.path}: no problems in {language}", f"there are problems in: {there}")
        for place, files in sorted(found.items()):
            prompt, tests = (_text(files[part]) for part in ("prompt", "tests"))
            yield Problem(
                id=place.name,
                prompt=prompt,
                entry=_entry(prompt, tests, files),
                program=TestProgram(text=tests),
                solution=_text(files["solution"]) if "solution" in files else "",
            )

    def check_texts(self) -> None:
        self._found()

    def world(self) -> dict[str, Any]:
        """The digest of all files of problems, by name."""
        told = hashlib.sha256()
        for (name, language), files in sorted(self._found().items()):
            for part, path in sorted(files.items()):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                told.update(f"{name}\0{language}\0{part}\0{content}\n".encode())
        return {"sha256": told.hexdigest()}

    def _found(self) -> dict[_Place, dict[str, Path]]:
        """The files of each problem by what they are. Raises UsageError for a folder in which not all is clear."""
        root = Path(self.path).expanduser()
        if not root.is_dir():
            raise UsageError(f"{self.path} is no folder", f"give a folder of problems: {LAYOUT}")
        found: dict[_Place, dict[str, Path]] = {}
        for path, name, part in _files(root):
            language = _language(path)
            files = found.setdefault(_Place(name, language), {})
            if part in files:
                one, other = sorted((files[part].name, path.name))
                raise UsageError(f"{root / name}: two files are its {part}: {one} and {other}", "keep one of them")
            files[part] = path
        if not found:
            raise UsageError(f"{self.path}: there are no problems in it", LAYOUT)
        for (name, language), files in sorted(found.items()):
            for part in (part for part, needed in PARTS.items() if needed and part not in files):
                there = " and ".join(sorted(path.name for path in files.values()))
                ending = next(iter(files.values())).suffix
                message = f"{root / name}: the {language} problem has no {part}, only {there}"
                raise UsageError(message, f"add {_beside(files, part, ending)}")
        return found


def _files(root: Path) -> Iterator[tuple[Path, str, str]]:
    """Every file of a problem, with the problem's name and what the file is. Hidden files and read-mes are no part."""
    for path in sorted(root.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            for inner in sorted(each for each in path.iterdir() if each.is_file() and _counts(each)):
                yield inner, path.name, _part(inner, inner.stem)
        elif _counts(path):
            name, dot, part = path.stem.rpartition(".")
            if not dot:
                raise UsageError(f"{path}: what it is of a problem is not clear", LAYOUT)
            yield path, name, _part(path, part)


def _counts(path: Path) -> bool:
    return not path.name.startswith((".", "_")) and path.suffix.lower() not in ("", ".md", ".txt")


def _part(path: Path, told: str) -> str:
    if told in PARTS:
        return told
    meant = {"test": "tests", "prompts": "prompt", "solutions": "solution"}.get(told) or near(told, PARTS)
    hint = f"did you mean {path.name.replace(told, meant)}? " if meant else ""
    raise UsageError(f"{path}: a problem has {', '.join(PARTS)} and nothing called {told}", f"{hint}{LAYOUT}")


def _language(path: Path) -> str:
    """The language of the file's ending, of those whose programs can be run."""
    for name in names("languages"):
        language = load("languages", name)
        if path.suffix in language.suffixes and language.executable():
            return str(language.name)
    known = sorted(
        suffix for name in names("languages") if load("languages", name).executable()
        for suffix in load("languages", name).suffixes
    )  # fmt: skip
    raise UsageError(f"{path}: no language is known for {path.suffix}", f"there are: {', '.join(known)}")


def _beside(files: Mapping[str, Path], part: str, ending: str) -> str:
    """The file that is missing, as it would be called."""
    other, path = next(iter(files.items()))
    return str(path.with_name(path.stem.removesuffix(other) + part + ending))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: it is not UTF-8: {error.reason}", "save it as UTF-8") from None


def _entry(prompt: str, tests: str, files: Mapping[str, Path]) -> str:
    """The function that the prompt declares and the tests call; else the one it ends with, or that they call."""
    with suppress(ValueError):
        return tried(prompt, "", tests)
    with suppress(ValueError):
        return called(tests)
    raise UsageError(
        f"{files['prompt']}: it declares no function", "let the prompt end with the line that begins the function"
    )
