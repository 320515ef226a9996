"""`schemas.py` of each package: which objects it declares, and their Pydantic models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.in_shapes import objects
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Children, ColumnValue, Computed, FactValue, Given, Nested, Object, Shape, StepRow
from bkgen.model.types import ObjectForm
from bkgen.render import json_schema
from bkgen.render.homes import Homes
from bkgen.render.literals import wrapped
from bkgen.resolve.tidied import kept_as
from bkgen.resolve.words import phrase

_MOST_CALLS = 4  # that a docstring lists


@dataclass(frozen=True, slots=True)
class Schema:
    """An object that becomes a Pydantic model.

    Attributes:
        base: its base class: `Body` or `Answer`.
        whole: whether it is a body or an answer, not a part of one.
        endpoints: those that take it, or that answer with it, by name.
    """

    shape: Object
    base: str
    whole: bool
    endpoints: dict[str, Endpoint]


Declared = Mapping[str, Schema]  # by name, inner ones first

# Packages whose models are made at once: more would save little, and could be shared less evenly by processes.
_BATCH = 20


def declared(service: Service, known: Homes) -> dict[str, Declared]:
    """The objects that each package declares."""
    found: defaultdict[str, dict[str, Schema]] = defaultdict(dict)
    for endpoint in service.endpoints:
        for base, shape in (("Body", endpoint.request), ("Answer", endpoint.success.body)):
            for inner in objects(shape):
                schemas = found[known[inner]]
                schema = schemas.setdefault(inner.name, Schema(inner, base, inner is shape, {}))
                if schema.base == base:
                    schema.endpoints[endpoint.name] = endpoint
    return dict(found)


def steps_in(service: Service) -> set[str]:
    """What checks and tidies texts in the bodies of requests, as dotted paths."""
    bodies = (shape for endpoint in service.endpoints for shape in objects(endpoint.request))
    return {step for shape in bodies for field in shape.fields for step in json_schema.marks(field, sent=True)}


def model_batches(found: Mapping[str, Declared], known: Homes, service: Service) -> list[dict[str, Any]]:
    """The arguments of `pydantic_models` for what each package declares, several packages at a time."""
    return [_arguments(batch, known, service) for batch in _batches(found, known)]


def _batches(found: Mapping[str, Declared], known: Homes) -> list[dict[str, Declared]]:
    """The packages, of which none is with one that it imports from."""
    imported = {
        package: {known[inner] for schema in schemas.values() for inner in _foreign(schema.shape, package, known)}
        for package, schemas in found.items()
    }
    batches: list[dict[str, Declared]] = []
    for package, schemas in found.items():
        strangers = (
            batch
            for batch in batches
            if len(batch) < _BATCH
            and imported[package].isdisjoint(batch)
            and all(package not in imported[other] for other in batch)
        )
        batch = next(strangers, None)
        if batch is None:
            batches.append(batch := {})
        batch[package] = schemas
    return batches


def _arguments(found: Mapping[str, Declared], known: Homes, service: Service) -> dict[str, Any]:
    definitions = {name: json_schema.imported(module, name) for name, module in json_schema.DECLARED_TYPES.items()}
    bases: dict[str, str] = {}
    attributes: dict[str, str] = {}
    marks: dict[str, list[str]] = {}
    for package, schemas in found.items():
        for name, schema in schemas.items():
            shape, model = schema.shape, json_schema.defined(package, name)
            description = _description(schema, service)
            sent = schema.base == "Body"
            definitions[model] = json_schema.of_object(shape, description, _annotations(schema, service), package, sent)
            bases[model] = f"app.schemas.{schema.base}"
            for field in shape.fields:
                if field.name != field.attribute:
                    attributes[f"{model}.{field.name}"] = field.attribute
                if said := json_schema.marks(field, sent):
                    marks[f"{model}.{field.attribute}"] = said
                for form in _forms(field.shape):
                    part = json_schema.defined(package, form.name)
                    definitions[part] = json_schema.of_form(form, package)
                    bases[part] = "app.schemas.JsonPart"
                    attributes |= {
                        f"{part}.{one.name}": one.attribute for one in form.members if one.name != one.attribute
                    }
                    marks |= {
                        f"{part}.{one.attribute}": said for one in form.members if (said := json_schema.form_marks(one))
                    }
            for inner in _foreign(shape, package, known):
                definitions[json_schema.defined(package, inner.name)] = json_schema.imported(
                    f"app.{known[inner]}.schemas", inner.name
                )
    return {"definitions": definitions, "bases": bases, "attributes": attributes, "marks": marks}


def _forms(shape: Shape) -> Iterator[ObjectForm]:
    """The objects within a field of documents, the inner ones first."""
    if isinstance(shape, ColumnValue) or (isinstance(shape, Computed) and not shape.many):
        yield from json_schema.forms_in(shape.type)


def _foreign(shape: Object, package: str, known: Homes) -> Iterable[Object]:
    return [inner for field in shape.fields for inner in _outermost(field.shape) if known[inner] != package]


def _outermost(shape: Shape) -> Iterator[Object]:
    match shape:
        case Object():
            yield shape
        case Array(items=inner) | Nested(row=inner) | StepRow(row=inner) | Children(row=inner):
            yield from _outermost(inner)
        case _:
            return


def _description(schema: Schema, service: Service) -> str:
    """What the model is: its docstring, and its description in the OpenAPI document."""
    kind = schema.base.lower()
    calls = _listed([f"`{endpoint.method} {endpoint.path}`" for endpoint in schema.endpoints.values()])
    if schema.base == "Answer" and schema.shape.table is not None:
        table = service.table(schema.shape.table)
        where = "as clients see it" if schema.shape.name == table.class_name else f"in the answer of {calls}"
        return "\n".join(wrapped(f"A row of `{table.name}`, {where}.", table.description))
    if schema.shape.grouping is not None:
        return "\n".join(wrapped(f"A group of rows of `{schema.shape.grouping.table}`, in the answer of {calls}."))
    if not schema.whole:
        return "\n".join(wrapped(f"Part of the {kind} of {calls}."))
    return "\n".join(wrapped(f"{kind.capitalize()} of {calls}{_page(schema, service)}."))


def _page(schema: Schema, service: Service) -> str:
    endpoint = next(iter(schema.endpoints.values()))
    if schema.base == "Body" or endpoint.operation is not Operation.LIST or endpoint.table is None:
        return ""
    return f": a page of the {phrase(service.table(endpoint.table).plural)}"


def _listed(calls: list[str]) -> str:
    """`A`; `A and B`; `A, B, C and 2 more`."""
    if len(calls) > _MOST_CALLS:
        calls = [*calls[: _MOST_CALLS - 1], f"{len(calls) - _MOST_CALLS + 1} more"]
    *others, last = calls
    return f"{', '.join(others)} and {last}" if others else last


def _annotations(schema: Schema, service: Service) -> dict[str, dict[str, Any]]:
    """What the schemas of fields say beside their types, by the fields' names on the wire."""
    found: dict[str, dict[str, Any]] = {}
    for field in schema.shape.fields:
        said = []
        if isinstance(field.shape, ColumnValue):
            said.append(service.table(field.shape.table).column(field.shape.column).description)
        if schema.base == "Body" and isinstance(field.shape, ColumnValue | FactValue | Given):
            said.append(f"Kept {kept}." if (kept := kept_as(field.shape.type)) else "")
        if words := " ".join(filter(None, said)):
            found[field.name] = {"description": words}
    return found
