"""Anything a spec chooses by name: how it is declared, found, chosen and told apart.

A plugin is a frozen pydantic model whose fields are its options. Packages offer plugins as entry points of the
groups below; listing them reads metadata only, code is imported when a spec uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from kcoder.errors import UsageError, choice

#: Every group of plugins: its contract, and what its members are.
GROUPS: Mapping[str, tuple[str, str]] = {
    "sections": ("kcoder.section:Section", "the words of a spec, each with the steps it becomes"),
    "stages": ("kcoder.stage:Stage", "kinds of work"),
    "sources": ("kcoder.source:Source", "where rows come from"),
    "filters": ("kcoder.filter:Filter", "what drops one row, and why"),
    "sieves": ("kcoder.filter:Sieve", "what drops rows by looking at all of them"),
    "embedders": ("kcoder.embedder:Embedder", "what turns texts into vectors"),
    "scorers": ("kcoder.scorer:Scorer", "what measures the complexity of a program"),
    "metrics": ("kcoder.metric:Metric", "what turns outcomes, or documents, into scores with intervals"),
    "languages": ("kcoder.language:Language", "programming languages"),
    "models": ("kcoder.model:ModelFamily", "model families"),
    "benchmarks": ("kcoder.benchmark:Benchmark", "problems with tests"),
    "generators": ("kcoder.generator:Generator", "what completes prompts"),
    "executors": ("kcoder.executor:Executor", "what runs and judges programs"),
}


class Plugin(BaseModel):
    """The base of everything a spec names. Options are fields, each with help text and a source."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False, protected_namespaces=()
    )

    #: the entry-point group, without the leading "kcoder."
    group: ClassVar[str] = ""
    #: raised by hand when the same options come to mean another result
    revision: ClassVar[int] = 1
    #: the field that a single word sets: `train: lora` is `train: {method: lora}`
    word: ClassVar[str | None] = None
    #: options that cannot change a result (a path, whose content's digest stands in `world`), beside those of its bases
    unkeyed: ClassVar[frozenset[str]] = frozenset()

    def world(self) -> dict[str, Any]:
        """Outside facts the result depends on: digests, pinned commits, toolchain versions.

        Cheap and offline. Raise MachineLacksError when the machine cannot tell, never for anything else.
        """
        return {}

    def recall(self, facts: Mapping[str, Any]) -> bool:
        """Whether what an earlier run wrote down of the world still counts, so that `world` need not be asked.

        For what is pinned, such as a commit on the hub; the plugin makes sure that `run` uses just that.
        """
        return False

    @classmethod
    def trial(cls, folder: Path) -> Plugin | None:
        """One of this kind for the conformance kit to try, which may write what it needs into the folder.

        None where there is none: then the kit looks at the options alone.
        """
        required = any(field.is_required() for field in cls.model_fields.values())
        return None if required else cls()

    @classmethod
    def of_word(cls, word: str) -> tuple[str, dict[str, Any]] | None:
        """For a contract: the plugin and options that a word means which is no plugin's name (a path, say)."""
        return None

    @classmethod
    def unregistered(cls, name: str) -> Plugin | None:
        """For a contract: what stands for a name no plugin has, in what was made elsewhere. A spec cannot say it."""
        return None


def option(default: Any = ..., help: str = "", *, source: str = "", **bounds: Any) -> Any:
    """A field of a plugin: its default, its explanation with the unit, and where the default comes from."""
    return Field(default, description=help, json_schema_extra={"source": source} if source else None, **bounds)


# ---- finding -------------------------------------------------------------------------------------------------


@cache
def registered(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name; kcoder's own win over a stranger's of the same name."""
    found: dict[str, EntryPoint] = {}
    for point in _every().select(group=f"kcoder.{group}"):
        if point.name not in found or distribution(point) == "kcoder":
            found[point.name] = point
    return found


@cache
def _every() -> Any:
    return entry_points()  # reads every package's metadata, so once for all groups


def names(group: str) -> list[str]:
    return sorted(registered(group))


def distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else ""


@cache
def load(group: str, name: str) -> Any:
    """The plugin class, or ready-made plugin object, of this name.

    Raises UsageError when there is none, and when its module raises or holds something else.
    """
    point = registered(group).get(name)
    if point is None:
        if other := contract(group).unregistered(name):
            return other
        raise UsageError(f"no {group[:-1]} is called {name!r}", choice(name, names(group)))
    where = f"plugin {name!r} of {distribution(point)}" if distribution(point) else f"plugin {name!r}"
    try:
        found = point.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise UsageError(f"{where} cannot be loaded: {reason}", "mend or uninstall that package") from error
    wanted = contract(group)
    if isinstance(found, wanted) or (isinstance(found, type) and issubclass(found, wanted)):
        return found
    raise UsageError(f"{where} is not a {wanted.__name__}", f"see {wanted.__module__}")


def contract(group: str) -> type[Plugin]:
    module, _, name = GROUPS[group][0].partition(":")
    found: type[Plugin] = getattr(import_module(module), name)
    return found


def name_of(plugin: Plugin | type[Plugin]) -> str:
    """The name a plugin is registered under; `module:Class` for one that is not registered."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    told = getattr(plugin, "name", None)
    if not isinstance(plugin, type) and isinstance(told, str) and told in registered(cls.group):
        return told
    path = f"{cls.__module__}:{cls.__qualname__}"
    return next((n for n, p in registered(cls.group).items() if p.value == path), path)


@cache
def origin(module: str) -> dict[str, str]:
    """Distribution and version of the package a plugin's module belongs to; empty for kcoder's own."""
    package = module.partition(".")[0]
    if package == "kcoder":
        return {}
    for group in GROUPS:
        for point in registered(group).values():
            if point.value.partition(":")[0].partition(".")[0] == package and point.dist:
                return {"distribution": point.dist.name, "version": point.dist.version}
    return {}


# ---- telling apart -------------------------------------------------------------------------------------------


def identity(value: Any, world: Callable[[Plugin], dict[str, Any]], known: Callable[[Any], Any]) -> Any:
    """Everything about a value that could change a result, as JSON: what a key is made of.

    `world` gives a plugin's outside facts; `known` gives what stands for a value of no JSON kind (an input's key).
    """
    if isinstance(value, Plugin):
        told: dict[str, Any] = {"is": name_of(value), "revision": value.revision}
        told |= {"from": origin(type(value).__module__)} if origin(type(value).__module__) else {}
        if facts := world(value):
            told["world"] = facts
        return told | {n: identity(v, world, known) for n, v in options(value)}
    if isinstance(value, BaseModel):
        return {n: identity(v, world, known) for n, v in options(value)}
    if isinstance(value, Mapping):
        return {str(k): identity(v, world, known) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [identity(v, world, known) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return known(value)


def options(value: BaseModel) -> Iterator[tuple[str, Any]]:
    """The keyed fields that are set; a field that is None is left out, so that a new one changes no old key."""
    unkeyed = {name for cls in type(value).__mro__ for name in getattr(cls, "unkeyed", ())}
    for name in type(value).model_fields:
        if name not in unkeyed and (found := getattr(value, name)) is not None:
            yield name, found
