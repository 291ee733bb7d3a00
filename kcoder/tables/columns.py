"""Which column is the question, which the code: told, or guessed from the names people use, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kcoder.errors import UsageError, choice

#: words a person may use for the columns of Document
WORDS = {"question": "prompt", "code": "text", "answer": "text", "license": "licence"}
ROLES = (
    "id", "text", "prompt", "language", "source", "path", "repository", "licence", "stars", "repository_size", "tags",
)  # fmt: skip

CHATS = ("messages", "conversations", "conversation")
QUESTIONS = (
    "instruction", "question", "problem", "problem_statement", "prompt", "query", "docstring",
    "func_documentation_string", "description", "title", "text",
)  # fmt: skip
ANSWERS = (
    "output", "answer", "response", "completion", "solution", "canonical_solution", "code",
    "func_code_string", "content",
)  # fmt: skip
#: code without a question, in any company
CODE = ("content", "code", "func_code_string", "whole_func_string")

BESIDE: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "task_id", "uuid", "hexsha"),
    "language": ("language", "lang", "programming_language"),
    "source": ("source",),
    "path": ("path", "file_path", "max_stars_repo_path", "func_path_in_repository"),
    "repository": ("repository", "repo", "repo_name", "repository_name", "max_stars_repo_name"),
    "licence": ("licence", "license", "licenses", "max_stars_repo_licenses", "detected_licenses"),
    "stars": ("stars", "max_stars_count", "star_events_count", "stargazers_count"),
    "repository_size": ("repository_size", "repo_size"),
}
#: columns that say of what kind a row is; all there are make up its tags
TAGS = ("tags", "difficulty", "topic", "topics")
#: what may stand beside a column `text` without making it doubtful that it is the code
HARMLESS = {name for names in BESIDE.values() for name in names} | {*TAGS} | {
    "url", "size", "ext", "meta", "metadata", "timestamp", "date", "split",
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The names of the columns to read. The prompt may be made of several, joined by newlines, and so may the tags,
    as `difficulty=Hard; topic=DP`."""

    text: str
    prompt: tuple[str, ...] = ()
    chat: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    #: how it was read, in a line
    said: str = ""


def find_columns(names: tuple[str, ...], told: Mapping[str, str]) -> Columns:
    """The columns as told, and guessed where nothing was told.

    Raises UsageError when a column told is not there, or no question and code can be found.
    """
    told = {WORDS.get(role, role): name for role, name in told.items()}
    if unknown := [role for role in told if role not in ROLES]:
        raise UsageError(f"columns: {unknown[0]} is no column of a document", choice(unknown[0], [*ROLES, *WORDS]))
    known = {name.lower(): name for name in reversed(names)}
    beside = _beside(known, told, names)
    tags = _parts(told["tags"], names) if "tags" in told else tuple(known[name] for name in TAGS if name in known)
    if "text" in told:
        prompt = _parts(told["prompt"], names) if "prompt" in told else ()
        return _said("as told", Columns(_there(told["text"], names), prompt, beside=beside, tags=tags))
    if "prompt" in told:
        raise UsageError("columns: the question was told and the code was not", "add code=COLUMN")
    return replace(_guessed(known, names), beside=beside, tags=tags)


def _guessed(known: Mapping[str, str], names: tuple[str, ...]) -> Columns:
    if chat := _first(CHATS, known):
        said = f"chat: question = the turns before, code = the last answer in {known[chat]}"
        return Columns(known[chat], chat=True, said=said)
    answer = _first(ANSWERS, known)
    question = next((q for q in QUESTIONS if q in known and q != answer), None)
    if question and question != "text" and not answer and "text" in known:
        answer = "text"
    if question and answer:
        more = [known["input"]] if question == "instruction" and "input" in known else []
        prompt = (known[question], *more)
        kind = "alpaca" if question == "instruction" else "pairs"
        return _said(kind, Columns(known[answer], prompt))
    code = _first(CODE, known) or ("text" if "text" in known and {*known} <= {"text"} | HARMLESS else None)
    if code:
        return _said("texts without a question", Columns(known[code]))
    raise UsageError(
        f"cannot find a question and a code column in [{', '.join(names)}]",
        f"say --columns question={names[min(1, len(names) - 1)]},code={names[-1]}, or columns in the spec",
    )


def _beside(known: Mapping[str, str], told: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """The columns beside question and code, by what they are of a document."""
    guessed = {role: known[found] for role, usual in BESIDE.items() if (found := _first(usual, known))}
    others = {role: name for role, name in told.items() if role not in ("text", "prompt", "tags")}
    return guessed | {role: _there(name, names) for role, name in others.items()}


def _said(kind: str, columns: Columns) -> Columns:
    question = f"question = {' + '.join(columns.prompt)}, " if columns.prompt else ""
    return replace(columns, said=f"{kind}: {question}code = {columns.text}")


def _first(usual: tuple[str, ...], known: Mapping[str, str]) -> str | None:
    return next((name for name in usual if name in known), None)


def _there(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise UsageError(f"no column is called {name} in [{', '.join(names)}]", choice(name, names))
    return name


def _parts(told: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The column, or several written as `instruction + input`."""
    if told in names:
        return (told,)
    return tuple(_there(part.strip(), names) for part in told.split("+"))
