"""One process of a training that several do: `python -m kcoder.training.worker FD`, started by `kcoder.worker`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.isolation import kernel
from kcoder.worker import as_told


def main(pipe: int) -> int:
    begin()
    job = json.loads(sys.stdin.buffer.readline())
    lines, telling = open(pipe, "wb", buffering=0), threading.Lock()  # noqa: SIM115 - open as long as the process

    def tell(kind: str, content: Any) -> None:
        with telling, contextlib.suppress(OSError):  # the parent has ended
            lines.write(json.dumps({kind: content}).encode() + b"\n")

    host = Host(
        threads=job["threads"],
        device=job["device"],
        progress=lambda line: tell("progress", line),
        say=lambda line: tell("say", line),
    )
    threading.Thread(target=_obey, args=(host,), daemon=True).start()
    try:
        tell("done", trained(job, host))
    except BaseException as error:
        tell("error", as_told(error, traceback.format_exc()))
        return 1
    return 0


def trained(job: dict[str, Any], host: Host) -> dict[str, Any]:
    """What the training returns. The process leaves without parting from the others: that would wait for them."""
    from kcoder.stage import Step
    from kcoder.training.method import Method
    from kcoder.training.parallel import Given
    from kcoder.training.team import meet

    module, _, name = job["method"].partition(":")
    method = getattr(import_module(module), name)
    if not (isinstance(method, type) and issubclass(method, Method)):  # in a launch the job comes from elsewhere
        raise KcoderError(f"{job['method']} is no method of training")
    made = method.model_validate_json(job["options"])
    given = Step("given", Given())
    wires = {each: given[each] for each in Given.produces}
    inputs = {given[each]: Path(path) for each, path in job["inputs"].items()}
    meet(job["meeting"], job["number"], job["size"])
    facts: dict[str, Any] = made.model_copy(update=wires).run(inputs, Path(job["out"]), host)
    return facts


def _obey(host: Host) -> None:
    """Stop when the parent asks; end when it has ended."""
    if sys.stdin.buffer.readline():
        host.stop.set()
        sys.stdin.buffer.readline()
    os._exit(1)


def begin() -> None:
    """End with the parent. Where it has ended before this, the end of standard input says so.

    Slurm and systemd tell every process to end, this one too: but the parent says when.
    """
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    if sys.platform == "linux":
        kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    # not sys.exit: threads of gloo and nccl may be waiting for a process that is gone
    code = main(int(sys.argv[1]))
    sys.stdout.flush()
    os._exit(code)
