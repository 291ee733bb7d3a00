import json
from contextlib import contextmanager
from itertools import count

import polars as pl
import pytest

from kcoder.errors import KcoderError
from kcoder.generator import Answer, Generator
from kcoder.records import Document, Fill, Score, frame, schema
from kcoder.stages.infill import FillHoles, masked

TEXT = "import os\n\n\ndef f(x):\n    # add\n    return x + 1\n"


class Knowing(Generator):
    """Fills every hole with what `answer` says, or with what the texts say stood there."""

    answer: str = ""
    texts: tuple[str, ...] = (TEXT,)

    @contextmanager
    def open(self, model, host):
        def right(request):
            for text in self.texts:
                if text.startswith(request.prompt) and text.endswith(request.suffix):
                    return text[len(request.prompt) : len(text) - len(request.suffix)]
            raise AssertionError("asked for a hole of no text")

        def complete(requests, done=frozenset()):
            for each in requests:
                text = self.answer or right(each)
                yield [Answer(each.id, text + "\nmore = 1\n" if each.stops else text, "stop", 3)]

        yield complete


@pytest.fixture
def fill(store, tmp_path):
    numbers = count()

    def filled(*texts, **options):
        rows = [{"id": f"d{n}", "text": text, "language": "python"} for n, text in enumerate(texts or (TEXT,))]
        file = tmp_path / "held_out.parquet"
        frame(Document, rows).write_parquet(file)
        told = {"model": store["model"], "rows": store["held_out"], "of": "base", "where": "test split"} | options
        out = tmp_path / f"out{next(numbers)}"
        facts = store.run(FillHoles(**told), out, held_out=file)
        return pl.read_parquet(out / "fills.parquet"), pl.read_parquet(out / "scores.parquet"), facts

    return filled


def test_what_stood_there_is_exact_and_anything_else_is_not(fill):
    rows, scores, facts = fill(generator=Knowing())
    assert (scores["k"].to_list(), scores["n"].to_list()) == ([1], [1])
    assert rows.schema == schema(Fill) and scores.schema == schema(Score)
    assert rows["prefix"][0] + rows["expected"][0] + rows["suffix"][0] == TEXT
    assert scores["benchmark"].to_list() == ["test split, line"]
    _, scores, _ = fill(generator=Knowing(answer="pass"))
    assert scores["k"].to_list() == [0]
    json.dumps(facts)


def test_of_what_is_written_for_a_line_the_first_line_counts(fill):
    rows, *_ = fill(generator=Knowing())
    assert rows["text"].to_list() == rows["expected"].to_list()


def test_a_random_span_counts_whole(fill):
    _, scores, _ = fill(span="random", generator=Knowing())
    assert scores["k"].to_list() == [1]
    assert scores["benchmark"].to_list() == ["test split, random span"]


def test_a_line_is_what_stands_behind_its_indentation():
    found = {TEXT[slice(*masked(TEXT, "line", 1, seed))] for seed in range(20)}
    assert found == {"import os", "def f(x):", "# add", "return x + 1"}


def test_a_random_span_is_never_blank_and_never_longer_than_asked():
    for seed in range(200):
        start, end = masked(TEXT, "random", 7, seed)
        assert 1 <= end - start <= 7 and TEXT[start:end].strip()
    assert len({masked(TEXT, "random", 7, seed) for seed in range(200)}) > 50


def test_a_text_without_a_letter_has_no_hole(fill):
    assert masked("\n  {\n}\n", "line", 1, 0) is None
    assert masked("", "random", 5, 0) is None
    assert masked(" \n ", "random", 5, 0) is None
    rows, _, facts = fill(TEXT, "{\n}\n", generator=Knowing())
    assert (rows.height, facts["without"]) == (1, 1)
    with pytest.raises(KcoderError, match="no document has a line to take out"):
        fill("{\n}\n", generator=Knowing())


def test_holes_depend_on_ids_and_the_seed_alone(fill):
    texts = [f"a = {n}\nb = {n}\nc = {n}\nd = {n}\n" for n in range(30)]
    told = {"documents": 10, "generator": Knowing(texts=tuple(texts))}
    one, *_ = fill(*texts, **told)
    other, *_ = fill(*texts, **told)
    assert one.equals(other) and one.height == 10
    moved, *_ = fill(*texts, seed=1, **told)
    assert not moved.equals(one)


def test_no_more_is_shown_than_asked(fill):
    text = "".join(f"x{n} = {n}\n" for n in range(100))
    rows, *_ = fill(text, before=10, after=5, generator=Knowing(answer="y"))
    assert (len(rows["prefix"][0]), len(rows["suffix"][0])) == (10, 5)


def test_where_nothing_fits_into_the_context_there_is_no_score(fill):
    class Full(Knowing):
        @contextmanager
        def open(self, model, host):
            yield lambda requests, done=frozenset(): ([Answer(r.id, "", "length", 0)] for r in requests)

    with pytest.raises(KcoderError, match="leaves no room"):
        fill(generator=Full())
