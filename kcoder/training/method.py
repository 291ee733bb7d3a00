"""What the ways of training share: their options, what they read and what they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kcoder import ranks
from kcoder.errors import MachineLacksError, UsageError
from kcoder.forecast import Forecast
from kcoder.host import Host
from kcoder.model import ModelFamily
from kcoder.plugin import load, name_of, option
from kcoder.records import Checkpoint, Checkpoints, History, Record
from kcoder.stage import Facts, Output, Stored, Training
from kcoder.training.budget import Duration
from kcoder.training.gpu import capability, require
from kcoder.training.memory import Setting
from kcoder.training.parallel import Parallel, beyond_fsdp, trained_together, undivided

if TYPE_CHECKING:
    from kcoder.training.card import FourBit
    from kcoder.training.machine import Machine

Share = Annotated[float, Field(ge=0, lt=1)]


class Method(Training):
    """One loop over packed rows. A method says which weights may change, and what is saved of them."""

    #: "model" where all weights are saved, "adapter" where only what was added
    saves: ClassVar[str]
    produces: ClassVar[Mapping[str, type[Record]]] = {"model": Checkpoint, "kept": Checkpoints, "history": History}
    revision: ClassVar[int] = 2
    #: what may change from one run to the next without changing what comes out
    unkeyed: ClassVar[frozenset[str]] = frozenset({"time", "on_out_of_memory", "gradient_checkpointing", "parallel"})
    #: packages, besides torch and transformers, whose version may change the result
    packages: ClassVar[tuple[str, ...]] = ()

    smoke: ClassVar[Mapping[str, Any]] = {
        "max_steps": 5,
        "tokens": None,
        "time": None,
        "parallel": None,
        "save_every": 1,
        "valid_rows": 8,
        "batch_size": 2,
        "accumulate": 1,
        # what any machine has
        "precision": "auto",
        "optimizer": "adamw",
    }

    learning_rate: float = option(5e-4, "the highest learning rate", source="P3 §4.1.1", gt=0)
    scheduler: Literal["cosine", "linear", "constant"] = option(
        "cosine", "how the learning rate falls after the warm-up", source="P3 §4.1.1"
    )
    warmup: float = option(0.05, "share of the steps in which the learning rate rises", source="P4 table 4", ge=0, lt=1)
    min_learning_rate: float = option(
        0.0, "share of learning_rate left at the last step", source="P3 §4.1.1: a cosine to zero", ge=0, le=1
    )
    batch_size: int = option(8, "rows that go through the model together", source="P3 §4.1.1", gt=0)
    accumulate: int = option(1, "batches that make one step", source="own choice", gt=0)
    epochs: float = option(1.0, "passes over the rows; max_steps may end them earlier", source="own choice", gt=0)
    max_steps: int = option(10_000, "steps at most; epochs may end earlier", source="P3 §4.1.2", gt=0)
    tokens: int | None = option(
        None, "trained tokens after which it ends, in place of epochs and max_steps", source="own choice", gt=0
    )
    time: Duration | None = option(
        None,
        "how long one run may train, as in 45m or 1h30m: it stops before, with a checkpoint and exit code 5, and the "
        "same command goes on",
        source="own choice",
    )
    optimizer: Literal["adamw", "adamw_8bit", "paged_adamw_8bit", "paged_adamw_32bit"] = option(
        "adamw",
        "8bit keeps AdamW's memory in a quarter of the space; paged moves it out of a full GPU",
        source="P4 table 4: paged_adamw_32bit",
    )
    weight_decay: float = option(0.1, "AdamW's decay, on matrices only", source="own choice", ge=0)
    betas: tuple[Share, Share] = option(
        (0.9, 0.999),
        "AdamW's memory of gradients and of their squares, shares kept per step",
        source="P3 §4.1.1: Adam, whose defaults these are",
    )
    max_grad_norm: float = option(1.0, "longer gradients are shortened to this", source="own choice; P4: 0.3", gt=0)
    save_every: int = option(
        200, "steps between measuring the validation loss, each with a checkpoint", source="P4 §4.3", gt=0
    )
    keep: int | None = option(
        None,
        "checkpoints kept in the result, evenly spaced, besides that of the lowest validation loss: what train.select "
        "chooses among; 5 where that is given and this is not",
        source="own choice",
        ge=0,
    )
    valid_rows: int = option(
        512, "packed validation rows that are measured, drawn once with the seed", source="own choice", gt=0
    )
    precision: Literal["auto", "fp32", "bf16", "fp16"] = option(
        "auto",
        "bf16 and fp16 compute matrix products in 16 bits; auto is bf16 on a GPU that has it, fp16 on a T4, "
        "fp32 on a CPU",
        source="own choice",
    )
    gradient_checkpointing: bool = option(
        False, "compute activations twice instead of keeping them: less memory, half as long again", source="own choice"
    )
    on_out_of_memory: Literal["stop", "halve"] = option(
        "stop", "halve goes on with half the batch_size and twice the accumulate: the same steps", source="own choice"
    )
    parallel: Parallel | None = option(
        None, "several processes, each with a GPU of its own, that make the same steps together", source="own choice"
    )

    @model_validator(mode="after")
    def _one_end(self) -> Method:
        if self.tokens is not None and (ends := sorted({"epochs", "max_steps"} & self.model_fields_set)):
            message = f"tokens says when it ends, and so does {' and '.join(ends)}"
            raise PydanticCustomError("ends", message, {"hint": "leave one of them out"})
        return self

    @model_validator(mode="after")
    def _can_be_shared(self) -> Method:
        told = self.parallel
        fault = beyond_fsdp(self) if told and told.strategy == "fsdp" else None
        fault = fault or (undivided(self.batch_size, self.accumulate, told.processes or 1) if told else None)
        if fault:
            raise PydanticCustomError("parallel", "{message}", {"message": fault[0], "hint": fault[1]})
        return self

    def world(self) -> dict[str, Any]:
        if self.precision in ("bf16", "fp16") or self.optimizer != "adamw":
            able = capability()
            require(self.precision, self.here(able).optimizer, able)
        if self.parallel and (fault := undivided(self.batch_size, self.accumulate, self.parallel.size())):
            raise MachineLacksError(*fault)
        return {}

    def here(self, able: tuple[int, int] | None) -> Self:
        """This method on a GPU of that capability, or on a CPU (None), where a preset's paging has nothing to page."""
        if able or "optimizer" in self.model_fields_set or not self.optimizer.startswith("paged"):
            return self
        return self.model_copy(update={"optimizer": "adamw_8bit" if "8bit" in self.optimizer else "adamw"})

    def four_bit(self, machine: Machine) -> FourBit | None:
        """How the weights of the base are kept in four bits, for a method that does so."""
        return None

    def describe(self) -> str:
        end = f"at most {self.max_steps:,} steps" if self.tokens is None else f"{self.tokens:,} trained tokens in steps"
        several = f" by {self.parallel.processes} processes" if self.parallel and self.parallel.processes else ""
        return f"{end} of {self.batch_size * self.accumulate} rows{several}"

    def summary(self, facts: Facts) -> str:
        valid = facts["valid"]
        share = facts["trainable"] / facts["parameters"]
        trained = f"   {share:.1%} trained" if share < 1 else ""
        kept = f"{valid['first']:.2f} → {valid['best']:.2f} at step {facts['best_step']:,}"
        return f"{facts['steps']:,} steps   valid {kept}{trained}"

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        """Its model is of the shape of the one it starts from."""
        from kcoder.training.forecast import model

        return model(self.model, stored) if self.model else super().foretold(stored)

    def forecast(self, stored: Stored, place: Path, *, probe: bool) -> Forecast | None:
        from kcoder.training.forecast import forecast

        return forecast(self, stored, place, probe=probe)

    def setting(self, length: int, trained: float = 1.0, *, half: bool = False) -> Setting:
        """What decides how much memory it takes, for rows of so many tokens of which such a share is trained. `half`:
        products are computed in 16 bits."""
        return Setting(
            batch=self.batch_size,
            length=length,
            accumulate=self.accumulate,
            trained=trained,
            half=half,
            optimizer=self.optimizer,
            checkpointing=self.gradient_checkpointing,
        )

    def ready(self, model: Any, family: ModelFamily) -> Any:
        """The model with exactly those weights trainable that this method changes."""
        raise NotImplementedError

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import torch

        from kcoder.training import checkpoint, frugal, resume, team
        from kcoder.training.card import Card, described, read_card
        from kcoder.training.forecast import tight
        from kcoder.training.gate import require_sound
        from kcoder.training.loop import Loop
        from kcoder.training.machine import settle
        from kcoder.training.results import leave
        from kcoder.training.room import room
        from kcoder.training.rows import Rows, rendered_with
        from kcoder.training.state import put

        if self.rows is None or self.valid is None or self.model is None:
            raise ValueError(f"{name_of(self)} has not been wired to its inputs")
        together = team.here(self.parallel)
        if together.size == 1 and self.parallel and self.parallel.size() > 1:
            return trained_together(self, self.parallel, inputs, out, host)
        if not self.parallel and (started := ranks.here().size) > 1:
            host.say(f"{started} processes were started, and one of them trains: say parallel: {{}} to train with all")
        source, folder = inputs[self.model], out / self.scratch
        before = read_card(source)
        machine = settle(host, before.parameters, self.precision, together.size)
        how, four_bit = self.here(machine.capability), self.four_bit(machine)
        require(how.precision, how.optimizer, machine.capability)
        used = machine.used(*self.packages, *(() if how.optimizer == "adamw" else ("bitsandbytes",)))
        if how is not self:
            used["optimizer"] = how.optimizer
        used |= together.used()
        train, valid = Rows.read(inputs[self.rows]), Rows.read(inputs[self.valid])
        if together.first:
            resume.require_same(folder, used | {"rows": train.digest()[:12]})
        if machine.device == "cpu" and tight(how, described(source), train.length, room()):
            frugal.give_back_at_once()
        loaded = checkpoint.load_plain(
            source, host.say, four_bit=four_bit, device="cpu" if together.divided else machine.device
        )
        words = loaded.model.get_input_embeddings().num_embeddings
        for rows in (train, valid):
            require_sound(rows, loaded.tokenizer.eos_token_id, words)
        torch.manual_seed(self.seed)
        model = self.ready(loaded.model, load("models", before.family))
        parameters, trainable = checkpoint.count(model), checkpoint.count(model, trainable=True)
        if self.gradient_checkpointing:
            _compute_twice(model, before.family)
        model = together.ready(model, machine)
        result = Loop(how, model, before, train, valid, machine, folder, host, together).train()
        if not together.first:
            return {}
        if together.divided:
            model = self.ready(checkpoint.load_plain(source, host.say).model, load("models", before.family))
            put(model, resume.place(folder, result.best_step))
        template = rendered_with(inputs[self.rows]) or before.template
        if template.chat:  # for other programs, which ask the tokenizer
            loaded.tokenizer.chat_template = template.chat
        card = Card(
            kind=self.saves,
            family=before.family,
            parameters=parameters,
            trainable=trainable,
            context=before.context,
            four_bit=four_bit,
            lineage=(*before.lineage, name_of(self)),
            template=template,
            stops=before.stops,
            licence=before.licence,
        )
        kept = leave(model, loaded.tokenizer, card, source, result, folder, out, host.say)
        return {"parameters": parameters, "trainable": trainable, **result.facts(), "kept": kept, "used": used}


def _compute_twice(model: Any, family: str) -> None:
    """Keep no activations but those between blocks. Raises UsageError where the model cannot."""
    if not model.supports_gradient_checkpointing:
        raise UsageError(
            f"{family} models keep all their activations: they have no gradient checkpointing",
            "say gradient_checkpointing: false; a smaller batch_size, with accumulate, takes less memory too",
        )
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
