"""The few kinds of rows and folders that steps hand to each other, and how each stands on disk.

Rows are parquet with an explicit schema (polars infers from the first rows and drops what comes later).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import polars as pl


class Record:
    """A kind of output. `columns` maps a column to its type: text, int, float, flag, ints or texts."""

    columns: ClassVar[dict[str, str]] = {}
    suffix: ClassVar[str] = ".parquet"


class Document(Record):
    """A piece of code to learn from; `prompt`, when there is one, is the question that `text` answers.

    `stars` and `repository_size` (bytes) are the repository's, `tags` what the source says of the row's kind
    (difficulty, topic), `flags` what filters noted without dropping it. `input_at` is where, in `prompt`, the input
    begins that a source keeps apart from the instruction (Alpaca). A source leaves null what it does not know.
    """

    columns: ClassVar[dict[str, str]] = {
        "id": "text",
        "text": "text",
        "prompt": "text",
        "language": "text",
        "source": "text",
        "path": "text",
        "repository": "text",
        "licence": "text",
        "stars": "int",
        "repository_size": "int",
        "tags": "text",
        "flags": "text",
        "input_at": "int",
    }


class Dropped(Record):
    """A document that was left out, with the reason and what shows it."""

    columns: ClassVar[dict[str, str]] = Document.columns | {"reason": "text", "evidence": "text"}


class Clustered(Record):
    """Rows that are alike: each member of a cluster of two or more, with the id of the member that stays."""

    columns: ClassVar[dict[str, str]] = {"id": "text", "cluster": "text"}


class Leak(Record):
    """A benchmark's problem and a row that holds it, with how much of the problem it covers and both texts."""

    columns: ClassVar[dict[str, str]] = {
        "benchmark": "text",
        "language": "text",
        "problem": "text",
        "row": "text",
        "coverage": "float",
        "how": "text",
        "problem_text": "text",
        "row_text": "text",
    }


class Neighbour(Record):
    """A benchmark's problem and a row near to it, by two measures, with both texts; of a long row the beginning.

    `leak` tells whether the row was found to hold a problem, this one or another.
    """

    columns: ClassVar[dict[str, str]] = {
        "benchmark": "text",
        "language": "text",
        "problem": "text",
        "row": "text",
        "leak": "flag",
        "jaccard": "float",
        "cosine": "float",
        "problem_text": "text",
        "row_text": "text",
    }


class Packed(Record):
    """Rows of equal length as the model sees them. Positions restart where a document starts.

    A label of -100 is not trained.
    """

    columns: ClassVar[dict[str, str]] = {"ids": "ints", "labels": "ints", "positions": "ints"}


class Checkpoint(Record):
    """A folder with weights (or an adapter), tokenizer and `checkpoint.json`, which says how to talk to it."""

    suffix: ClassVar[str] = ""


class Checkpoints(Record):
    """A folder with a Checkpoint `step-N` for each of several steps of one training."""

    suffix: ClassVar[str] = ""


class History(Record):
    """JSON Lines of a training: step, loss, valid, learning_rate, tokens."""

    suffix: ClassVar[str] = ".jsonl"


class Choice(Record):
    """How a checkpoint was chosen: of each step that was asked its validation loss and its score, with how many
    problems (`k` of `n`) were solved where that has a meaning, and the 95 % interval."""

    columns: ClassVar[dict[str, str]] = {
        "step": "int",
        "valid": "float",
        "benchmark": "text",
        "language": "text",
        "metric": "text",
        "value": "float",
        "low": "float",
        "high": "float",
        "k": "int",
        "n": "int",
        "interval": "text",
        "chosen": "flag",
    }


class Completion(Record):
    """What a model wrote for a problem. `finish` is stop or length, or what else a server says. The model saw `preface`
    and `prompt`; the first is no part of the program."""

    columns: ClassVar[dict[str, str]] = {
        "problem": "text",
        "benchmark": "text",
        "language": "text",
        "sample": "int",
        "preface": "text",
        "prompt": "text",
        "text": "text",
        "finish": "text",
        "tokens": "int",
        "entry": "text",
        "tests": "text",
    }


class Outcome(Record):
    """The verdict on one completion, with the program that was run and the isolation it ran under. `cut` tells how the
    program was taken out of what the model wrote (`completions/cut.py`). `failure`, `cause` and `line`, of the program
    and from 1, tell why it failed (`failures.py`); they are null where that is not known, and of what passed."""

    columns: ClassVar[dict[str, str]] = {
        "problem": "text",
        "benchmark": "text",
        "language": "text",
        "sample": "int",
        "verdict": "text",
        "failure": "text",
        "cause": "text",
        "line": "int",
        "detail": "text",
        "program": "text",
        "cut": "text",
        "isolation": "text",
    }


