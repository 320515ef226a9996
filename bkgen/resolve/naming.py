"""Final names of endpoints and of the models of their bodies: distinct, and the same from run to run.

The plain name (`list_posts`, `PostCreate`) goes to the first that wants it; others are called after their path or
endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bkgen.model.endpoints import (
    ACCOUNT_OPERATIONS,
    FREE_OPERATIONS,
    HEALTH_OPERATIONS,
    STEP_OPERATIONS,
    Endpoint,
    Operation,
    Response,
)
from bkgen.model.shapes import Array, Children, Computed, Constant, Links, Nested, Object, Shape, StepRow, StepValue
from bkgen.model.tables import Table
from bkgen.resolve import names
from bkgen.resolve.fields import row_object
from bkgen.resolve.lookup import Tables
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ACTOR, mentions

Structure = object
Rename = Callable[[Object], str]


def name_endpoints(endpoints: list[Endpoint], tables: Tables) -> list[Endpoint]:
    taken: set[str] = set()
    named = []
    for endpoint in endpoints:
        wanted = _plain_name(endpoint, tables)
        name = wanted if wanted not in taken else names.unique(_path_name(endpoint), taken)
        taken.add(name)
        named.append(replace(endpoint, name=name))
    return named


def name_objects(endpoints: list[Endpoint], scope: Scope) -> list[Endpoint]:
    """The endpoints, their objects named so that equal names mean equal objects."""
    chosen: dict[tuple[str, str, Structure], str] = {}
    taken: set[str] = set()

    def choose(shape: Object, fallback: str) -> None:
        key = (shape.package, shape.name, structure(shape))
        if key not in chosen:
            wanted = shape.name if shape.name not in taken else fallback
            chosen[key] = names.unique(wanted, taken, "")
            taken.add(chosen[key])

    found = [(endpoint, shape) for endpoint in endpoints for shape in _objects(endpoint)]
    whole_rows = {table.class_name: structure(row_object(table, table.span, scope)) for table in scope.tables}

    def own_row(endpoint: Endpoint, shape: Object) -> str:
        """What the account that asks is called where others are shown less of it."""
        columns = scope.tables[shape.table].columns if shape.table is not None else ()
        veiled = endpoint.operation in ACCOUNT_OPERATIONS and any(column.veiled for column in columns)
        return names.class_name(f"own_{names.snake(shape.name)}") if veiled else ""

    def rank(shape: Object) -> int:
        return 0 if shape.view else 1 if structure(shape) == whole_rows.get(shape.name) else 2

    for endpoint, shape in sorted(found, key=lambda pair: rank(pair[1])):
        choose(shape, own_row(endpoint, shape) or _fallback(endpoint, shape))

    def rename(shape: Object) -> str:
        return chosen[shape.package, shape.name, structure(shape)]

    return [_renamed(endpoint, rename) for endpoint in endpoints]


def structure(shape: Shape) -> Structure:
    """What makes two shapes the same model: all but names of models and places in documents."""
    match shape:
        case Object(fields=fields, table=table, sort=sort, grouping=grouping):
            inner = tuple((f.name, f.attribute, structure(f.shape), f.required, f.nullable) for f in fields)
            groups = (grouping.table, grouping.where.text if grouping.where else "") if grouping is not None else ()
            return ("object", table, inner, sort, *groups)
        case Nested(relation=relation, row=row):
            return ("nested", relation.table, relation.name, structure(row))  # what is visible goes with the table
        case Array(items=items, most=most):
            return ("array", structure(items), most)
        case StepRow(name=name, row=row):
            return ("step", name, structure(row))
        case StepValue(formula=formula, type=type_):
            return ("value", formula, type_)
        case Constant(value=value):
            return ("constant", repr(value))
        case Links(relation=relation, column=column, type=type_, most=most):
            return ("links", relation.table, relation.name, column, type_, most)
        case Children(relation=relation, row=row, most=most):
            return ("children", relation.table, relation.name, structure(row), most)
        case Computed(expression=expression, formula=formula, type=type_, many=many):
            return ("computed", formula, type_, many, mentions(expression, ACTOR))
        case _:
            return shape


def _plain_name(endpoint: Endpoint, tables: Tables) -> str:
    if endpoint.handler is not None:
        return names.parameter(endpoint.handler.function)
    if endpoint.operation in STEP_OPERATIONS:
        return names.parameter("_".join(action_words(endpoint.method, endpoint.path, tables)))
    if endpoint.operation in ACCOUNT_OPERATIONS | HEALTH_OPERATIONS or endpoint.table is None:
        return endpoint.operation.value
    table: Table = tables[endpoint.table]
    if endpoint.download is not None:
        return names.parameter(f"download_{table.singular}_{names.snake(endpoint.download.column)}")
    noun = table.plural if endpoint.operation in (Operation.LIST, Operation.CLEAR) else table.singular
    parent = "".join(f"{tables[parent.table].singular}_" for parent in endpoint.parents[-1:])
    return names.parameter(f"{endpoint.operation}_{noun if noun.startswith(parent) else parent + noun}")


_VERBS = {"GET": "get", "POST": "create", "PATCH": "change"}


def action_words(method: str, path: str, tables: Tables) -> list[str]:
    """What an action is called: `ship order` for `POST /orders/{id}/ship`, `check out` for `POST /check-out`."""
    table, behind, of_row = None, list[str](), False
    for part in path.split("/"):
        if part.startswith("{"):
            of_row = True
        elif found := tables.find(part) or (tables.find(f"{table.singular}_{part}") if table else None):
            table, behind, of_row = found, [], False
        elif part:
            behind.append(part)
    verb = list(names.words("_".join(behind))) or [_VERBS.get(method, method.lower())]
    if table is None:
        return verb[-3:]
    return [*verb, table.singular if of_row or verb == ["create"] else table.plural]


def _path_name(endpoint: Endpoint) -> str:
    """`list_posts_v2` would need to know which words matter; the whole path is dull and always right."""
    words = endpoint.path.replace("{", "by_").replace("}", "")
    verb = endpoint.method.lower() if endpoint.operation in FREE_OPERATIONS else endpoint.operation
    return names.parameter(f"{verb}_{names.snake(words)}")


def _fallback(endpoint: Endpoint, shape: Object) -> str:
    if shape is endpoint.body:
        role = "request"
    elif shape is endpoint.request:
        role = "request_envelope"
    elif shape.table is not None:
        role = "item" if endpoint.operation is Operation.LIST else "row"
    else:
        role = "answer" if shape is endpoint.success.body else shape.name
    return names.class_name(f"{endpoint.name}_{role}")


def _objects(endpoint: Endpoint) -> Iterator[Object]:
    yield from _inner(endpoint.request)
    yield from _inner(endpoint.success.body)


def _inner(shape: Shape | None) -> Iterator[Object]:
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from _inner(field.shape)
            yield shape
        case Array(items=inner) | Nested(row=inner) | StepRow(row=inner) | Children(row=inner):
            yield from _inner(inner)
        case _:
            return


def _renamed(endpoint: Endpoint, rename: Rename) -> Endpoint:
    def of(shape: Shape) -> Shape:
        match shape:
            case Object(fields=fields):
                inner = tuple(replace(field, shape=of(field.shape)) for field in fields)
                return replace(shape, name=rename(shape), fields=inner)
            case Array(items=items):
                return replace(shape, items=of(items))
            case Nested(row=row) | StepRow(row=row) | Children(row=row):
                renamed = of(row)
                assert isinstance(renamed, Object)
                return replace(shape, row=renamed)
            case _:
                return shape

    def answered(response: Response) -> Response:
        return replace(response, body=of(response.body)) if response.body is not None else response

    request = of(endpoint.request) if endpoint.request is not None else None
    success = answered(endpoint.success)
    responses = tuple(success if one is endpoint.success else one for one in endpoint.responses)
    return replace(
        endpoint, request=request if isinstance(request, Object) else None, success=success, responses=responses
    )
