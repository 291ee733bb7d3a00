"""Anything a spec chooses by name: how it is declared, found, chosen and told apart.

A plugin is a frozen pydantic model whose fields are its options. Packages offer plugins as entry points of the
groups below; listing them reads metadata only, code is imported when a spec uses it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from kcoder.errors import UsageError, choice, near

#: Every group of plugins: its contract, and what its members are.
GROUPS: Mapping[str, tuple[str, str]] = {
    "sections": ("kcoder.section:Section", "the words of a spec, each with the steps it becomes"),
    "stages": ("kcoder.stage:Stage", "kinds of work"),
    "sources": ("kcoder.source:Source", "where rows come from"),
    "filters": ("kcoder.filter:Filter", "what drops one row, and why"),
    "sieves": ("kcoder.filter:Sieve", "what drops rows by looking at all of them"),
    "metrics": ("kcoder.metric:Metric", "what turns outcomes into scores with intervals"),
    "languages": ("kcoder.language:Language", "programming languages"),
    "models": ("kcoder.model:ModelFamily", "model families"),
    "benchmarks": ("kcoder.benchmark:Benchmark", "problems with tests"),
    "generators": ("kcoder.generator:Generator", "what completes prompts"),
    "executors": ("kcoder.executor:Executor", "what runs and judges programs"),
}


class Plugin(BaseModel):
    """The base of everything a spec names. Options are fields, each with help text and a source."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, protected_namespaces=())

    #: the entry-point group, without the leading "kcoder."
    group: ClassVar[str] = ""
    #: raised by hand when the same options come to mean another result
    revision: ClassVar[int] = 1
    #: the field that a single word sets: `train: lora` is `train: {method: lora}`
    word: ClassVar[str | None] = None
    #: options that cannot change a result (a path, whose content's digest stands in `world`)
    unkeyed: ClassVar[frozenset[str]] = frozenset()

    def world(self) -> dict[str, Any]:
        """Outside facts the result depends on: digests, pinned commits, toolchain versions.

        Cheap and offline. Raise MachineLacksError when the machine cannot tell, never for anything else.
        """
        return {}

    @classmethod
    def of_word(cls, word: str) -> tuple[str, dict[str, Any]] | None:
        """For a contract: the plugin and options that a word means which is no plugin's name (a path, say)."""
        return None


def option(default: Any = ..., help: str = "", *, source: str = "", **bounds: Any) -> Any:
    """A field of a plugin: its default, its explanation with the unit, and where the default comes from."""
    return Field(default, description=help, json_schema_extra={"source": source} if source else None, **bounds)


# ---- finding -------------------------------------------------------------------------------------------------


