"""Languages and the sandbox, as the doctor tells of them."""

from kcoder.finding import Finding
from kcoder.plugin import load
from kcoder.probes import languages


def test_levels_of_the_sandbox_are_told_with_what_would_make_them(monkeypatch):
    levels = [("namespaces", "unshare: Operation not permitted", "sysctl x=1"), ("landlock", "", "a newer kernel")]
    monkeypatch.setattr(type(load("executors", "sandbox")()), "holds", lambda self: iter(levels))
    refused, best = languages.sandbox()
    assert (refused.part, refused.ok, refused.found) == ("namespaces", False, "unshare: Operation not permitted")
    assert refused.cure == "sysctl x=1"
    assert (best.part, best.ok, best.cure) == ("landlock", True, "")
    assert best.found == "in use: it was tried, and a program did not get out"


def test_an_executor_that_raises_is_a_finding(monkeypatch):
    monkeypatch.setattr(type(load("executors", "sandbox")()), "holds", lambda self: 1 / 0)
    assert [(f.ok, f.found) for f in languages.sandbox()] == [(False, "ZeroDivisionError: division by zero")]


def test_a_language_whose_plugin_raises_is_a_finding(monkeypatch):
    monkeypatch.setattr(languages, "test_plugin", lambda *_: 1 / 0)
    found = languages.language("python")
    assert (found.ok, found.found, found.cure) == (
        False,
        "ZeroDivisionError: division by zero",
        "a defect of that plugin",
    )


def test_a_language_that_fails_among_others_is_tried_again_alone(monkeypatch):
    asked = []

    def once(name):
        asked.append(name)
        good = name == "good" or asked.count(name) > 1
        return Finding(name, good and name != "bad", "", "", {} if name == "lacking" else {"right": good})

    monkeypatch.setattr(languages, "language", once)
    monkeypatch.setattr(languages, "cores", lambda: 2)
    found = {f.part: f.ok for f in languages.languages(["good", "slow", "bad", "lacking"])}
    assert found == {"good": True, "slow": True, "bad": False, "lacking": False}
    assert sorted(asked) == ["bad", "bad", "good", "lacking", "slow", "slow"]
