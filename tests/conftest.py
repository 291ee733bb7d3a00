"""What several tests start from: a tiny untrained model, with rows that fit it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from kcoder.host import Host
from kcoder.records import Checkpoint, Document, Packed, frame
from kcoder.stage import Stage, Step, target


class Given(Stage):
    """Stands for the steps before the one under test."""

    produces: ClassVar = {
        "rows": Document,
        "held_out": Document,
        "model": Checkpoint,
        "train": Packed,
        "valid": Packed,
    }


@dataclass(frozen=True)
class Store:
    """A folder of artifacts with `given` in it. A stage's inputs are outputs of `given`: `store["rows"]`."""

    root: Path
    given: Step

    def __getitem__(self, name):
        return self.given[name]

    def path(self, name):
        return target(self.root / self.given.name, name, Given.produces[name])

    def run(self, stage, out, host=None, **other):
        """Run a stage into the folder `out`; its facts. `other` puts another path in an input's place."""
        out.mkdir(exist_ok=True)
        inputs = {self[name]: other.get(name, self.path(name)) for name in Given.produces}
        return stage.run(inputs, out, host or Host())


def adding(numbers):
    """Documents such as `def add7(x):` with the answer `return x + 7`."""
    rows = [
        {
            "id": str(n),
            "prompt": f"def add{n}(x):\n",
            "text": f"    return x + {n}\n",
            "language": "python",
            "source": "made",
        }
        for n in numbers
    ]
    return frame(Document, rows)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """40 documents to learn from, 10 held out, and a CodeGen of 26,000 weights whose context is 64 tokens."""
    from kcoder.stages.begin import Begin
    from kcoder.stages.pack import Pack

    store = Store(tmp_path_factory.mktemp("store"), Step("given", Given()))
    folder = store.root / "given"
    folder.mkdir()
    adding(range(40)).write_parquet(store.path("rows"))
    adding(range(100, 110)).write_parquet(store.path("held_out"))
    store.run(Begin(rows=store["rows"], hidden=32, layers=1, context=64, vocabulary=280), folder)
    pack = Pack(rows=store["rows"], valid=store["held_out"], model=store["model"], sequence_length=48)
    store.run(pack, folder)
    return store
