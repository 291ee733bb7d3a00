"""What measures are called where people read them."""

from __future__ import annotations

from collections.abc import Mapping

#: each scorer counts these otherwise, so that its name stands beside them
_HALSTEAD = {
    "halstead_vocabulary": "Halstead vocabulary",
    "halstead_length": "Halstead length",
    "halstead_calculated_length": "Halstead calculated length",
    "halstead_difficulty": "Halstead difficulty",
    "halstead_volume": "Halstead volume",
}
LABELS: Mapping[str, str] = {
    **_HALSTEAD,
    **{f"{scorer}.{name}": f"{label} ({scorer})" for name, label in _HALSTEAD.items() for scorer in ("radon", "token")},
    "cyclomatic": "cyclomatic, mean of its functions",
    "cyclomatic_max": "cyclomatic, its most complex function",
    "cyclomatic_sum": "cyclomatic, sum of its functions",
    "cyclomatic_program": "cyclomatic, whole program",
    "functions": "functions",
    "question_mtld": "question MTLD, of 100 words or more",
    "question_mtld_unfloored": "question MTLD, of any length",
    "question_ttr": "question type-token ratio",
    "question_spread": "question spread, 1 / mean cosine",
    "question_distance": "question distance, 1 − mean cosine",
    "question_vendi": "question Vendi score",
    "code_spread": "code spread, 1 / mean cosine",
    "code_distance": "code distance, 1 − mean cosine",
    "code_vendi": "code Vendi score",
}
