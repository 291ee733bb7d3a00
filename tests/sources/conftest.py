"""What a source gives, as `data.read` sees it."""

from dataclasses import dataclass

import polars as pl
import pytest

from kcoder.host import Host
from kcoder.source import Wanted
from kcoder.tables.reading import documents


@dataclass(frozen=True)
class Gathered:
    """All rows, what the source said, and what it left out by reason."""

    rows: pl.DataFrame
    said: list[str]
    left_out: dict[str, int]


@pytest.fixture
def gather():
    def gathering(source, languages=(), seed=0, told="it"):
        said: list[str] = []
        shares = languages if isinstance(languages, dict) else dict.fromkeys(languages, 1.0)
        wanted = Wanted(shares, seed, Host(say=said.append))
        rows = pl.concat(list(documents(source, wanted, told)))
        return Gathered(rows, said, dict(wanted.left_out))

    return gathering
