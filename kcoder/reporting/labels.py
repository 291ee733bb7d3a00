"""What models and languages are called on the page and in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SPELT = {"cpp": "C++", "csharp": "C#", "javascript": "JavaScript", "php": "PHP", "typescript": "TypeScript"}


def language(name: str) -> str:
    """A language as its people write it."""
    return SPELT.get(name, name[:1].upper() + name[1:])


def labels(models: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """A short label for each model.

    A name that a person gave stays. One made of settings (it holds `=`) becomes `lora 0.002`: the method,
    then the other settings, with their names only where there are several.
    """
    made = {m["name"]: _label(m) for m in models}
    return made if len(set(made.values())) == len(made) else {name: name for name in made}


def _label(model: Mapping[str, Any]) -> str:
    settings = dict(model["settings"])
    if "=" not in model["name"] or not settings:
        return str(model["name"])
    words = [str(settings.pop("train.method"))] if "train.method" in settings else []
    named = len(settings) > 1 or not words
    for key, value in settings.items():
        told = f"{value:g}" if isinstance(value, float) else str(value)
        words.append(f"{key.rpartition('.')[2]} {told}" if named else told)
    return " ".join(words)
