"""LoRA: the weights stay, and small matrices beside them are trained (Hu et al. 2021)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from kcoder.errors import UsageError, choice
from kcoder.model import ModelFamily
from kcoder.plugin import option
from kcoder.training.method import Method


class Lora(Method):
    """A layer W becomes W + alpha/r · B·A with r columns in B; only A and B are trained and saved."""

    saves: ClassVar[str] = "adapter"
    packages: ClassVar[tuple[str, ...]] = ("peft",)

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
        "the linear layers of every block, those of its attention, or names of modules",
        source="P4 table 4",
    )
    weight_decay: float = option(0.0, "AdamW's decay, on the added matrices", source="own choice", ge=0)

    def ready(self, model: Any, family: ModelFamily) -> Any:
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(
            r=self.r,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=targets([name for name, _ in model.named_modules()], self.target_modules, family),
            task_type="CAUSAL_LM",
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
    names = list(family.lora_targets if isinstance(wanted, str) else wanted)
    for name in names:
        if name not in around:
            known = set(family.lora_targets) & around.keys()
            raise UsageError(f"a {family.name} model has no module called {name!r}", choice(name, known))
    if wanted == "attention":
        names = [name for name in names if any("att" in parent for parent in around[name])]
    if not names:
        raise UsageError(f"the model family {family.name} names no modules for an adapter", "list them by name")
    return sorted(names)
