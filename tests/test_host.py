"""What a stage may know of the machine."""

import threading

import pytest

from kcoder.errors import InterruptedRun
from kcoder.host import Host, cores


def test_a_request_to_stop_is_raised_where_it_is_asked_for():
    stop = threading.Event()
    host = Host(stop=stop)
    host.check()
    stop.set()
    with pytest.raises(InterruptedRun):
        host.check()


def test_two_hosts_do_not_share_their_stop():
    one, other = Host(), Host()
    one.stop.set()
    other.check()


def test_there_is_a_processor():
    assert cores() >= 1
