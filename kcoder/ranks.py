"""Whether this process is one of several that torchrun or Slurm started together, and which.

Number 0 carries out the plan. The others wait for the work it begins, take part in each piece, and leave when it does.
They meet at a store of torch.distributed, which holds texts under names:

    begun               number 0 is there
    job-1, job-2, ...   what number 0 begins
    failed-1, ...       the error of another process's part in it
    over-1, ...         number 0's part has ended, well or not
    end                 number 0 leaves
    left                how many of the others have read it
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from kcoder.errors import KcoderError, UsageError

#: seconds between two looks at the store
EVERY = 0.2
#: how long the processes of one launch may take until all of them are there
ARRIVAL = timedelta(minutes=10)
#: seconds for which the first stays, as the store goes with it, until the others know that it leaves
LEAVING = 5.0


@dataclass(frozen=True)
class Rank:
    number: int = 0
    size: int = 1
    #: its number among those of the same machine
    local: int = 0


def here() -> Rank:
    """The one of a process that nobody started together with others is number 0 of 1."""
    told = os.environ
    if "RANK" in told and "WORLD_SIZE" in told:
        return Rank(_told("RANK"), _told("WORLD_SIZE"), _told("LOCAL_RANK" if "LOCAL_RANK" in told else "RANK"))
    # set by srun alone: in a batch script SLURM_NTASKS tells of processes that nobody has started yet
    if "SLURM_PROCID" in told and "SLURM_STEP_NUM_TASKS" in told:
        local = _told("SLURM_LOCALID") if "SLURM_LOCALID" in told else 0
        return Rank(_told("SLURM_PROCID"), _told("SLURM_STEP_NUM_TASKS"), local)
    return Rank()


def _told(name: str, most: int = 1_000_000) -> int:
    """A number that the environment tells. Raises UsageError where it is none."""
    text = os.environ[name]
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        hint = f"torchrun and srun set it themselves: where neither started this, say unset {name}"
        raise UsageError(f"{name}={text} in the environment is not a number from 0 to {most}", hint)
    return int(text)


def address() -> tuple[str, int]:
    """Where number 0 is."""
    told = os.environ
    name, several = told.get("MASTER_ADDR"), told.get("SLURM_STEP_NUM_NODES", "1") != "1"
    if not name and several:  # not SLURM_LAUNCH_NODE_IPADDR: srun may have been typed on a login node
        name = first_host(told.get("SLURM_STEP_NODELIST", ""))
    # two numbers of one sum would meet: job 12345's step 1 and job 12346's step 0
    own = 20_000 + zlib.crc32(_slurm_step().encode()) % 10_000
    return name or "127.0.0.1", _told("MASTER_PORT", 65_535) if "MASTER_PORT" in told else own


def first_host(hosts: str) -> str:
    """That of a list as Slurm writes it: node03 of "node[03-05,7],other"."""
    return re.sub(r"\[([^],-]+)[^]]*\]", r"\1", hosts).partition(",")[0]


def launch() -> str:
    """What its processes alone are told alike: others who meet at the same store are not heard.

    It is no protection from a person who wants to be heard: the names of a store can be guessed, and nothing in it is
    secret from who reaches its port.
    """
    told = os.environ
    if "TORCHELASTIC_RUN_ID" in told:
        return f"kcoder-{told['TORCHELASTIC_RUN_ID']}-{told.get('TORCHELASTIC_RESTART_COUNT', '0')}"
    return f"kcoder-{_slurm_step()}-{os.getuid()}" if "SLURM_JOB_ID" in told else "kcoder"


def _slurm_step() -> str:
    return f"{os.environ.get('SLURM_JOB_ID', '0')}.{os.environ.get('SLURM_STEP_ID', '0')}"


@cache
def store() -> Any:
    """Where the processes of this launch meet. Number 0 calls it first of all: the others find nothing before.

    Raises KcoderError where there is no such place.
    """
    from torch._C._distributed_c10d import PrefixStore, TCPStore

    rank, (name, port) = here(), address()
    agents = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"  # torchrun's own is there already
    hosts = rank.number == 0 and not agents
    try:
        found = TCPStore(name, port, rank.size, hosts, timeout=ARRIVAL, wait_for_workers=False)
    except RuntimeError as error:
        raise _apart(name, port, hosts) from error
    return PrefixStore(launch(), found)


def _apart(name: str, port: int, hosts: bool) -> KcoderError:
    if hosts:
        hint = "set MASTER_PORT to a free one, the same for all processes of this launch"
        return KcoderError(f"the others cannot be awaited at port {port}: is it in use?", hint)
    hint = "look at what it said; MASTER_ADDR and MASTER_PORT say where it is"
    return KcoderError(f"the first process of this launch cannot be reached at {name}:{port}", hint)


@contextlib.contextmanager
def leading() -> Iterator[None]:
    """As number 0: be found by the others from now on, and let them go in the end, however it comes."""
    others = here().size - 1
    if not others:
        yield
        return
    found = store()
    found.set("begun", "")
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # a store that is gone must not hide why this ends
            found.set("end", "")
            until = time.monotonic() + LEAVING
            while found.add("left", 0) < others and time.monotonic() < until:
                time.sleep(EVERY)


def attend(part: Callable[[int, str], None]) -> None:
    """As another: take `part` in all that number 0 begins, by number and job, until it ends.

    How that went is number 0's to say: whoever fails besides it makes torchrun kill it before it has spoken. Raises
    KcoderError where it is gone without a word.
    """
    number, found, until = 1, store(), time.monotonic() + ARRIVAL.total_seconds()
    try:
        while not found.check(["begun"]):  # its place may be another launch's by chance
            if time.monotonic() > until:
                raise _apart(*address(), hosts=False)
            time.sleep(EVERY)
        while not found.check(["end"]):
            if found.check([f"job-{number}"]):
                part(number, found.get(f"job-{number}").decode())
                number += 1
            time.sleep(EVERY)
        found.add("left", 1)
    except RuntimeError as error:
        raise _apart(*address(), hosts=False) from error