@cache
def registered(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name; kcoder's own win over a stranger's of the same name."""
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=f"kcoder.{group}"):
        if point.name not in found or distribution(point) == "kcoder":
            found[point.name] = point
    return found


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
    unkeyed = value.unkeyed if isinstance(value, Plugin) else frozenset()
    for name in type(value).model_fields:
        if name not in unkeyed and (found := getattr(value, name)) is not None:
            yield name, found


# ---- choosing ------------------------------------------------------------------------------------------------


def choose(wanted: type[Plugin], told: Any, context: Any = None) -> Plugin:
    """The plugin that a spec's value means: a name, a word such as a path, or a mapping `name: options`."""
    if isinstance(told, wanted):
        return told
    name, opts = _named(wanted, told)
    try:
        found = load(wanted.group, name)
    except UsageError as error:
        raise PydanticCustomError("plugin", "{m}", {"m": error.message, "hint": error.hint}) from None
    if isinstance(found, Plugin):
        if opts:
            raise PydanticCustomError("plugin", "{name} takes no options", {"name": name, "hint": ""})
        return found
    if not issubclass(found, wanted):
        fitting = [n for n in names(wanted.group) if _fits(wanted, n)]
        raise PydanticCustomError(
            "plugin", "{name} cannot be used here", {"name": name, "hint": choice(name, fitting)}
        )
    if found.word and opts is not None and not isinstance(opts, Mapping):
        opts = {found.word: opts}
    made: Plugin = validated(found, {} if opts is None else opts, context, wanted)
    return made


P = TypeVar("P", bound=BaseModel)


def validated(cls: type[P], told: Any, context: Any = None, wanted: type[Plugin] | None = None) -> P:
    """An object of this class from a spec's plain value, strictly: "3" is no number and `yes` no truth value.

    Raises ValidationError whose unknown fields carry the hint that helps: the near miss, or the plugins of the
    contract `wanted` that do take the field.
    """
    try:
        return cls.model_validate_json(json.dumps(told), strict=True, context=context)
    except ValidationError as error:
        faults: list[InitErrorDetails] = []
        for each in error.errors(include_url=False):
            kind, message, ctx = each["type"], each["msg"], dict(each.get("ctx", {}))
            if kind == "extra_forbidden" and len(each["loc"]) == 1:
                ctx["hint"] = _takers(str(each["loc"][0]), cls, wanted)
                ctx["known"] = ",".join(cls.model_fields)
            if kind == "value_error":
                message, ctx = str(ctx["error"]), {}
            custom = PydanticCustomError(kind, message, ctx or None)
            faults.append(InitErrorDetails(type=custom, loc=each["loc"], input=each["input"]))
        raise ValidationError.from_exception_data(error.title, faults, input_type="json") from None


def _takers(field: str, cls: type[BaseModel], wanted: type[Plugin] | None) -> str:
    nearest = near(field, cls.model_fields)
    if nearest:
        return f"did you mean {nearest}?"
    if wanted is None or not issubclass(cls, Plugin):
        return ""
    others = [n for n in fitting(wanted) if field in _fields(wanted.group, n)]
    takes = "takes" if len(others) == 1 else "take"
    return f"{name_of(cls)} has no {field}; {' and '.join(others)} {takes} it" if others else ""


def _fields(group: str, name: str) -> Mapping[str, Any]:
    found = load(group, name)
    return found.model_fields if isinstance(found, type) and issubclass(found, BaseModel) else {}


def _named(wanted: type[Plugin], told: Any) -> tuple[str, Any]:
    if isinstance(told, Mapping) and len(told) == 1:
        [(name, opts)] = told.items()
        return str(name), opts
    if isinstance(told, str):
        if told in registered(wanted.group):
            return told, {}
        if meant := wanted.of_word(told):
            return meant
        fitting = names(wanted.group)
        raise PydanticCustomError(
            "plugin",
            "no {kind} is called {name}",
            {"kind": wanted.group[:-1], "name": repr(told), "hint": choice(told, fitting)},
        )
    raise PydanticCustomError(
        "plugin",
        "expected the name of a {kind}, alone or with its options as 'name: {{...}}'",
        {"kind": wanted.group[:-1], "hint": f"there are: {', '.join(names(wanted.group))}"},
    )


def _fits(wanted: type[Plugin], name: str) -> bool:
    try:
        found = load(wanted.group, name)
    except UsageError:
        return False
    return isinstance(found, wanted) or (isinstance(found, type) and issubclass(found, wanted))


def fitting(wanted: type[Plugin]) -> list[str]:
    """The names of the group's plugins that fulfil this contract (imports them: for hints and schemas only)."""
    return [n for n in names(wanted.group) if _fits(wanted, n)]


@dataclass(frozen=True)
class Chosen:
    """The annotation behind `Use` (any plugin of the contract) and `Fixed` (the one of this name)."""

    name: str | None = None

    def __get_pydantic_core_schema__(
        self, source: type[Plugin], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def validate(told: Any, info: ValidationInfo) -> Plugin:
            if self.name is None or isinstance(told, source):
                return choose(source, told, info.context)
            return choose(source, {self.name: told}, info.context)

        return core_schema.with_info_plain_validator_function(validate, metadata={"group": source.group})

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A name or, where the contract takes one, a path; or options. `examples` are the names there are."""
        if self.name:
            return {"type": ["object", "string"]}
        known = names(dict(schema.get("metadata") or {})["group"])
        return {"anyOf": [{"type": ["string", "number"], "examples": known}, {"type": "object"}]}


@dataclass(frozen=True)
class Named:
    """The annotation of a field that holds a plugin's name: `language: Annotated[str, Named("languages")]`."""

    group: str

    def __get_pydantic_core_schema__(
        self, source: type[str], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def validate(told: str) -> str:
            known = names(self.group)
            if told in known:
                return told
            hint = choice(told, known)
            if self.group == "languages" and not near(told, known):
                hint += f"; others are packages of their own, such as kcoder-{told}"
            message = f"no {self.group[:-1]} is called {told!r}"
            raise PydanticCustomError("plugin", "{message}", {"message": message, "hint": hint})

        return core_schema.no_info_after_validator_function(validate, core_schema.str_schema())

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"enum": names(self.group)}


T = TypeVar("T")
#: A field through which a spec chooses a plugin: `source: Use[Source]`.
Use = Annotated[T, Chosen()]
