"""Jupyter notebooks: a source that reads them, and a filter and a metric for what only IPython understands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.errors import UsageError
from kcoder.estimates import bootstrap
from kcoder.filter import Filter
from kcoder.metric import Metric
from kcoder.plugin import option
from kcoder.records import Document, Score, frame
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl

#: a line that Python does not know: %magic, %%magic, !command, ?help
MAGIC = r"(?m)^[ \t]*[%!?]"


class Notebooks(Source):
    """All notebooks below a folder. A document is the code of one notebook, cell after cell, a blank line between."""

    word: ClassVar[str | None] = "path"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help="the folder", min_length=1)

    @classmethod
    def trial(cls, folder: Path) -> Notebooks:
        cells = [{"cell_type": "code", "source": ["a = 1\n", "%time a"]}, {"cell_type": "markdown", "source": "text"}]
        (folder / "a.ipynb").write_text(json.dumps({"cells": cells}))
        (folder / "b.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": "b = 2"}]}))
        return cls(path=str(folder))

    def world(self) -> dict[str, Any]:
        whole = hashlib.sha256()
        for path in self._files():
            whole.update(f"{path.relative_to(self.path)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
        return {"name": Path(self.path).name, "digest": whole.hexdigest()}

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        rows = []
        for path in self._files():
            name = path.relative_to(self.path).as_posix()
            try:
                language, code = _code(json.loads(path.read_text("utf-8")))
            except (ValueError, KeyError, TypeError, AttributeError):
                wanted.left_out["no notebook inside"] += 1
                continue
            rows.append({"id": name, "text": code, "language": language, "source": "notebooks", "path": name})
        if not rows:
            raise UsageError(f"{self.path} holds no notebook to read", "looked for *.ipynb")
        yield frame(Document, rows)

    def _files(self) -> list[Path]:
        return sorted(p for p in Path(self.path).rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def _code(notebook: dict[str, Any]) -> tuple[str, str]:
    """The notebook's language, and the text of its code cells. A cell's source is a text or a list of lines."""
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return str(language), "\n\n".join(cells) + "\n"


class MaxMagics(Filter):
    """Drops a text of which more than this share of the lines is for IPython. An empty text has none."""

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("lines",)

    limit: float = option(0.2, "share of the lines; more than it drops", source="own choice", ge=0, le=1)

    def reason(self) -> pl.Expr:
        import polars as pl

        magics = pl.col("text").str.count_matches(MAGIC)
        told = f"IPython lines > {100 * self.limit:g} %"
        return pl.when(magics > self.limit * pl.col("lines")).then(pl.lit(told))


class Magics(Metric):
    """The share of documents with a line that only IPython understands."""

    of: ClassVar[type[Document]] = Document

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        import polars as pl

        told = rows.select(pl.col("text").str.contains(MAGIC).cast(pl.Float64)).collect().to_series().sort()
        if told.is_empty():
            return frame(Score, [])
        low, high = bootstrap(told.to_list(), 0, 1)
        score = {"metric": "magics", "value": told.mean(), "low": low, "high": high, "n": len(told)}
        return frame(Score, [score | {"k": int(told.sum()), "interval": "bootstrap over documents"}])
