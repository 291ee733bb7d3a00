"""Halstead's counts of operators and operands (Halstead 1977, "Elements of Software Science", ch. 2 and 8)."""

from __future__ import annotations

import math
from collections import Counter


def halstead(operators: Counter[str], operands: Counter[str]) -> dict[str, float | None]:
    """Vocabulary n1 + n2, length N1 + N2, calculated length n1 log2 n1 + n2 log2 n2, volume N log2 n and difficulty
    (n1/2)(N2/n2).

    n log2 n is 0 where n is 0. Difficulty is None where there are no operands.
    """
    vocabulary = len(operators) + len(operands)
    length = operators.total() + operands.total()
    difficulty = len(operators) / 2 * operands.total() / len(operands) if operands else None
    return {
        "halstead_vocabulary": float(vocabulary),
        "halstead_length": float(length),
        "halstead_calculated_length": math.fsum(n * math.log2(n) for n in (len(operators), len(operands)) if n),
        "halstead_difficulty": difficulty,
        "halstead_volume": length * math.log2(vocabulary) if vocabulary else 0.0,
    }
