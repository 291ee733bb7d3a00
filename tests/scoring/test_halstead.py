import math
from collections import Counter

import pytest

from kcoder.scoring.halstead import halstead


def test_the_measures_follow_from_four_counts():
    # n1 = 3, N1 = 6; n2 = 2, N2 = 4
    found = halstead(Counter({"+": 3, "=": 2, "(": 1}), Counter({"x": 3, "y": 1}))
    assert found["halstead_vocabulary"] == 5
    assert found["halstead_length"] == 10
    assert found["halstead_calculated_length"] == pytest.approx(3 * math.log2(3) + 2 * math.log2(2))
    assert found["halstead_difficulty"] == 3 / 2 * 4 / 2
    assert found["halstead_volume"] == pytest.approx(10 * math.log2(5))


def test_without_operands_difficulty_is_not_defined():
    found = halstead(Counter({";": 2}), Counter())
    assert found == {
        "halstead_vocabulary": 1.0,
        "halstead_length": 2.0,
        "halstead_calculated_length": 0.0,
        "halstead_difficulty": None,
        "halstead_volume": 0.0,
    }
