"""The held-out problems."""

import hashlib
import json

import pytest

from kcoder.errors import UsageError
from kcoder.mini.catalogue import Skeleton
from kcoder.mini.problems import held_out, problems


@pytest.mark.parametrize("side", ["test", "dev"])
def test_every_problem_has_twenty_calls_that_do_not_all_return_the_same(side: str) -> None:
    for problem in problems(side, "python"):
        results = {json.dumps(expected) for _, expected in problem.tests}
        assert len(problem.tests) == 20 and len(results) >= 2, problem.id


def test_a_problem_is_the_same_in_both_languages() -> None:
    both = zip(problems("test", "python"), problems("test", "lua"), strict=True)
    assert all((p.id, p.entry, p.tests) == (lua.id, lua.entry, lua.tests) for p, lua in both)


def test_problems_do_not_change_unnoticed() -> None:
    # when this has to change, raise the revision of the benchmarks: scores are no longer comparable
    told = [p.model_dump_json(exclude_defaults=True) for side in ("test", "dev") for p in problems(side, "python")]
    assert hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] == "f5a281d7b5a25da6"


def test_a_skeleton_is_drawn_again_while_its_calls_tell_too_little() -> None:
    # of the first draw, whether all are divisible by 8, there are not ten calls that return true
    function, tests = held_out(Skeleton("numbers", ("all", "plain", "divisible")))
    assert function.constants != (8,)
    assert [expected for _, expected in tests].count(True) == len(tests) // 2


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="python and lua"):
        next(problems("test", "cobol"))
