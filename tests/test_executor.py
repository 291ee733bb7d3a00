"""What an executor is given and what it promises."""

import dataclasses

import pytest
from pydantic import ValidationError

from kcoder.executor import Executor, Job, Judgement
from kcoder.host import Host
from kcoder.language import Tests
from kcoder.plugin import load, names
from kcoder.records import Verdict


def test_the_limits_and_their_units():
    limits = Executor()
    assert (limits.timeout, limits.memory, limits.output) == (10.0, 1024, 1024)
    told = {name: field.description for name, field in Executor.model_fields.items()}
    assert told["timeout"].startswith("seconds")
    assert told["memory"].startswith("MiB")
    assert told["output"].startswith("KiB")


@pytest.mark.parametrize("limit", ["timeout", "memory", "output"])
@pytest.mark.parametrize("value", [0, -1, "much"])
def test_a_limit_of_nothing_is_refused(limit, value):
    with pytest.raises(ValidationError, match=limit):
        Executor(**{limit: value})


def test_an_executor_must_say_how_it_opens():
    with pytest.raises(NotImplementedError):
        Executor().open(Host())


def test_jobs_and_judgements_cannot_be_changed_on_their_way():
    language = load("languages", "python")
    for thing in (Job("1", language, "", "f", Tests("")), Judgement("1", Verdict.PASSED, "", 0.0, "namespaces")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            thing.id = "2"


@pytest.mark.parametrize("name", names("executors"))
def test_every_executor_matches_judgements_to_jobs_by_id_and_reads_no_more_jobs_than_it_needs(name):
    language = load("languages", "python")
    read = []

    def jobs():
        for n in range(12):
            read.append(n)
            yield Job(f"job {n}", language, f"def f(n): return {n % 2}", "f", language.calls("f", [((0,), 1)]))

    with load("executors", name)(timeout=5).open(Host()) as execute:
        judged = execute(jobs())
        first = next(judged)
        assert len(read) < 12
        verdicts = {j.id: j.verdict for j in (first, *judged)}
    right = {f"job {n}": Verdict.PASSED if n % 2 else Verdict.WRONG_ANSWER for n in range(12)}
    assert verdicts == right
