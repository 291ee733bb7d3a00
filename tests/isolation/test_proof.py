"""A level holds when a program that gets out elsewhere does not get out of it."""

import pytest

from kcoder.isolation import client, proof
from kcoder.isolation.client import RefusedError


def test_without_isolation_the_program_gets_out():
    assert {"reads files", "writes files", "reaches the network", "looks into other processes"} <= set(
        proof.escapes("none")
    )


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_where_the_kernel_allows_a_level_the_program_does_not_get_out(level):
    try:
        assert proof.escapes(level) == []
    except RefusedError as why:
        pytest.skip(f"{level} cannot be had here: {why}")


def test_a_level_that_lets_something_out_does_not_hold():
    assert proof.proven.__wrapped__("none").startswith("a program reads files, writes files")


def test_a_level_that_the_kernel_refuses_does_not_hold(monkeypatch):
    monkeypatch.setattr(client, "_START", 'print(\'{"refused": "unshare: Operation not permitted"}\')')
    assert proof.proven.__wrapped__("namespaces") == "unshare: Operation not permitted"


def test_a_self_test_that_does_not_end_proves_nothing(monkeypatch):
    monkeypatch.setattr(proof, "_ATTEMPTS", "raise SystemExit\n")
    assert proof.proven.__wrapped__("none").startswith("the self-test did not come to its end")
