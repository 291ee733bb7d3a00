"""What a step tells of its needs."""

from kcoder.forecast import Forecast


def test_a_step_that_tells_nothing_lacks_nothing():
    assert Forecast() == Forecast((), {}, None)
