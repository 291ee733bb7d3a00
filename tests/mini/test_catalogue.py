"""Skeletons and their split."""

import random
import re
from collections import defaultdict

import pytest

from kcoder.mini.calls import compiled
from kcoder.mini.catalogue import HELD_OUT, skeletons
from kcoder.mini.problems import held_out
from kcoder.mini.writers import WRITERS
from kcoder.source import Wanted
from kcoder.sources.mini import Mini

SIDES = ("train", "dev", "test")


def bare(prompt: str, body: str) -> str:
    """A body with its arguments numbered, outside of quotes, and its whitespace evened out."""
    head = re.search(r"(?:def|function) \w+\((.*?)\)", prompt)
    assert head
    for at, argument in enumerate(head[1].split(", ")):
        body = re.sub(rf'(?<!")\b{argument}\b', f"argument{at}", body)
    return " ".join(body.split())


def test_there_are_300_skeletons_and_60_on_each_held_out_side() -> None:
    assert len({skeleton.name for side in SIDES for skeleton in skeletons(side)}) >= 300
    assert len(skeletons("test")) == len(skeletons("dev")) == HELD_OUT >= 60


def test_no_skeleton_stands_on_two_sides() -> None:
    train, dev, test = ({skeleton.name for skeleton in skeletons(side)} for side in SIDES)
    assert not train & dev and not train & test and not dev & test


def test_every_family_is_on_every_side() -> None:
    for side in SIDES:
        assert {s.family for s in skeletons(side)} == {"pair", "choice", "numbers", "words", "letters"}


def test_every_part_of_a_held_out_skeleton_is_known_from_training() -> None:
    known = {(skeleton.family, part) for skeleton in skeletons("train") for part in skeleton.parts}
    for side in ("dev", "test"):
        assert all((s.family, part) in known for s in skeletons(side) for part in s.parts)


@pytest.mark.parametrize("language", sorted(WRITERS))
def test_two_skeletons_never_share_a_body_whatever_the_constants(language: str) -> None:
    chance, writer = random.Random(0), WRITERS[language]
    owners = defaultdict(set)
    for skeleton in (skeleton for side in SIDES for skeleton in skeletons(side)):
        for _ in range(20):
            function = skeleton.draw(chance)
            owners[bare(writer.prompt(function), writer.body(function))].add(skeleton.name)
    assert len(owners) > 1000
    assert [names for names in owners.values() if len(names) > 1] == []


@pytest.mark.parametrize("language", sorted(WRITERS))
def test_no_held_out_body_stands_in_the_training_text(language: str) -> None:
    [rows] = Mini().batches(Wanted({language: 1.0}, 0))
    text = "\n".join(rows["text"])
    assert rows.height == 20_000
    trained = {bare(prompt, body) for prompt, body in zip(rows["prompt"], rows["text"], strict=True)}
    writer = WRITERS[language]
    for skeleton in (*skeletons("test"), *skeletons("dev")):
        function, _ = held_out(skeleton)
        body = writer.body(function)
        assert body not in text
        assert bare(writer.prompt(function), body) not in trained


def test_no_training_body_passes_a_held_out_problem() -> None:
    chance = random.Random(0)
    known = defaultdict(list)
    for skeleton in skeletons("train"):
        for _ in range(10):
            function = skeleton.draw(chance)
            known[function.takes, len(function.arguments)].append((skeleton.name, compiled(function)))
    passing = []
    for skeleton in (*skeletons("test"), *skeletons("dev")):
        function, tests = held_out(skeleton)
        for name, run in known[function.takes, len(function.arguments)]:
            if all(run(*arguments) == expected for arguments, expected in tests):
                passing.append((skeleton.name, name))
    assert passing == []
