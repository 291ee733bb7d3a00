from contextlib import contextmanager

import pytest

from kcoder.answering import answered, seed_of
from kcoder.errors import KcoderError
from kcoder.generator import Answer, Generator, Request
from kcoder.host import Host

REQUESTS = {name: Request(id=name, prompt=name) for name in "abcd"}


class Counting(Generator):
    """Answers each request by itself with how many were there already; dies before the one called `dies`."""

    dies: str = ""
    silent: bool = False

    @contextmanager
    def open(self, model, host):
        def complete(requests, done=frozenset()):
            for each in [] if self.silent else requests:
                if each.id == self.dies:
                    raise RuntimeError("killed")
                if each.id not in done:
                    yield [Answer(each.id, str(len(done)), "stop", 1, 5)]

        yield complete


def test_what_is_kept_is_not_asked_for_again(tmp_path):
    kept, said = tmp_path / "answers" / "batches.jsonl", []
    with pytest.raises(RuntimeError):
        answered(Counting(dies="c"), None, REQUESTS, kept, Host())
    found = answered(Counting(), None, REQUESTS, kept, Host(say=said.append))
    assert {name: answer.text for name, answer in found.items()} == {"a": "0", "b": "0", "c": "2", "d": "2"}
    assert found["a"] == Answer("a", "0", "stop", 1, 5)
    assert said == ["2 of 4 completions are there already"]


def test_half_a_line_and_answers_to_what_is_no_longer_asked_are_passed_over(tmp_path):
    kept = tmp_path / "batches.jsonl"
    kept.write_bytes(b'[["a", "old", "stop", 1], ["z", "other", "stop", 1]]\n[["b", "ha')
    found = answered(Counting(), None, REQUESTS, kept, Host())
    assert (found["a"].text, found["b"].text, set(found)) == ("old", "1", set(REQUESTS))
    again = answered(Counting(), None, REQUESTS, kept, Host())
    assert again == found  # what came after the half line was kept whole


def test_requests_without_an_answer_are_named(tmp_path):
    with pytest.raises(KcoderError, match="gave no answer to 4 prompts, a for one"):
        answered(Counting(silent=True), None, REQUESTS, tmp_path / "batches.jsonl", Host())


def test_each_sample_has_a_seed_of_its_own_that_stays():
    seeds = {seed_of(seed, problem, sample) for seed in range(3) for problem in "ab" for sample in range(5)}
    assert len(seeds) == 30
    assert seed_of(0, "HumanEval/0", 1) == seed_of(0, "HumanEval/0", 1) < 2**32
