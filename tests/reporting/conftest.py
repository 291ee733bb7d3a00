"""Studies of a few problems: each model's passes stand in the test as a text of 1 and 0, one for each problem."""

import json
from typing import ClassVar

import pytest

from kcoder.records import Checkpoint, Dropped, History, Outcome, Score, Witness, frame
from kcoder.reporting.results import results
from kcoder.stage import Stage, Step
from kcoder.stages.report import Report, Select, Variant


class Judged(Stage):
    produces: ClassVar = {"outcomes": Outcome, "scores": Score}


class Trained(Stage):
    produces: ClassVar = {"model": Checkpoint, "history": History}


class Witnessed(Stage):
    produces: ClassVar = {"witnesses": Witness}


class Sifted(Stage):
    produces: ClassVar = {"dropped": Dropped}


class Study:
    """Writes the files of a study. Model `base` is every variant's base; each other one is a variant."""

    def __init__(self, folder):
        self.folder, self.files = folder, {}

    def report(
        self,
        test,
        dev=None,
        settings=None,
        select=True,
        kept=("python",),
        losses=(),
        dropped=(),
        why="Why?",
        held=None,
        uncut=None,
        witnesses=(),
    ):
        """`held` is as `test` for one model: a 1 for each problem that stood in a row which was learnt from.

        `uncut` is as `test`, of completions run as they stand. `witnesses` are rows of Witness."""
        self.held, self.uncut = held or {}, uncut or {}
        base = self._judged("base", test, dev)
        variants = []
        for name in (n for n in test if n != "base"):
            scores, outcomes = ({**base[i], **found} for i, found in enumerate(self._judged(name, test, dev)))
            told = (settings or {}).get(name, {"train.method": name.partition("-")[0]})
            train = self._trained(name, losses)
            made = {"scores": scores, "outcomes": outcomes, "histories": {"train": train["history"]}}
            variants.append(
                Variant(
                    name=name,
                    settings=told,
                    models={"train": train["model"]},
                    dropped=self._dropped(dropped),
                    witnesses=self._witnessed(witnesses),
                    **made,
                )
            )
        return Report(
            name="study",
            why=why,
            variants=tuple(variants),
            target="lua",
            kept=kept,
            select=Select() if select else None,
        )

    def told(self, *args, **kwargs):
        return results(self.report(*args, **kwargs), self.files)

    def _judged(self, model, test, dev):
        of = "base" if model == "base" else "tuned"
        scores, outcomes = {}, {}
        for section, benchmark, passes in (("evaluate", "mini", test), ("select", "mini-dev", dev or {})):
            for language, marks in passes.get(model, {}).items():
                step = Step(f"{section}.{of}.{language}", Judged())
                place = {"benchmark": benchmark, "language": language, "isolation": "limits"}
                rows = [
                    {"problem": f"p{i}", "sample": 0, "verdict": "passed" if m == "1" else "wrong answer", **place}
                    | ({} if m == "1" else {"failure": "wrong answer"})
                    for i, m in enumerate(marks)
                ]
                self._put(step["outcomes"], Outcome, rows, model)
                scores[step.name] = self._scored(step, of, marks, place, model)
                outcomes[step.name] = step["outcomes"]
        return scores, outcomes

    def _scored(self, step, of, marks, place, model):
        asked = {"of": of, "metric": "pass@1", "samples": 1, "temperature": 0.0}
        parts = {"all": marks}
        if held := self.held.get(place["language"]):
            parts["clean"] = "".join(mark for mark, stood in zip(marks, held, strict=True) if stood == "0")
            parts["contaminated"] = "".join(mark for mark, stood in zip(marks, held, strict=True) if stood == "1")
        rows = [{"problems": name} | self._share(part) | asked | place for name, part in parts.items()]
        if raw := self.uncut.get(model, {}).get(place["language"]):
            told = asked | place | {"problems": "all"}
            points = 100 * (marks.count("1") - raw.count("1")) / len(raw)
            rows.append(told | self._share(raw) | {"metric": "pass@1 uncut"})
            worth = {"value": points, "low": points - 5, "high": points + 5, "n": len(raw), "unit": "points"}
            rows.append(told | worth | {"metric": "pass@1 cut - uncut"})
        return self._put(step["scores"], Score, rows, model)

    def _share(self, marks):
        k, n = marks.count("1"), len(marks)
        if not n:
            return {"n": 0, "interval": "no problem is clean"}
        return {"value": k / n, "low": 0.0, "high": 1.0, "k": k, "n": n, "interval": "wilson"}

    def _trained(self, name, losses):
        step = Step("train", Trained())
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "checkpoint.json").write_text(json.dumps({"parameters": 1000, "trainable": 100}))
        history = folder / "history.jsonl"
        history.write_text("".join(json.dumps(row) + "\n" for row in losses))
        self.files |= {step["model"]: folder, step["history"]: history}
        return step

    def _witnessed(self, rows):
        if not rows:
            return {}
        step = Step("evaluate.lua.witnesses", Witnessed())
        return {step.name: self._put(step["witnesses"], Witness, list(rows), "all")}

    def _dropped(self, rows):
        if not rows:
            return {}
        step = Step("data.filter", Sifted())
        return {step.name: self._put(step["dropped"], Dropped, list(rows), "all")}

    def _put(self, output, kind, rows, model):
        file = self.folder / f"{model}-{output.step.name}-{output.name}.parquet"
        frame(kind, rows).write_parquet(file)
        self.files[output] = file
        return output


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


@pytest.fixture
def told(study):
    """Two methods at two learning rates on ten problems; lora-b and full-a keep the same Python."""
    test = {
        "base": {"lua": "1000000000", "python": "1111111110"},
        "lora-a": {"lua": "1100000000", "python": "1111111000"},
        "lora-b": {"lua": "1110000000", "python": "1111000000"},
        "full-a": {"lua": "1111111100", "python": "1111000000"},
        "full-b": {"lua": "1111111110", "python": "0000000000"},
    }
    rates = {"lora-a": 0.001, "lora-b": 0.002, "full-a": 0.001, "full-b": 0.002}
    settings = {n: {"train.method": n[:4], "train.learning_rate": rate} for n, rate in rates.items()}
    losses = [{"step": 0, "valid": 2.0}, {"step": 1, "loss": 1.5}, {"step": 2, "loss": 1.0, "valid": 1.2}]
    dropped = [{"id": "a", "text": "x = '<script>'", "reason": "too long", "evidence": "101 characters"}]
    return study.told(test, test, settings, losses=losses, dropped=dropped)


@pytest.fixture
def partly(study):
    """Two of five Lua problems and no Python problem stood in rows that were learnt from."""
    test = {"base": {"lua": "00100", "python": "11"}, "lora": {"lua": "11100", "python": "10"}}
    return study.told(test, test, held={"lua": "11000"})
