"""`parallel`: one training by several processes, each with a GPU of its own, or with a share of the processors.

Every step sees the same rows, however many processes divide them: nothing here enters a key.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from kcoder import ranks
from kcoder.errors import MachineLacksError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Checkpoint, Packed, Record
from kcoder.stage import Facts, Output, Stage
from kcoder.training.gpu import count
from kcoder.workers import together

if TYPE_CHECKING:
    from kcoder.training.method import Method


class Parallel(BaseModel):
    """How several processes share a training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    strategy: Literal["ddp", "fsdp"] = option(
        "ddp",
        "ddp: each process has the whole model; fsdp (FSDP2): a share of it, its gradients and its optimizer's memory",
        source="own choice",
    )
    processes: int | None = option(
        None, "how many; all GPUs of the machine, or all that torchrun or Slurm started, if not given", ge=1
    )

    def size(self) -> int:
        """The processes of a training here. Raises MachineLacksError."""
        started, gpus = ranks.here().size, count()
        if started > 1:
            if self.processes not in (None, started):
                raise MachineLacksError(
                    f"parallel says processes: {self.processes}, but {started} were started together",
                    "leave processes out, or start as many",
                )
            return started
        if self.processes is None and not gpus:
            raise MachineLacksError(
                "parallel: there is no GPU here, so the number of processes must be given",
                "say parallel: {processes: 2}, or leave parallel out",
            )
        if self.processes and gpus and self.processes > gpus:
            raise MachineLacksError(
                f"parallel: {self.processes} processes need as many GPUs, and this machine has {gpus}",
                f"say processes: {gpus}, or KCODER_DEVICE=cpu",
            )
        return self.processes or gpus


def undivided(batch: int, accumulate: int, processes: int) -> tuple[str, str] | None:
    """What is wrong where the rows of a batch cannot be divided among the processes, and the smallest change."""
    if batch % processes == 0:
        return None
    rows = batch * accumulate
    fits = next((size for size in range(batch, 0, -1) if rows % size == 0 and size % processes == 0), 0)
    fits = fits or (rows if rows % processes == 0 else 0)
    fewer = max(number for number in range(1, processes + 1) if batch % number == 0)
    ways = [f"batch_size: {fits} and accumulate: {rows // fits}, which makes the same steps"] if fits else []
    ways += [f"processes: {fewer}" if fewer > 1 else f"batch_size: {processes * math.ceil(batch / processes)}"]
    return f"batches of {batch} rows cannot be divided among {processes} processes", f"say {', or '.join(ways)}"


def beyond_fsdp(how: Method) -> tuple[str, str] | None:
    """What a model that is divided among processes cannot do, and what to say instead."""
    if "quantisation" in type(how).model_fields:
        return "strategy: fsdp cannot divide a model in four bits", "say method: lora, or strategy: ddp"
    for name, told, instead in (
        ("optimizer", how.optimizer != "adamw", "adamw"),
        ("precision", how.precision == "fp16", "bf16"),
        ("on_out_of_memory", how.on_out_of_memory == "halve", "stop"),
    ):
        if told:
            hint = f"say {name}: {instead}, or strategy: ddp"
            return f"strategy: fsdp cannot do {name}: {getattr(how, name)}", hint
    return None


# ---- starting ------------------------------------------------------------------------------------------------------


class Given(Stage):
    """Stands, in a worker, for the steps that made what the training reads."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"rows": Packed, "valid": Packed, "model": Checkpoint}


def trained_together(
    how: Method, parallel: Parallel, inputs: Mapping[Output[Any], Path], out: Path, host: Host
) -> Facts:
    """What `how.run` returns and leaves behind, by several processes."""
    told = {name: str(inputs[getattr(how, name)].resolve()) for name in Given.produces}
    job = {
        "method": f"{type(how).__module__}:{type(how).__qualname__}",
        # what was not set stays unset: some of it is a default only then
        "options": how.model_dump_json(exclude_unset=True, exclude=set(Given.produces)),
        "inputs": told,
        "out": str(out.resolve()),
        "device": host.device.partition(":")[0],  # each sees its own GPU alone
        "threads": host.threads,
    }
    return together(job, parallel.size(), host)
