import json
import sys
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from kcoder import remote
from kcoder.choose import validated
from kcoder.cli import _exit_code
from kcoder.errors import InterruptedRun, KcoderError, MachineLacksError, UsageError
from kcoder.generator import Request
from kcoder.generators.endpoint import Endpoint
from kcoder.host import Host

sys.path.insert(0, str(Path(__file__).parents[1]))
from endpoint_server import endpoint

SECRET = "sk-not-to-be-told"
SAMPLES = [Request(id=f"{p}#{n}", prompt=p, temperature=0.8, seed=100 + n) for p in "abc" for n in range(5)]


@pytest.fixture
def there():
    with endpoint() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(remote, "FIRST", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)


def answers(there, requests, done=frozenset(), host=None, **told):
    with Endpoint(**{"url": there.url, "model": "small", **told}).open(None, host or Host()) as complete:
        return {answer.id: answer for batch in complete(requests, done) for answer in batch}


def test_samples_of_a_prompt_are_asked_for_together_with_their_seed(there):
    found = answers(there, SAMPLES, together=3)
    assert {name: answer.text for name, answer in found.items()} == {
        f"{p}#{n}": f"{p}|{100 + n // 3 * 3}|{n % 3}" for p in "abc" for n in range(5)
    }
    bodies = [body for _, body in there.asked]
    assert sorted(body["n"] for body in bodies) == [2, 2, 2, 3, 3, 3]
    assert {body["temperature"] for body in bodies} == {0.8}
    assert {path for path, _ in there.asked} == {"/v1/completions"}


def test_ends_and_counts_are_the_servers(there):
    found = answers(there, SAMPLES[:3])
    assert [found[f"a#{n}"].finish for n in range(3)] == ["length", "stop", "stop"]
    assert sum(answer.tokens for answer in found.values()) == 30
    assert sum(answer.prompt_tokens for answer in found.values()) == 7
    there.usage = False
    assert sum(answer.tokens for answer in answers(there, SAMPLES[:3]).values()) == 0


def test_a_chat_is_asked_in_words_without_stops(there):
    asked = Request(id="a", prompt="def f(x):\n", seed=3, stops=("\ndef ",))
    found = answers(there, [asked], form="chat", words="Finish: {prompt}")
    assert found["a"].text == "Finish: def f(x):\n|3|0"
    [(path, body)] = there.asked
    assert path == "/v1/chat/completions"
    assert body["messages"] == [{"role": "user", "content": "Finish: def f(x):\n"}]
    assert "stop" not in body
    answers(there, [asked])
    assert there.asked[1][1]["stop"] == ["\ndef "]


def test_a_server_that_gives_fewer_answers_is_asked_again_for_the_rest(there):
    there.most = 2
    found = answers(there, SAMPLES[:5])
    assert len({answer.text for answer in found.values()}) == len(found) == 5
    assert [body["n"] for _, body in there.asked] == [5, 3, 1]


def test_what_is_done_is_not_asked_for_and_where_all_is_done_nobody_is_asked(there):
    answers(there, SAMPLES[:5], done={"a#0", "a#3"})
    assert [(body["n"], body["seed"]) for _, body in there.asked] == [(3, 101)]
    there.url = "http://127.0.0.1:9/v1"
    assert answers(there, SAMPLES[:1], done={"a#0"}) == {}


def test_no_more_requests_run_at_a_time_than_asked(there):
    requests = [Request(id=str(n), prompt=str(n)) for n in range(40)]
    assert len(answers(there, requests, concurrency=3)) == 40
    assert 1 <= there.most_open <= 3


@pytest.mark.parametrize("fault", [(429, {}), (500, {}), "cut", "words", {"model": "small", "choices": []}, {"x": 1}])
def test_faults_that_pass_cost_no_answer(there, fault):
    there.faults = [fault, fault]
    assert len(answers(there, SAMPLES)) == 15


def test_a_choice_without_text_is_a_fault_and_a_refusal_is_its_words(there):
    there.faults = [{"model": "small", "choices": [{"index": 0}]}]
    assert answers(there, SAMPLES[:1])["a#0"].text == "a|100|0"
    refused = {"finish_reason": "content_filter", "message": {"content": None, "refusal": "I will not."}}
    there.faults = [{"model": "small", "choices": [refused]}]
    told = answers(there, SAMPLES[:1], form="chat")["a#0"]
    assert (told.text, told.finish) == ("I will not.", "content_filter")