class Uncut(Record):
    """The verdict on a completion as it stands behind its prompt: nothing cut off, nothing taken out."""

    columns: ClassVar[dict[str, str]] = Outcome.columns


class Reference(Record):
    """The verdict on a benchmark's own solution of a problem, with the program that was run."""

    columns: ClassVar[dict[str, str]] = {
        "problem": "text",
        "benchmark": "text",
        "language": "text",
        "verdict": "text",
        "detail": "text",
        "program": "text",
        "isolation": "text",
    }


class Witness(Record):
    """The verdict on an answer that was recorded elsewhere, to a problem without a solution, with the program that was
    run. `witness` counts those of a problem from 0; where it has none it is null, as is all behind it."""

    columns: ClassVar[dict[str, str]] = {
        "problem": "text",
        "benchmark": "text",
        "language": "text",
        "witness": "int",
        "file": "text",
        "verdict": "text",
        "detail": "text",
        "program": "text",
        "cut": "text",
        "isolation": "text",
    }


class TokenLoss(Record):
    """What a model lost on a document: the sum of -ln p over the tokens it was to predict, how many those are, and the
    UTF-8 bytes they stand for."""

    columns: ClassVar[dict[str, str]] = {
        "id": "text",
        "language": "text",
        "nats": "float",
        "tokens": "int",
        "bytes": "int",
    }


class Fill(Record):
    """What a model wrote into a hole of a document, with what stood there. `finish` is stop or length."""

    columns: ClassVar[dict[str, str]] = {
        "id": "text",
        "language": "text",
        "prefix": "text",
        "suffix": "text",
        "expected": "text",
        "text": "text",
        "finish": "text",
        "tokens": "int",
    }


class Score(Record):
    """A number with its count and its 95 % interval. `value`, `low` and `high` are shares of one where `unit` is null,
    else in that unit.

    `of` says which model: base or tuned. `problems` says of which problems of the benchmark: all, those that rows which
    were learnt from hold (contaminated), or the others (clean). `k` of `n` counts whole passes when that has a meaning.
    `metric` ends with UNCUT where completions were run as they stand.
    """

    columns: ClassVar[dict[str, str]] = {
        "of": "text",
        "benchmark": "text",
        "language": "text",
        "problems": "text",
        "metric": "text",
        "value": "float",
        "low": "float",
        "high": "float",
        "k": "int",
        "n": "int",
        "samples": "int",
        "temperature": "float",
        "interval": "text",
        "isolation": "text",
        "unit": "text",
    }


#: what follows a metric's name where completions were run as they stand, and where it is the difference to that
UNCUT = " uncut"
CUT_LESS_UNCUT = " cut - uncut"


class Results(Record):
    """Every number of the report, as JSON and as a tidy table."""

    suffix: ClassVar[str] = ""


class Verdict(StrEnum):
    """A closed set. The last two are never a model's failure, and no score averages over them."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong answer"
    RUNTIME_ERROR = "runtime error"
    BUILD_FAILED = "build failed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    OUTPUT_FLOOD = "output flood"
    SANDBOX_DENIED = "sandbox denied"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    NO_TOOLCHAIN = "no toolchain"
    HARNESS_ERROR = "harness error"


NOT_THE_MODELS = frozenset({Verdict.NO_TOOLCHAIN, Verdict.HARNESS_ERROR})


def schema(kind: type[Record]) -> dict[str, pl.DataType]:
    """The polars schema of a kind of rows."""
    import polars as pl

    types: dict[str, pl.DataType] = {
        "text": pl.String(),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "flag": pl.Boolean(),
        "ints": pl.List(pl.Int32()),
        "texts": pl.List(pl.String()),
    }
    return {name: types[kind_of] for name, kind_of in kind.columns.items()}


def frame(kind: type[Record], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of this kind as a table; a column nobody gave is null, one that is not in the kind is an error."""
    import polars as pl

    extra = {key for row in rows for key in row} - set(kind.columns)
    if extra:
        raise ValueError(f"{kind.__name__} has no column {', '.join(sorted(extra))}")
    columns = {name: [row.get(name) for row in rows] for name in kind.columns}
    return pl.DataFrame(columns, schema=schema(kind))
