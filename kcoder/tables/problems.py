"""The problems of a benchmark in a table of any kind, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from kcoder.benchmark import ProblemText
from kcoder.errors import UsageError
from kcoder.source import Wanted
from kcoder.tables.columns import ANSWERS, CHATS, QUESTIONS, WORDS, Columns, find_columns
from kcoder.tables.documents import Documents
from kcoder.tables.read import Table

#: what benchmarks call the languages
LANGUAGES = {
    "c++": "cpp", "golang": "go", "js": "javascript", "py": "python", "python3": "python", "rb": "ruby", "rs": "rust",
    "ts": "typescript",
}  # fmt: skip
#: how a problem is solved, the usual names of benchmarks first
SOLUTIONS = ("canonical_solution", "solution", *ANSWERS)
#: what to do where no column, or the wrong one, was taken
CURE = "call them prompt and solution, or say which are meant: {file: {path: FILE, columns: {question: A, code: B}}}"


def problem_texts(
    name: str,
    tables: Iterable[Table],
    told: Mapping[str, str] | None = None,
    language: str = "",
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[ProblemText]:
    """The texts in these tables, which are called NAME; `language` is that of a problem that names none.

    A problem without an id is called NAME#NUMBER, from 1. How the columns were read is said.

    Raises UsageError where no column holds a prompt or a solution, and where all that do are empty: what is not read
    is not looked for, and that would look as if it were not there.
    """
    said, number, worded = "", 0, False
    for table in tables:
        columns = _columns(name, table.names, told or {})
        if columns.said != said:
            said = columns.said
            say(f"{name}: read as {said}{'' if language or 'language' in columns.beside else ', no language'}")
        for identity, named, prompt, solution in _rows(name, table, columns):
            number += 1
            worded = worded or bool(prompt.strip() or solution.strip())
            spoken = named.lower() or language
            yield ProblemText(identity or f"{name}#{number}", LANGUAGES.get(spoken, spoken), prompt, solution)
    if not worded:
        raise UsageError(f"{name}: the prompt and solution of every problem are empty; read as {said}", CURE)


def find_problem(names: tuple[str, ...], told: Mapping[str, str]) -> Columns:
    """The columns of a benchmark's problems: as `find_columns`, but the question alone is enough; then `text` is empty.

    A column `prompt`, what a model completes, comes before anything else that tells of the problem.
    """
    told = {WORDS.get(role, role): name for role, name in told.items()}
    known = {name.lower(): name for name in reversed(names)}
    if "text" in told or known.keys() & {*CHATS}:
        return find_columns(names, told)
    asked = told.get("prompt") or known.get("prompt")
    solved = next((known[each] for each in SOLUTIONS if each in known and known[each] != asked), None)
    if asked and solved:
        return find_columns(names, told | {"prompt": asked, "text": solved})
    asked = asked or next((known[each] for each in QUESTIONS if each in known), None)
    if asked and not solved and "text" not in known:
        found = find_columns(names, told | {"prompt": asked, "text": names[0]})
        return replace(found, text="", said=f"problems without solutions: question = {asked}")
    return find_columns(names, told)


def _columns(name: str, names: tuple[str, ...], told: Mapping[str, str]) -> Columns:
    try:
        return find_problem(names, told)
    except UsageError as error:
        if told:
            raise UsageError(f"{name}: {error.message}", error.hint) from error
        there = ", ".join(names)
        message = f"{name}: no column is known for a problem's prompt or its solution; there are: {there}"
        raise UsageError(message, CURE) from error


def _rows(name: str, table: Table, columns: Columns) -> Iterator[tuple[str, str, str, str]]:
    """Id, language, prompt and solution of each row, empty where it has none."""
    named = columns.beside.get("id") or ("name" if "name" in table.names else "")
    told = [_texts(table, column) for column in (named, columns.beside.get("language", ""))]
    if columns.chat:
        rows = Documents(name, {}, Wanted()).of(table)
        return zip(*told, rows["prompt"], rows["text"], strict=True)
    parts = zip(*(_texts(table, column) for column in columns.prompt), strict=True)
    prompts = ["\n".join(part for part in row if part) for row in parts] or _texts(table, "")
    return zip(*told, prompts, _texts(table, columns.text), strict=True)


def _texts(table: Table, column: str) -> Iterable[str]:
    return table.texts(column).fill_null("") if column in table.names else [""] * table.height
