import numpy as np
import polars as pl
import pytest

from kcoder.metrics.vendi import Vendi


def test_questions_and_code_are_counted_apart():
    code = pl.Series("code_vector", np.ones((3, 4), np.float32)).extend_constant(None, 1)
    rows = pl.DataFrame([pl.Series("question_vector", np.eye(4, dtype=np.float32)), code])
    found = {row["metric"]: row for row in Vendi().score(rows.lazy()).rows(named=True)}
    assert found["question_vendi"]["value"] == pytest.approx(4)
    assert (found["code_vendi"]["value"], found["code_vendi"]["n"]) == (pytest.approx(1), 3)


def test_what_nobody_embedded_has_no_score():
    kind = pl.Array(pl.Float32, 4)
    rows = pl.DataFrame({name: [None] for name in Vendi.needs}, schema=dict.fromkeys(Vendi.needs, kind))
    assert Vendi().score(rows.lazy()).is_empty()
