"""What commands share that train, or foretell a training: the device that is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import click

NAME = "KCODER_DEVICE"


def _for_all(context: click.Context, parameter: click.Parameter, device: str) -> str:
    """Set the variable of the environment for as long as the command runs: what is decided before torch is there, and
    in other processes, has to know too."""
    if not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,3})?", device):
        raise click.BadParameter(f"{device!r} is neither auto, cpu, cuda nor cuda:NUMBER", context, parameter)
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # the driver's order, in which it is asked
    before = os.environ.get(NAME)
    os.environ[NAME] = device

    def restore() -> None:
        if before is None:
            os.environ.pop(NAME, None)
        else:
            os.environ[NAME] = before

    context.call_on_close(restore)
    return device


on_device: Callable[[Any], Any] = click.option(
    "--device",
    default="auto",
    show_default=True,
    envvar=NAME,
    callback=_for_all,
    help="auto, cpu, cuda, or one of several GPUs: cuda:1.",
)
