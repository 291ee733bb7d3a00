"""How a spec chooses a plugin: the annotations of fields that hold one, and what is said when the choice is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from kcoder.errors import UsageError, choice, near
from kcoder.plugin import Plugin, load, name_of, names, registered
from kcoder.stage import Output


def choose(wanted: type[Plugin], told: Any, context: Any = None) -> Plugin:
    """The plugin that a spec's value means: a name, a word such as a path, or a mapping `name: options`."""
    if isinstance(told, wanted):
        return told
    name, opts = _named(wanted, told)
    found = loaded(wanted.group, name)
    if isinstance(found, Plugin):
        if opts:
            raise PydanticCustomError("plugin", "{name} takes no options", {"name": name, "hint": ""})
        return found
    if not issubclass(found, wanted):
        hint = choice(name, fitting(wanted))
        raise PydanticCustomError("plugin", "{name} cannot be used here", {"name": name, "hint": hint})
    if found.word and opts is not None and not isinstance(opts, Mapping):
        opts = {found.word: opts}
    made: Plugin = validated(found, {} if opts is None else opts, context, wanted)
    return made


def loaded(group: str, name: str) -> Any:
    """`plugin.load` for the validator of a field, whose error it becomes that a plugin cannot be loaded."""
    try:
        return load(group, name)
    except UsageError as error:
        raise PydanticCustomError("plugin", "{m}", {"m": error.message, "hint": error.hint}) from None


P = TypeVar("P", bound=BaseModel)


def validated(cls: type[P], told: Any, context: Any = None, wanted: type[Plugin] | None = None) -> P:
    """An object of this class from a spec's plain value, strictly: "3" is no number and `yes` no truth value.

    Raises ValidationError whose unknown fields carry the hint that helps: the near miss, or the plugins of the
    contract `wanted` that do take the field.
    """
    faults = [_wire_told(name, told[name], cls, wanted) for name in _wires(cls, told)]
    plain = {k: v for k, v in told.items() if k not in _wires(cls, told)} if faults else told
    try:
        made = cls.model_validate_json(json.dumps(plain), strict=True, context=context)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            kind, message, ctx = each["type"], each["msg"], dict(each.get("ctx", {}))
            if kind == "extra_forbidden" and len(each["loc"]) == 1:
                ctx["hint"] = _takers(str(each["loc"][0]), cls, wanted)
                ctx["known"] = ",".join(settable(cls))
            elif kind == "extra_forbidden" and "known" not in ctx and (part := _part(cls, each["loc"][:-1])):
                ctx["known"] = ",".join(settable(part))
            if kind == "value_error":
                message, ctx = str(ctx.get("error", message)), {}
            custom = PydanticCustomError(kind, message, ctx or None)
            faults.append(InitErrorDetails(type=custom, loc=each["loc"], input=each["input"]))
        raise ValidationError.from_exception_data(error.title, faults, input_type="json") from None
    if faults:
        raise ValidationError.from_exception_data(cls.__name__, faults, input_type="json")
    return made


def _part(cls: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that stands there in a field of this one, or of such a model in turn."""
    found: type[BaseModel] | None = cls
    for name in loc:
        field = found.model_fields.get(str(name)) if found else None
        kinds = (field.annotation, *get_args(field.annotation)) if field else ()
        found = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    return found


def settable(cls: type[BaseModel]) -> list[str]:
    """The fields a spec can set: all but the wires, which come from other steps."""
    return [name for name, field in cls.model_fields.items() if not _is_wire(field.annotation)]


def _is_wire(annotation: Any) -> bool:
    if annotation is Output or get_origin(annotation) is Output:
        return True
    return any(_is_wire(inner) for inner in get_args(annotation))


def _wires(cls: type[BaseModel], told: Any) -> list[str]:
    """The wires among the fields that are told."""
    return [n for n in told if n in cls.model_fields.keys() - settable(cls)] if isinstance(told, Mapping) else []


def _wire_told(name: str, value: Any, cls: type[BaseModel], wanted: type[Plugin] | None) -> InitErrorDetails:
    ctx = {"hint": _takers(name, cls, wanted), "known": ",".join(settable(cls))}
    unknown = PydanticCustomError("extra_forbidden", "Extra inputs are not permitted", ctx)
    return InitErrorDetails(type=unknown, loc=(name,), input=value)


def _takers(field: str, cls: type[BaseModel], wanted: type[Plugin] | None) -> str:
    nearest = near(field, settable(cls))
    if nearest:
        return f"did you mean {nearest}?"
    if wanted is None or not issubclass(cls, Plugin):
        return ""
    others = [n for n in fitting(wanted) if field in _fields(wanted.group, n)]
    takes = "takes" if len(others) == 1 else "take"
    return f"{name_of(cls)} has no {field}; {' and '.join(others)} {takes} it" if others else ""


def _fields(group: str, name: str) -> list[str]:
    found = load(group, name)
    return settable(found) if isinstance(found, type) and issubclass(found, BaseModel) else []


def _named(wanted: type[Plugin], told: Any) -> tuple[str, Any]:
    if isinstance(told, Mapping) and len(told) == 1:
        [(name, opts)] = told.items()
        return str(name), opts
    if isinstance(told, str):
        if told in registered(wanted.group):
            return told, {}
        if meant := wanted.of_word(told):
            return meant
        raise PydanticCustomError(
            "plugin",
            "no {kind} is called {name}",
            {"kind": wanted.group[:-1], "name": repr(told), "hint": choice(told, fitting(wanted))},
        )
    raise PydanticCustomError(
        "plugin",
        "expected the name of a {kind}, alone or with its options as 'name: {...}'",
        {"kind": wanted.group[:-1], "hint": f"there are: {', '.join(fitting(wanted))}"},
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
        while "group" not in dict(schema.get("metadata") or {}):  # a validator of the field stands around it
            schema = dict(schema)["schema"]
        known = names(dict(schema["metadata"])["group"])
        return {"anyOf": [{"type": ["string", "number"], "examples": known}, {"type": "object"}]}


@dataclass(frozen=True)
class Named:
    """The annotation of a field that holds the name of a plugin that can be loaded:
    `language: Annotated[str, Named("languages")]`."""

    group: str

    def __get_pydantic_core_schema__(self, source: type[str], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def validate(told: str) -> str:
            known = names(self.group)
            if told in known:
                loaded(self.group, told)
                return told
            hint = choice(told, known)
            if self.group == "languages" and not near(told, known):
                hint += f"; others are packages, such as kcoder-{told}"
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
