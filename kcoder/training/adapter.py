"""What LoRA and its kin share: the weights stay, and small matrices beside them are trained (Hu et al. 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from kcoder.errors import UsageError, choice
from kcoder.model import ModelFamily, linear_layers
from kcoder.plugin import option
from kcoder.training.memory import Setting
from kcoder.training.method import Method


class Adapter(Method):
    """A layer W becomes W + alpha/r · B·A with r columns in B; only A and B are trained and saved."""

    saves: ClassVar[str] = "adapter"
    packages: ClassVar[tuple[str, ...]] = ("peft",)

    smoke: ClassVar[Mapping[str, Any]] = {**Method.smoke, "r": 4, "alpha": 8}

    r: int = option(64, "rank of the added matrices", source="P3; its rank was not published", gt=0)
    alpha: int = option(128, "scale of what is added, divided by r", source="P3; its alpha was not published", gt=0)
    dropout: float = option(
        0.0,
        "share of the added matrices' inputs left out while training",
        source="own choice; P4: 0.1",
        ge=0,
        lt=1,
    )
    target_modules: Literal["all-linear", "attention"] | tuple[str, ...] = option(
        "all-linear",
        "the linear layers of every block, those of its attention, or names of modules, the papers' among them",
        source="P4 table 4",
    )
    weight_decay: float = option(0.0, "AdamW's decay, on the added matrices", source="own choice", ge=0)

    def setting(self, length: int, trained: float = 1.0, *, half: bool = False) -> Setting:
        told = self.target_modules
        targets = None if told == "all-linear" else (told,) if isinstance(told, str) else told
        plain = super().setting(length, trained, half=half)
        return replace(plain, rank=self.r, targets=targets, dropout=self.dropout > 0)

    def ready(self, model: Any, family: ModelFamily) -> Any:
        from peft import LoraConfig, get_peft_model
        from transformers.pytorch_utils import Conv1D

        modules = dict(model.named_modules())
        if not family.lora_targets:
            family = family.model_copy(update={"lora_targets": tuple(linear_layers(model))})
        names = targets(list(modules), self.target_modules, family)
        config = LoraConfig(
            r=self.r,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=names,
            task_type="CAUSAL_LM",
            # GPT-2's layers hold their weights the other way round
            fan_in_fan_out=any(isinstance(its, Conv1D) and path.endswith(names[0]) for path, its in modules.items()),
        )
        return get_peft_model(model, config)


def targets(modules: list[str], wanted: str | tuple[str, ...], family: ModelFamily) -> list[str]:
    """The names of the modules an adapter goes into, given the paths of all modules of the model.

    Left to itself peft adapts one module of CodeGen's four. Raises UsageError for a name the model does not
    have.
    """
    # transformers calls the module around an attention's layers attn, self_attn or attention.
    around: dict[str, set[str]] = {}
    for path in modules:
        parent, _, name = path.rpartition(".")
        around.setdefault(name, set()).add(parent.rpartition(".")[2])
    renamed = {} if isinstance(wanted, str) else {old: new for old, new in family.renamed if old not in around}
    told = family.lora_targets if isinstance(wanted, str) else wanted
    names = [name for each in told for name in renamed.get(each, (each,))]
    for name in names:
        if name not in around:
            known = set(family.lora_targets) & around.keys()
            raise UsageError(f"a {family.name} model has no module called {name!r}", choice(name, known))
    if wanted == "attention":
        names = [found for name in names for found in _of_attention(name, around[name])]
    if not names:
        raise UsageError(f"no module of a {family.name} model is known to be its attention's", "list them by name")
    return sorted(set(names))


def _of_attention(name: str, around: set[str]) -> list[str]:
    """How this module is named where it belongs to an attention; GPT-2's c_proj does so in one of its two places."""
    inside = [parent for parent in sorted(around) if "att" in parent]
    return [name] if len(inside) == len(around) else [f"{parent}.{name}" for parent in inside]
