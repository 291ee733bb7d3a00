"""Whether the hub answers, and to whom; each question in a process of its own, as the doctor asks it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from kcoder.probes.access import access, place
from kcoder.probes.children import side_by_side

sys.path.insert(0, str(Path(__file__).parents[1]))
from hub_server import serving


@pytest.fixture
def asked(monkeypatch, tmp_path):
    def ask(**env):
        for name in ("HF_TOKEN", "HF_HUB_OFFLINE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_HOME", str(tmp_path))
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        [told] = side_by_side([access()])
        assert "secret" not in json.dumps([asdict(f) for f in told])
        return told

    return ask


def test_a_token_is_shown_as_set_and_the_hub_is_asked_whether_it_knows_it(asked, tmp_path):
    with serving(tmp_path) as (address, heard):
        token, answer = asked(HF_ENDPOINT=address, HF_TOKEN="good")
        assert (token.ok, token.found) == (True, "set, in HF_TOKEN, and the hub knows it")
        assert (answer.ok, answer.found, answer.facts["offline"]) == (True, f"from {address}", False)
        (tmp_path / "token").write_text("secret-of-a-file\n")
        token, answer = asked(HF_ENDPOINT=address)
        assert (token.ok, token.found) == (False, f"set, in {tmp_path / 'token'}, and the hub refuses it")
        assert "settings/tokens" in token.cure
        assert answer.ok
        assert heard == ["GET /api/whoami-v2"] * 2


def test_without_a_token_and_without_an_answer(asked):
    token, answer = asked(HF_ENDPOINT="http://127.0.0.1:9")
    assert token.ok and token.found.startswith("not set")
    assert (answer.ok, answer.facts["offline"]) == (False, True)
    assert answer.found.startswith("none from http://127.0.0.1:9 (ConnectError)")


def test_a_hub_in_trouble_is_a_finding(asked, tmp_path):
    with serving(tmp_path) as (address, _):  # it knows no lists of models
        _, answer = asked(HF_ENDPOINT=address)
    assert (answer.ok, answer.found) == (False, f"an odd one, with status 404, from {address} or a proxy before it")


def test_offline_nothing_is_asked(asked):
    token, answer = asked(HF_HUB_OFFLINE="1", HF_TOKEN="secret-of-the-environment")
    assert (token.found, answer.found) == ("set, in HF_TOKEN", "not asked for: HF_HUB_OFFLINE is set")
    assert token.ok and answer.ok


def test_an_empty_token_is_none(tmp_path):
    (tmp_path / "token").write_text(" \n")
    assert place({"HF_TOKEN": " "}, tmp_path / "token") == ""
    assert place({"HF_TOKEN": "x"}, tmp_path / "token") == "HF_TOKEN"
