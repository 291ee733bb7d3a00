"""The comparisons people write: `cyclomatic >= 2`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

#: signs with what they mean; of two that begin alike the longer stands first
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
#: a regular expression that any of the signs fulfils
SIGN = "|".join(COMPARE)
