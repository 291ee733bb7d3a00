"""QLoRA: LoRA over weights that are kept in four bits (Dettmers et al. 2023)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kcoder.model import ModelFamily
from kcoder.plugin import option
from kcoder.training.adapter import Adapter
from kcoder.training.memory import Setting, four_bits

if TYPE_CHECKING:
    from kcoder.training.card import FourBit
    from kcoder.training.machine import Machine


class QLora(Adapter):
    """The weights stay, in four bits, and LoRA's small matrices beside them are trained. The defaults are P4's."""

    packages: ClassVar[tuple[str, ...]] = ("peft", "bitsandbytes")

    quantisation: Literal["nf4", "fp4"] = option("nf4", "the sixteen values a weight can have", source="P4 table 4")
    double_quantisation: bool = option(
        False, "quantise the scales too: 0.37 bits less for each weight", source="P4 table 4: nested false"
    )
    compute: Literal["auto", "fp32", "bf16", "fp16"] = option(
        "auto",
        "the format in which weights are multiplied; auto is that of precision",
        source="own choice; P4: fp16, in which Phi-2 is known to overflow",
    )
    r: int = option(128, "rank of the added matrices", source="P4 table 4", gt=0)
    alpha: int = option(256, "scale of what is added, divided by r", source="P4 table 4", gt=0)
    dropout: float = option(
        0.1, "share of the added matrices' inputs left out while training", source="P4 table 4", ge=0, lt=1
    )
    learning_rate: float = option(2e-4, "the highest learning rate", source="P4 table 4", gt=0)
    batch_size: int = option(4, "rows that go through the model together", source="P4 table 4", gt=0)
    accumulate: int = option(2, "batches that make one step", source="P4 table 4", gt=0)
    epochs: float = option(2.0, "passes over the rows; max_steps may end them earlier", source="P4 table 4", gt=0)
    max_grad_norm: float = option(0.3, "longer gradients are shortened to this", source="P4 table 4", gt=0)
    weight_decay: float = option(0.001, "AdamW's decay, on the added matrices", source="P4 table 4", ge=0)
    optimizer: Literal["adamw", "adamw_8bit", "paged_adamw_8bit", "paged_adamw_32bit"] = option(
        "paged_adamw_32bit",
        "8bit keeps AdamW's memory in a quarter of the space; paged moves it out of a full GPU, and without a GPU is "
        "the same unpaged",
        source="P4 table 4",
    )
    gradient_checkpointing: bool = option(
        True,
        "compute activations twice instead of keeping them: less memory, half as long again",
        source="P4 table 4",
    )

    def setting(self, length: int, trained: float = 1.0, *, half: bool = False) -> Setting:
        return replace(super().setting(length, trained, half=half), weight=four_bits(self.double_quantisation))

    def four_bit(self, machine: Machine) -> FourBit:
        from kcoder.training.card import FourBit
        from kcoder.training.machine import DTYPES

        compute = machine.dtype if self.compute == "auto" else DTYPES[self.compute]
        return FourBit(self.quantisation, self.double_quantisation, compute)

    def ready(self, model: Any, family: ModelFamily) -> Any:
        from kcoder.training.four_bit import require_sound

        require_sound(model)
        return super().ready(model, family)
