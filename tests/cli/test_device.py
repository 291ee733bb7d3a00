"""What commands share that train, or foretell a training."""

import os

import click
import pytest
from click.testing import CliRunner

from kcoder.cli.device import on_device


@click.command()
@on_device
def command(device):
    click.echo(f"{device} {os.environ['KCODER_DEVICE']}")


@pytest.mark.parametrize("told", ["cpu", "cuda", "cuda:1"])
def test_what_is_asked_for_is_known_everywhere_while_the_command_runs(told, monkeypatch):
    monkeypatch.setenv("KCODER_DEVICE", "auto")
    assert CliRunner().invoke(command, ["--device", told]).output == f"{told} {told}\n"
    assert os.environ["KCODER_DEVICE"] == "auto"
    monkeypatch.delenv("KCODER_DEVICE")
    assert CliRunner().invoke(command, []).output == "auto auto\n"
    assert "KCODER_DEVICE" not in os.environ


def test_the_environment_counts_where_nothing_is_said():
    assert CliRunner().invoke(command, [], env={"KCODER_DEVICE": "cpu"}).output == "cpu cpu\n"


@pytest.mark.parametrize("told", ["gpu", "cuda:", "cuda:-1", "1"])
def test_what_is_no_device_is_refused(told):
    refused = CliRunner().invoke(command, ["--device", told])
    assert refused.exit_code == 2
    assert f"{told!r} is neither auto, cpu, cuda nor cuda:NUMBER" in refused.output