def test_another_model_is_refused(there):
    with pytest.raises(UsageError, match="there is no model smal") as told:
        answers(there, SAMPLES[:1], model="smal")
    assert told.value.hint == "did you mean small?"
    assert not there.asked
    there.lists = False
    with pytest.raises(UsageError, match="asked for alias, but small answered") as told:
        answers(there, SAMPLES[:1], model="alias")
    assert told.value.hint.endswith("model: small")


def test_what_the_others_brought_is_handed_out_before_a_failure_is_told(there):
    there.faults = [(400, {"error": {"message": "too long"}})]
    requests = [Request(id=str(n), prompt=str(n)) for n in range(4)]
    got = []
    opened = Endpoint(url=there.url, model="small", concurrency=4).open(None, Host())
    with opened as complete, pytest.raises(UsageError, match="400 too long"):
        for batch in complete(requests):
            got += batch
    assert len(got) == len(there.asked) - 1 >= 1


def test_it_can_be_stopped_while_it_waits(there):
    there.faults = [(429, {}, {"Retry-After": "60"})] * 4
    host = Host()
    threading.Timer(0.3, host.stop.set).start()
    with pytest.raises(InterruptedRun):
        answers(there, SAMPLES, host=host)


def test_holes_are_for_the_completions_form(there):
    hole = Request(id="h", prompt="a", suffix="b")
    answers(there, [hole])
    assert there.asked[0][1]["suffix"] == "b"
    with pytest.raises(UsageError, match="a chat cannot be asked to fill a hole"):
        answers(there, [hole], form="chat")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"key": SECRET}, "never the key itself"),
        ({"url": "https://me:secret@example.org/v1"}, "a key has no place in an address"),
        ({"url": "example.org/v1"}, "expected an address"),
        ({"words": "Go on."}, "there is no {prompt} in it"),
        ({"together": 0}, "greater than or equal to 1"),
    ],
)
def test_options_that_cannot_be_are_refused(told, words):
    with pytest.raises(ValidationError, match=words.replace("{", r"\{")):
        validated(Endpoint, {"url": "http://127.0.0.1:1/v1", "model": "m"} | told)


def test_a_checkpoint_is_not_for_it(tmp_path):
    with (
        pytest.raises(UsageError, match="its own model"),
        Endpoint(url="http://x/v1", model="m").open(tmp_path, Host()),
    ):
        pass


SPEC = """
name: asked
evaluate:
  benchmark: problems.jsonl
  languages: [python]
  generator: {endpoint: {url: URL, model: small, retries: 1, concurrency: 1, together: 2}}
  samples: 4
  temperature: 0.5
  pass_at: [1]
"""
PROBLEMS = [
    {"id": f"p{n}", "language": "python", "prompt": f"def f{n}(x):\n", "entry": f"f{n}", "tests": [[[1], 1]]}
    for n in range(3)
]


def test_a_run_goes_on_with_what_was_answered_and_the_key_is_written_nowhere(there, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "asked.yaml").write_text(SPEC.replace("URL", there.url))
    (tmp_path / "problems.jsonl").write_text("".join(json.dumps(each) + "\n" for each in PROBLEMS))
    there.faults = [None, None, None, (503, {"error": {"message": f"no {SECRET}"}}), (503, {})]
    assert _exit_code(["run", "asked.yaml"]) == 3
    before = len(there.asked)
    assert before == 5
    assert _exit_code(["run", "asked.yaml"]) == 0
    assert len(there.asked) - before == 3  # six requests in all, three of which were answered before
    assert set(there.keys) == {f"Bearer {SECRET}"}
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 10
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
    shown = capfd.readouterr()
    assert SECRET not in shown.out + shown.err
    assert "503 no ***" in shown.out + shown.err + (tmp_path / "runs/asked/log.txt").read_text()
    [facts] = [
        told["facts"]
        for file in tmp_path.glob("runs/.store/*complete*/manifest.json")
        for told in [json.loads(file.read_bytes())]
    ]
    assert (facts["completions"], facts["tokens"], facts["prompt_tokens"]) == (12, 120, 42)
    assert facts["finish"] == {"length": 6, "stop": 6}
    assert facts["repeatable"] is False


def test_errors_are_of_kinds_that_have_an_exit_code(there):
    there.faults = [(401, {})]
    with pytest.raises(MachineLacksError):
        answers(there, SAMPLES[:1])
    there.faults = [(429, {"error": {"code": "insufficient_quota"}})]
    with pytest.raises(KcoderError):
        answers(there, SAMPLES[:1])
