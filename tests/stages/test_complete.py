import json
from contextlib import contextmanager

import polars as pl
import pytest

from kcoder.benchmark import Benchmark, Problem
from kcoder.errors import KcoderError
from kcoder.generator import Answer, Generator
from kcoder.language import Language
from kcoder.records import Completion, schema
from kcoder.stages.complete import CompleteProblems

PYTHON = Language(name="python", suffixes=(".py",), comment="#", stops=("\ndef ",))
PROBLEM = Problem(id="p/1", prompt="def add1(x):\n", entry="add1", tests=(((1,), 2),))


class Two(Benchmark):
    ids: tuple[str, ...] = ("p/2", "p/1")

    def problems(self, language, host):
        return (PROBLEM.model_copy(update={"id": name}) for name in self.ids)


class Echo(Generator):
    """Answers from last to first with what it was asked."""

    silent: bool = False
    dies: int = -1

    @contextmanager
    def open(self, model, host):
        def complete(requests, done=frozenset()):
            for number, request in enumerate(reversed([] if self.silent else list(requests))):
                if request.id in done:
                    continue
                if number == self.dies:
                    raise RuntimeError("killed")
                text = json.dumps([request.prompt, request.stops, request.seed, len(done)])
                yield [Answer(request.id, text, "stop", 3)]

        yield complete


@pytest.fixture
def complete(store, tmp_path):
    def completed(**options):
        told = {"model": store["model"], "benchmark": Two(), "language": PYTHON, **options}
        facts = store.run(CompleteProblems(**told), tmp_path)
        return pl.read_parquet(tmp_path / "completions.parquet"), facts

    return completed


def test_rows_stand_in_the_order_of_problems_and_samples(complete):
    rows, facts = complete(samples=2, generator=Echo())
    assert rows.schema == schema(Completion)
    assert rows.select("problem", "sample").rows() == [("p/2", 0), ("p/2", 1), ("p/1", 0), ("p/1", 1)]
    assert (facts["problems"], facts["completions"], facts["tokens"]) == (2, 4, 12)
    assert json.loads(rows["tests"][0]) == [[[1], 2]]


def test_the_generator_gets_the_languages_stops_and_a_seed_for_each_sample(complete):
    asked = [json.loads(text) for text in complete(samples=2, generator=Echo())[0]["text"]]
    assert {(prompt, *stops) for prompt, stops, *_ in asked} == {("def add1(x):\n", "\ndef ")}
    assert len({seed for *_, seed, _ in asked}) == 4


def test_the_checkpoint_itself_answers_by_default(complete):
    rows, facts = complete(max_tokens=5)
    assert rows["tokens"].max() <= 5
    assert facts["context"] == 64
    assert facts["cut_at_length"] == (rows["finish"] == "length").sum()


def test_two_problems_of_one_id_cannot_be_told_apart(complete):
    with pytest.raises(KcoderError, match="two problems of one id"):
        complete(benchmark=Two(ids=("a", "a")), generator=Echo())


def test_what_was_answered_before_it_was_killed_is_not_asked_again(complete, tmp_path):
    with pytest.raises(RuntimeError, match="killed"):
        complete(samples=2, generator=Echo(dies=3))
    with (tmp_path / "answers" / "batches.jsonl").open("ab") as file:
        file.write(b'[["p/2#0", "half a li')
    rows, _ = complete(samples=2, generator=Echo())
    done = {(row["problem"], row["sample"]): json.loads(row["text"])[3] for row in rows.rows(named=True)}
    assert done == {("p/2", 0): 3, ("p/2", 1): 0, ("p/1", 0): 0, ("p/1", 1): 0}


def test_a_generator_that_leaves_prompts_out_is_named(complete):
    with pytest.raises(KcoderError, match="gave no answer to 2 prompts, p/2#0 for one"):
        complete(generator=Echo(silent=True))
