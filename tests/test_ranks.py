import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from kcoder import ranks
from kcoder.errors import KcoderError, UsageError
from kcoder.ranks import Rank, here
from kcoder.workers import _free_port

NAMES = (
    "RANK",
    "WORLD_SIZE",
    "LOCAL_RANK",
    "SLURM_PROCID",
    "SLURM_STEP_NUM_TASKS",
    "SLURM_LOCALID",
    "SLURM_STEP_NUM_NODES",
    "SLURM_LAUNCH_NODE_IPADDR",
    "SLURM_STEP_NODELIST",
    "SLURM_JOB_ID",
    "SLURM_STEP_ID",
    "MASTER_ADDR",
    "MASTER_PORT",
    "TORCHELASTIC_RUN_ID",
    "TORCHELASTIC_RESTART_COUNT",
    "TORCHELASTIC_USE_AGENT_STORE",
)


@pytest.fixture
def environment(monkeypatch):
    """Sets what a launch would have set, and nothing of what one has."""

    def told(**names):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in names.items():
            monkeypatch.setenv(name, value)
        store.cache_clear()

    store = ranks.store
    yield told
    store.cache_clear()


def test_torchrun_and_slurm_say_who_a_process_is(environment):
    environment()
    assert here() == Rank(0, 1, 0)
    environment(RANK="5", WORLD_SIZE="8", LOCAL_RANK="1")
    assert here() == Rank(5, 8, 1)
    environment(SLURM_PROCID="3", SLURM_STEP_NUM_TASKS="4", SLURM_LOCALID="1")
    assert here() == Rank(3, 4, 1)
    environment(SLURM_PROCID="0", SLURM_NTASKS="4")  # in a batch script, before srun
    assert here() == Rank(0, 1, 0)


def test_they_meet_where_the_first_is(environment):
    environment(SLURM_JOB_ID="12345", SLURM_STEP_NODELIST="node7")
    assert ranks.address()[0] == "127.0.0.1"
    two = {"SLURM_STEP_NUM_NODES": "2", "SLURM_STEP_NODELIST": "node[03-04]", "SLURM_LAUNCH_NODE_IPADDR": "10.0.0.7"}
    environment(SLURM_JOB_ID="12345", **two)
    assert ranks.address()[0] == "node03"  # srun was typed elsewhere
    environment(MASTER_ADDR="node1", MASTER_PORT="29500", **two)
    assert ranks.address() == ("node1", 29500)


@pytest.mark.parametrize(
    ("hosts", "first"),
    [
        ("node7", "node7"),
        ("b,a", "b"),
        ("node[03-05,7],other", "node03"),
        ("gpu-[12,14]-eth,gpu-20", "gpu-12-eth"),
        ("rack[1-2]node[3-4]", "rack1node3"),
    ],
)
def test_the_first_host_of_a_list_of_slurm_s(hosts, first):
    assert ranks.first_host(hosts) == first


def test_two_launches_on_one_machine_do_not_meet(environment):
    launches = (
        {"SLURM_JOB_ID": "12345", "SLURM_STEP_ID": "1"},
        {"SLURM_JOB_ID": "12346", "SLURM_STEP_ID": "0"},
        {"TORCHELASTIC_RUN_ID": "a", "TORCHELASTIC_RESTART_COUNT": "0"},
        {"TORCHELASTIC_RUN_ID": "a", "TORCHELASTIC_RESTART_COUNT": "1"},
        {"TORCHELASTIC_RUN_ID": "b", "TORCHELASTIC_RESTART_COUNT": "0"},
    )
    ports, names = [], []
    for told in launches:
        environment(**told)
        ports.append(ranks.address()[1])
        names.append(ranks.launch())
    assert ports[0] != ports[1]
    assert all(20_000 <= port < 30_000 for port in ports)
    assert len(set(names)) == len(launches)


LAUNCHED = """
import sys
from kcoder import ranks

def part(number, job):
    print(number, job)
    ranks.store().add("taken", 1)

if ranks.here().number:
    ranks.attend(part)
else:
    with ranks.leading():
        for number in (1, 2):
            ranks.store().set(f"job-{number}", f"work {number}")
            while ranks.store().add("taken", 0) < number:
                pass
        print("led")
        sys.exit(int(sys.argv[1]))
"""


def test_the_others_take_part_in_all_that_the_first_begins_and_leave_with_it(environment):
    port = str(_free_port())
    environment(SLURM_STEP_NUM_TASKS="2", MASTER_PORT=port)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", LAUNCHED, "3"],
            env=os.environ | {"SLURM_PROCID": str(number)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    told = [process.communicate(timeout=60)[0] for process in processes]
    assert told == ["led\n", "1 work 1\n2 work 2\n"]
    assert [process.returncode for process in processes] == [3, 0]


@pytest.mark.parametrize(
    ("name", "value"), [("RANK", "x"), ("WORLD_SIZE", ""), ("LOCAL_RANK", "-1"), ("MASTER_PORT", "70000")]
)
def test_what_is_no_number_is_named(environment, name, value):
    environment(**({"RANK": "0", "WORLD_SIZE": "2"} | {name: value}))
    with pytest.raises(UsageError, match=f"^{name}={value} in the environment is not a number") as stopped:
        here()
        ranks.address()
    assert f"unset {name}" in stopped.value.hint


def test_a_port_in_use_is_told_with_what_to_set(environment):
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment(RANK="0", WORLD_SIZE="2", MASTER_PORT=port)
        with pytest.raises(KcoderError, match=f"at port {port}: is it in use") as stopped, ranks.leading():
            pass
    assert "set MASTER_PORT to a free one" in stopped.value.hint


def test_who_finds_another_launch_in_the_place_of_its_first_does_not_wait_for_ever(environment, monkeypatch):
    port = str(_free_port())
    environment(RANK="0", WORLD_SIZE="2", MASTER_PORT=port, TORCHELASTIC_RUN_ID="a")
    with ranks.leading():
        monkeypatch.setattr(ranks, "ARRIVAL", timedelta(seconds=1))
        monkeypatch.setattr(ranks, "LEAVING", 0)
        environment(RANK="1", WORLD_SIZE="2", MASTER_PORT=port, TORCHELASTIC_RUN_ID="b")
        with pytest.raises(KcoderError, match=f"cannot be reached at 127.0.0.1:{port}"):
            ranks.attend(lambda number, job: None)


def test_a_store_that_is_gone_does_not_hide_why_the_first_ends(environment, monkeypatch):
    class Gone:
        def set(self, name, text):
            if name == "end":
                raise RuntimeError("Broken pipe")

    environment(RANK="0", WORLD_SIZE="2")
    monkeypatch.setattr(ranks, "store", Gone)
    with pytest.raises(UsageError, match="the spec is wrong"), ranks.leading():
        raise UsageError("the spec is wrong")
