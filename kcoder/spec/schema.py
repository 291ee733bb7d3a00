"""The JSON Schema of specs, made of the installed plugins: completion and checks in an editor."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from kcoder.choose import fitting, settable
from kcoder.errors import UsageError
from kcoder.plugin import load, names
from kcoder.section import Section
from kcoder.spec.head import Head

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def spec_schema() -> dict[str, Any]:
    """A schema that takes what kcoder takes, as far as a schema can tell. Broken plugins are left out."""
    properties = _plain(Head)["properties"]
    for name in names("sections"):
        try:
            properties[name] = section_schema(load("sections", name))
        except UsageError:
            continue
    overlay = {"type": "object", "description": "what changes"}
    properties["variants"] = {"type": "object", "additionalProperties": overlay}
    properties["sweep"] = {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}}
    return {
        "$schema": DIALECT,
        "title": "kcoder spec",
        "type": "object",
        "properties": properties,
        "required": ["name"],
        "additionalProperties": False,
    }


def section_schema(cls: type[Section]) -> dict[str, Any]:
    """A section: its mapping, with the options of the plugins it absorbs, or the one word that sets its main field."""
    told = _plain(cls)
    told["description"] = (cls.__doc__ or "").strip().partition("\n")[0]
    if wanted := cls.absorbed_contract():
        for name in fitting(wanted):
            told["properties"] = _options(load(wanted.group, name)) | told["properties"]
    if not cls.word:
        return told
    return {"anyOf": [told, told["properties"][cls.word], {"type": ["string", "number"]}]}


def _options(found: Any) -> dict[str, Any]:
    return dict(_plain(found)["properties"]) if isinstance(found, type) else {}


class _Inline(GenerateJsonSchema):
    """Plugins are told by name; wires between steps are nobody's to write."""

    def function_plain_schema(self, schema: Any) -> dict[str, Any]:
        return {}  # a wire between steps; it is taken out below

    def default_schema(self, schema: Any) -> dict[str, Any]:
        told = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**told, "default": default} if isinstance(default, str | int | float | bool) else told


def _plain(cls: Any) -> dict[str, Any]:
    told: dict[str, Any] = cls.model_json_schema(schema_generator=_Inline)
    told.pop("title", None)
    told = _without_references(told, told.pop("$defs", {}))
    told["properties"] = {n: p for n, p in told.get("properties", {}).items() if n in settable(cls)}
    return told


def _without_references(told: Any, definitions: dict[str, Any]) -> Any:
    """The schema with each definition where it is used: sections are put together, their references would break."""
    if isinstance(told, list):
        return [_without_references(item, definitions) for item in told]
    if not isinstance(told, dict):
        return told
    if "$ref" in told:
        meant = definitions[told["$ref"].rpartition("/")[2]]
        told = {**meant, **{k: v for k, v in told.items() if k != "$ref"}}
    return {key: _without_references(value, definitions) for key, value in told.items()}
