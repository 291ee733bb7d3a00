"""From a spec's file to its plan: read it, vary it, resolve it, look into the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kcoder.errors import Fault, SpecError
from kcoder.journal import Journal
from kcoder.plan import Memory, Plan, plan
from kcoder.resolve import conclude, resolve
from kcoder.section import Wires
from kcoder.smoke import shrunk
from kcoder.spec.head import Head
from kcoder.spec.load import Node
from kcoder.spec.overlay import load_spec
from kcoder.spec.read import Spec, read
from kcoder.stage import Step
from kcoder.store import Store
from kcoder.vary import vary

#: the variant under which steps stand that look at all variants
SHARED = ""


@dataclass(frozen=True)
class Prepared:
    """A spec that is right, with the steps of each of its variants (one without a name where it has none)."""

    path: Path
    #: of each variant the spec with its places
    roots: Mapping[str, Node]
    head: Head
    specs: Mapping[str, Spec]
    variants: Mapping[str, Wires]
    shared: tuple[Step, ...]
    #: what is right, and worth a second thought
    remarks: tuple[Fault, ...] = ()

    def steps(self) -> dict[str, tuple[Step, ...]]:
        """Every variant's steps, in order, and at the end those that look at all variants."""
        each = {name: up.steps for name, up in self.variants.items()}
        return {**each, SHARED: (*each.get(SHARED, ()), *self.shared)}

    def plan(
        self, store: Store, memory: Memory, redo: Callable[[str], bool] | None = None, *, update: bool = False
    ) -> Plan:
        return plan(self.steps(), store.find, memory, redo, update=update)


@dataclass(frozen=True)
class Places:
    """Where runs stand: `--out DIR` moves both the runs and their store."""

    root: Path

    @property
    def store(self) -> Store:
        return Store(self.root / ".store")

    def journal(self, name: str) -> Journal:
        return Journal(self.root / name)


def prepare(path: str | Path, settings: tuple[str, ...] = (), *, smoke: bool = False) -> Prepared:
    """Read a spec with everything it may become; as a smoke run if so asked. Raises SpecError with every fault of every
    variant."""
    root, faults = load_spec(path, settings)
    varied, more = vary(root)
    faults += more
    if smoke:
        # what it shrinks, or takes out, has to be right as well
        if faults := [*faults, *(fault for variant in varied for fault in read(variant.root).faults)]:
            raise SpecError(str(path), faults)
        varied = [replace(variant, root=shrunk(variant.root)) for variant in varied]
    specs: dict[str, Spec] = {}
    remarks: list[Fault] = []
    for variant in varied:
        reading = read(variant.root)
        faults += reading.faults
        remarks += reading.remarks
        if reading.spec:
            specs[variant.name] = reading.spec
    if not faults and not any(spec.sections.keys() - {"report"} for spec in specs.values()):
        faults.append(Fault(root.at, "there is nothing to do: no section", "add one, such as model, data or evaluate"))
    if faults:
        raise SpecError(str(path), faults)
    variants = {v.name: resolve(specs[v.name], v.settings) for v in varied}
    head = next(iter(specs.values())).head
    roots = {variant.name: variant.root for variant in varied}
    return Prepared(Path(path), roots, head, specs, variants, conclude(variants), tuple(dict.fromkeys(remarks)))
