import math

import pytest

from kcoder.metrics.perplexity import BitsPerByte, Perplexity
from kcoder.records import Score, TokenLoss, frame, schema

ROWS = [
    {"id": "a", "language": "lua", "nats": 8 * math.log(2), "tokens": 4, "bytes": 16},
    {"id": "b", "language": "lua", "nats": 4 * math.log(2), "tokens": 2, "bytes": 8},
    {"id": "c", "language": "python", "nats": 3.0, "tokens": 3, "bytes": 1},
]


def scored(metric, rows):
    return {row["language"]: row for row in metric.score(frame(TokenLoss, rows).lazy()).to_dicts()}


def test_by_hand():
    told = scored(Perplexity(), ROWS)
    assert (told["lua"]["value"], told["lua"]["n"], told["lua"]["unit"]) == (pytest.approx(4.0), 2, "perplexity")
    assert told["python"]["value"] == pytest.approx(math.e)
    told = scored(BitsPerByte(), ROWS)
    assert (told["lua"]["value"], told["lua"]["unit"]) == (pytest.approx(0.5), "bits per byte")
    assert told["lua"]["metric"] == "bits_per_byte"


def test_the_interval_is_over_documents_and_one_document_has_none():
    rows = [{**ROWS[2], "id": f"{n:03}", "nats": 2.0 + n % 3} for n in range(60)]
    told = scored(Perplexity(), rows)["python"]
    assert told["low"] < told["value"] < told["high"]
    assert told["value"] == pytest.approx(math.e)
    assert told["low"] > 2.5 and told["high"] < 3.0
    alone = scored(Perplexity(), ROWS)["python"]
    assert (alone["low"], alone["interval"]) == (None, "none: one document")


def test_the_order_of_rows_does_not_matter():
    rows = [{**ROWS[0], "id": f"{n:03}", "nats": float(n * n)} for n in range(30)]
    assert scored(Perplexity(), rows) == scored(Perplexity(), rows[::-1])


def test_scores_have_the_columns_of_scores():
    assert Perplexity().score(frame(TokenLoss, ROWS).lazy()).schema == schema(Score)
    assert Perplexity().score(frame(TokenLoss, []).lazy()).height == 0
