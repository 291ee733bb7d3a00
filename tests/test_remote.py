import email.utils
import sys
import threading
import time
from pathlib import Path

import pytest

from kcoder import remote
from kcoder.errors import InterruptedRun, KcoderError, MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.remote import Faulty, Server

sys.path.insert(0, str(Path(__file__).parent))
from endpoint_server import endpoint

SECRET = "sk-not-to-be-told"
BODY = {"prompt": "p", "seed": 1}


@pytest.fixture
def there():
    with endpoint() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(remote, "FIRST", 0.01)
    monkeypatch.setenv("THE_KEY", SECRET)


def server(there, **told):
    said = []
    host = Host(say=said.append)
    return Server(there.url, "THE_KEY", told.pop("host", host), **told), said


def test_the_key_comes_from_the_environment_and_goes_to_the_server_alone(there):
    asked, _ = server(there)
    assert asked.post("/completions", BODY)["choices"][0]["text"] == "p|1|0"
    assert there.keys == [f"Bearer {SECRET}"]
    assert SECRET not in repr(asked)


@pytest.mark.parametrize(
    "fault", [(429, {"error": {"message": "slow down"}}), (503, b"busy"), (500, {}), "cut", "words"]
)
def test_what_may_pass_is_tried_again(there, fault):
    there.faults = [fault, fault]
    asked, said = server(there)
    assert asked.post("/completions", BODY)["model"] == "small"
    assert len(there.asked) == 3 and len(said) == 2
    assert there.url in said[0] and "again in" in said[0]


def test_a_server_that_is_silent_is_asked_again(there):
    there.faults = ["hang"]
    asked, said = server(there, timeout=0.3)
    assert asked.post("/completions", BODY)["model"] == "small"
    assert "no answer" in said[0]


def test_it_waits_as_long_as_it_is_told(there):
    there.faults = [
        (429, {}, {"Retry-After": "1"}),
        (503, {}, {"Retry-After": email.utils.formatdate(time.time() + 3)}),
    ]
    asked, said = server(there)
    began = time.monotonic()
    asked.post("/completions", BODY)
    assert 1.5 < time.monotonic() - began < 8  # a date has whole seconds
    assert "again in 1 s" in said[0]


def test_a_wait_is_never_longer_than_reason_and_one_that_cannot_be_read_is_none():
    assert remote._retry_after("86400") == 600
    assert remote._retry_after("-3") == 0
    assert remote._retry_after(email.utils.formatdate(0)) == 0
    assert remote._retry_after("soon") is remote._retry_after(None) is None


def test_what_stays_faulty_is_an_error_with_its_reason(there):
    there.faults = [(502, b"bad gateway")] * 3
    asked, _ = server(there, retries=2)
    with pytest.raises(MachineLacksError, match=r"502 bad gateway; 3 attempts") as told:
        asked.post("/completions", BODY)
    assert "what was answered is kept" in told.value.hint


def test_where_nobody_listens_it_says_so():
    nobody = Server("http://127.0.0.1:9/v1", "", Host(), retries=1)
    with pytest.raises(MachineLacksError, match=r"no answer .*refused.*2 attempts"):
        nobody.post("/completions", BODY)


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (400, {"error": {"message": "n is too large"}}, UsageError, "400 n is too large"),
        (404, {"object": "error", "message": "no model x"}, UsageError, "404 no model x"),
        (401, {"error": {"message": f"wrong key: {SECRET}"}}, MachineLacksError, r"401 wrong key: \*\*\*"),
        (429, {"error": {"message": "no credit", "code": "insufficient_quota"}}, KcoderError, "429 no credit"),
        (422, {"detail": [{"loc": "body"}]}, UsageError, "422"),
    ],
)
def test_what_will_not_pass_is_not_tried_again_and_no_error_tells_the_key(there, status, body, kind, told):
    there.faults = [(status, body)]
    asked, said = server(there)
    with pytest.raises(kind, match=told) as error:
        asked.post("/completions", BODY)
    assert len(there.asked) == 1 and not said
    assert SECRET not in f"{error.value.message}{error.value.hint}"


def test_a_key_that_is_missing_is_named(there, monkeypatch):
    monkeypatch.delenv("THE_KEY")
    there.faults = [(401, {"error": {"message": "who are you?"}})]
    with pytest.raises(MachineLacksError) as told:
        server(there)[0].post("/completions", BODY)
    assert told.value.hint == "the environment variable THE_KEY is not set"
    assert there.keys == [None]


def test_a_key_follows_no_redirect(there):
    with endpoint() as elsewhere:
        there.faults = [(307, {}, {"Location": f"{elsewhere.url}/completions"})]
        with pytest.raises(UsageError, match=f"it moved to {elsewhere.url}"):
            server(there)[0].post("/completions", BODY)
        assert not elsewhere.asked


def test_an_answer_that_its_reader_refuses_is_asked_for_again(there):
    def second(told):
        if len(there.asked) < 2:
            raise Faulty(f"not this one, {SECRET}")
        return told

    asked, said = server(there)
    assert asked.post("/completions", BODY, second)["model"] == "small"
    assert len(there.asked) == 2 and "not this one, ***" in said[0]


def test_who_waits_can_be_stopped(there):
    there.faults = [(429, {}, {"Retry-After": "60"})]
    host = Host()
    threading.Timer(0.3, host.stop.set).start()
    began = time.monotonic()
    with pytest.raises(InterruptedRun):
        server(there, host=host)[0].post("/completions", BODY)
    assert time.monotonic() - began < 5


def test_a_server_on_this_machine_is_asked_past_any_proxy(there, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert server(there)[0].post("/completions", BODY)["model"] == "small"
