"""Types and shapes as JSON Schema, the form that datamodel-code-generator reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bkgen.model.shapes import (
    Array,
    Children,
    ColumnValue,
    Computed,
    Constant,
    Content,
    FactValue,
    Field,
    Given,
    Links,
    Nested,
    Object,
    Shape,
    StepRow,
    StepValue,
    files_in,
)
from bkgen.model.types import ArrayForm, Kind, Member, ObjectForm, Sanitize, Type

_FORMATS: dict[Kind, dict[str, Any]] = {
    Kind.STRING: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.UUID: {"type": "string", "format": "uuid"},
    Kind.EMAIL: {"type": "string", "format": "email"},
    Kind.URL: {"type": "string"},  # `Url` says the rest
    Kind.DECIMAL: {"type": "number", "format": "decimal"},
    Kind.OBJECT: {"type": "object"},
}
# Types that app/schemas.py declares, because no format of JSON Schema names them, or none as strictly.
_DECLARED = {
    Kind.BYTES: "Base64",
    Kind.JSON: "Json",
    Kind.ANY: "Json",
    Kind.DATE: "CalendarDate",
    Kind.TIME: "ClockTime",
    Kind.FILE: "StoredFile",
}
_MOMENTS = {True: "Moment", False: "LocalMoment"}  # with an offset, and without one


def of_type(type_: Type, package: str = "") -> dict[str, Any]:
    """The JSON Schema of a value of `type_`; objects within documents are references to `$defs` of `package`."""
    match type_.form:
        case ObjectForm(name=name):
            return {"$ref": f"#/$defs/{defined(package, name)}"}
        case ArrayForm(items=items, least=least, most=most):
            limits = {"minItems": least, "maxItems": most} if least else {"maxItems": most}
            return {"type": "array", "items": of_type(items, package), **limits}
    if type_.enum:
        return {"enum": list(type_.enum)}
    declared = _MOMENTS[type_.timezone] if type_.kind is Kind.DATETIME else _DECLARED.get(type_.kind)
    if declared is not None:
        return {"$ref": f"#/$defs/{declared}"}
    schema = dict(_FORMATS[type_.kind])
    keywords = {
        "minLength": type_.min_length,
        "maxLength": type_.max_length,
        "pattern": type_.pattern,
        "minimum": type_.minimum,
        "maximum": type_.maximum,
        "exclusiveMinimum": type_.exclusive_minimum,
        "exclusiveMaximum": type_.exclusive_maximum,
        "multipleOf": type_.multiple_of,
        "max_digits": type_.precision,
        "decimal_places": type_.scale,
    }
    for keyword, value in keywords.items():
        if value is not None:
            schema[keyword] = _number(value) if isinstance(value, Decimal) else value
    return schema


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def of_shape(shape: Shape, package: str) -> dict[str, Any]:
    """The JSON Schema of a shape in the schemas of `package`; objects are references to `$defs`."""
    match shape:
        case ColumnValue(type=type_) | FactValue(type=type_) | Given(type=type_):
            return of_type(type_, package)
        case Constant(value=value):
            return {"const": value}
        case Array(items=items, most=most):
            return {"type": "array", "items": of_shape(items, package), **({"maxItems": most} if most else {})}
        case Links(type=type_, most=most):
            return {"type": "array", "items": of_type(type_), "maxItems": most}
        case Children(row=row, most=most):
            return {"type": "array", "items": of_shape(row, package), "maxItems": most}
        case StepValue(type=type_):
            return of_type(bare(type_))
        case StepRow(row=row):
            return of_shape(row, package)
        case Computed(type=type_, many=many):
            return {"type": "array", "items": of_type(bare(type_))} if many else of_type(type_, package)
        case Nested(relation=relation, row=row):
            return {"type": "array", "items": of_shape(row, package)} if relation.many else of_shape(row, package)
        case Content():
            raise ValueError("a file is no JSON")
        case Object(name=name):
            return {"$ref": f"#/$defs/{defined(package, name)}"}


_SANITIZED = {Sanitize.TEXT: "PlainText", Sanitize.HTML: "SafeHtml"}
_MODULES = {"Url": "app.schemas", "PublicUrl": "app.public_urls"}


def marks(field: Field, sent: bool) -> list[str]:
    """What stands last in the annotation of a field, or of its items, as dotted paths; `sent` says that clients do."""
    type_ = _type(field.shape)
    if type_ is None:
        return []
    empty = ("EmptyIsNull",) if field.empty_is_null else ()
    names = (*url_steps(type_), *empty, *text_steps(type_)) if sent else url_steps(type_)[:1]
    return [f"{_MODULES.get(name, 'app.tidying')}.{name}" for name in names]


def _type(shape: Shape) -> Type | None:
    """The type of a value, or of the values in an array."""
    match shape:
        case ColumnValue(type=Type(form=ArrayForm(items=items))):
            return items
        case ColumnValue(type=type_) | FactValue(type=type_) | Given(type=type_) | Links(type=type_):
            return type_
        case StepValue(type=type_) | Computed(type=type_):
            return bare(type_)
        case Array(items=items):
            return _type(items)
        case _:
            return None


def url_steps(type_: Type) -> tuple[str, ...]:
    """What checks a URL beyond its constraints: Pydantic takes the last one first."""
    if type_.kind is not Kind.URL:
        return ()
    return ("Url", "PublicUrl") if type_.public else ("Url",)


def text_steps(type_: Type) -> tuple[str, ...]:
    """What tidies a text that is sent: Pydantic takes the last one first."""
    trimmed = ("Trimmed",) if type_.is_trimmed else ()
    formed = (type_.normalize.title(),) if type_.normalize is not None else ()
    return (*trimmed, *formed, *([_SANITIZED[type_.sanitize]] if type_.sanitize is not None else []))


def bare(type_: Type) -> Type:
    """The type without its constraints."""
    return Type(type_.kind, enum=type_.enum, timezone=type_.timezone)


def defined(package: str, name: str) -> str:
    """What the object `name` in the schemas of `package` is called in `$defs`."""
    return f"{package}.{name}"


def of_object(
    shape: Object, description: str, annotations: Mapping[str, dict[str, Any]], package: str, sent: bool
) -> dict[str, Any]:
    """The JSON Schema of an object: what its Pydantic model in the schemas of `package` is made from.

    `annotations` are what fields say beside their types, by their names on the wire; `sent` says that clients send it.
    """
    properties = {}
    uploads = files_in(shape.fields) if sent else []
    for field in shape.fields:
        value = {"$ref": "#/$defs/SentFile"} if field in uploads else of_shape(field.shape, package)
        schema = nullable(value) if field.nullable else value
        properties[field.name] = {**schema, **annotations.get(field.name, {})}
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [field.name for field in shape.fields if field.required],
    }


def of_form(form: ObjectForm, package: str) -> dict[str, Any]:
    """The JSON Schema of an object within a document."""
    properties = {}
    for member in form.members:
        value = of_type(member.type, package)
        told = {"description": member.description} if member.description else {}
        properties[member.name] = {**(nullable(value) if member.nullable else value), **told}
    return {
        "type": "object",
        "description": form.description or f"{form.words[:1].upper()}{form.words[1:]}.",
        "properties": properties,
        "required": [member.name for member in form.members if member.required],
    }


def forms_in(type_: Type) -> Iterator[ObjectForm]:
    """The objects within a value of a document, the inner ones first."""
    match type_.form:
        case ObjectForm(members=members) as form:
            for member in members:
                yield from forms_in(member.type)
            yield form
        case ArrayForm(items=items):
            yield from forms_in(items)


def form_marks(member: Member) -> list[str]:
    """What stands last in the annotation of a member, or of its items, as dotted paths."""
    type_ = member.type.form.items if isinstance(member.type.form, ArrayForm) else member.type
    return [f"{_MODULES[name]}.{name}" for name in url_steps(type_)]


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of null or what `schema` allows."""
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {"anyOf": [schema, {"type": "null"}]}


def imported(module: str, name: str) -> dict[str, Any]:
    """A definition that stands for the class `name` of the Python module `module`."""
    return {"type": "object", "x-python-import": {"module": module, "name": name}}


DECLARED_TYPES = {
    **dict.fromkeys([*_DECLARED.values(), *_MOMENTS.values()], "app.schemas"),
    "StoredFile": "app.stored_files",
    "SentFile": "app.stored_files",
}
"""The modules that types are imported from which no format of JSON Schema names."""
