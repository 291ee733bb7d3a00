import gc
import sys

import pytest

from kcoder.errors import InterruptedRun
from kcoder.host import Host
from kcoder.scorers.radon import Radon
from kcoder.scoring import programs
from kcoder.scoring.programs import score_here, score_programs

DEADLY = '''
import os
from kcoder.scorer import Scorer

class Deadly(Scorer):
    """Its process dies at a program that says so."""
    values = {"characters": "characters"}

    def score(self, program, language):
        if program == "die":
            os._exit(7)
        return {"characters": float(len(program))}
'''


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """A stranger's scorer, from a module that worker processes find too."""
    (tmp_path / "deadly.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(str(tmp_path))
    import deadly

    yield deadly.Deadly()
    del sys.modules["deadly"]


@pytest.fixture
def small(monkeypatch):
    """Processes are worth while at once, and a chunk is small."""
    monkeypatch.setattr(programs, "ENOUGH", 0)
    monkeypatch.setattr(programs, "ROWS", 4)


def test_values_are_the_same_on_any_number_of_processes(small):
    told = [(f"def f{n}(x):\n    return x + {n} if x else {n}\n" * (n % 3), "python") for n in range(30)]
    told += [("not a program", "python"), ("x = 1", "java")]
    one = score_programs(told, {"python": Radon().score}, Host(workers=1))
    two = score_programs(told, {"python": Radon().score}, Host(workers=2))
    assert one == two
    assert one[1]["cyclomatic"] == 2.0
    assert one[-2:] == [None, None]


def test_a_program_at_which_a_process_dies_has_no_values_and_harms_no_other(small, deadly):
    told = [("x" * n, "any") for n in range(20)]
    told[9] = told[17] = ("die", "any")
    found = score_programs(told, {"any": deadly.score}, Host(workers=2))
    assert [values and values["characters"] for values in found] == [
        None if n in (9, 17) else float(n) for n in range(20)
    ]


def test_where_no_process_starts_no_program_is_blamed(small, deadly, monkeypatch):
    def broken(workers):
        return programs.ProcessPoolExecutor(1, mp_context=programs.get_context("spawn"), initializer=exit)

    monkeypatch.setattr(programs, "_pool", broken)
    told = [("x" * n, "any") for n in range(10)]
    found = score_programs(told, {"any": deadly.score}, Host(workers=2))
    assert [values["characters"] for values in found] == list(range(10))


def test_how_deep_the_caller_stands_does_not_matter():
    nested = [("x" + "[0]" * 300, "python")]

    def below(levels):
        return below(levels - 1) if levels else score_here(nested, {"python": Radon().score})

    assert score_here(nested, {"python": Radon().score}) == below(700)
    assert score_here(nested, {"python": Radon().score})[0] is not None


def test_collecting_garbage_goes_on_afterwards():
    score_here([("x = 1", "python")], {"python": Radon().score})
    assert gc.isenabled()


def test_a_person_can_stop_it(small):
    host = Host()
    host.stop.set()
    with pytest.raises(InterruptedRun):
        score_programs([("x = 1", "python")], {"python": Radon().score}, host)
