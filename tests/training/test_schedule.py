import pytest

from kcoder.training.schedule import share


@pytest.mark.parametrize(
    ("scheduler", "least", "expected"),
    [
        ("cosine", 0.0, [0.5, 1.0, 0.853553, 0.5, 0.146447, 0.0]),
        ("linear", 0.0, [0.5, 1.0, 0.75, 0.5, 0.25, 0.0]),
        ("linear", 0.2, [0.5, 1.0, 0.8, 0.6, 0.4, 0.2]),
        ("constant", 0.0, [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_six_steps_of_which_two_warm_up(scheduler, least, expected):
    found = [share(step, 6, 0.3, scheduler, least) for step in range(1, 7)]
    assert found == pytest.approx(expected, abs=1e-6)


def test_without_warm_up_the_first_step_has_nearly_the_full_rate():
    assert share(1, 100, 0.0, "cosine", 0.0) > 0.999


def test_a_single_step_is_no_division_by_zero():
    assert share(1, 1, 0.0, "linear", 0.1) == pytest.approx(0.1)
    assert share(1, 1, 0.05, "cosine", 0.0) == 1.0
