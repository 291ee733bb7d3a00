"""Halstead's counts of operators and operands (Halstead 1977, "Elements of Software Science", ch. 2 and 8)."""

from __future__ import annotations

import math
from collections import Counter


def halstead(operators: Counter[str], operands: Counter[str]) -> dict[str, float | None]:
    """Vocabulary n1 + n2, length N1 + N2, volume N log2 n (0 of an empty program) and difficulty (n1/2)(N2/n2).

    Difficulty is None where there are no operands.
    """
    vocabulary = len(operators) + len(operands)
    length = operators.total() + operands.total()
    difficulty = len(operators) / 2 * operands.total() / len(operands) if operands else None
    return {
        "halstead_vocabulary": float(vocabulary),
        "halstead_length": float(length),
        "halstead_difficulty": difficulty,
        "halstead_volume": length * math.log2(vocabulary) if vocabulary else 0.0,
    }
