"""How rows of other tables are written with the row of an endpoint: functions of `queries.py`, and their calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.shapes import Children, ColumnValue, Field, Links
from bkgen.model.tables import Table
from bkgen.render.answers import schema
from bkgen.render.columns import column_code, default_value, python_type
from bkgen.render.expressions import Context, python_value
from bkgen.render.homes import Homes
from bkgen.render.literals import literal
from bkgen.render.policies import rule_call
from bkgen.render.variables import ACCOUNT, VARIABLES
from bkgen.resolve import names
from bkgen.resolve.files import content_name
from bkgen.resolve.vocabulary import ACTOR, formulas_in, mentions
from bkgen.resolve.words import phrase, plural, with_article

Key = tuple[str, str, str]
"""What tells functions apart: table, relation, and the column of links with the field that is told of, or the model."""


@dataclass(frozen=True, slots=True)
class WriterView:
    """A function that writes the rows that belong to one row.

    Attributes:
        kind: names the template of its body: `links` or `children`.
        parameters: behind the connection.
        values: its last parameter, which holds what was sent; `value` is one of them.
        target: the model of the rows that are linked, or that are made below.
        column, key: of the target: what the values are compared with, and what links refer to.
        link: the model of the links, or of the rows below; `row` makes one of them, of `key` or `value`.
        adds: what a new row of the target is made of `value`; empty where only rows that are there are linked.
        visible: the condition on rows that the caller may see; empty for none.
        field: the attribute of the body that is told of where there is no such row.
        names_conflicts: whether a contract's text for 409 is about the row itself, and not about those below.
    """

    name: str
    kind: str
    docstring: str
    parameters: tuple[str, ...]
    values: str
    value: str
    target: str
    column: str
    key: str
    link: str
    row: str
    adds: str
    visible: str
    field: str
    names_conflicts: bool = False


def nested_fields(endpoint: Endpoint) -> list[tuple[Field, Links | Children]]:
    """The fields of a body that write rows of other tables."""
    if endpoint.operation is Operation.ACTION or endpoint.body is None:
        return []
    return [(field, field.shape) for field in endpoint.body.fields if isinstance(field.shape, Links | Children)]


def dumped(endpoint: Endpoint, service: Service) -> str:
    """What a body has of the row itself, as a dictionary."""
    if endpoint.files:
        table = service.table(endpoint.table or "")
        files = [(one.attribute, one.shape.column) for one in endpoint.files if isinstance(one.shape, ColumnValue)]
        contents = (f"{name}={literal(table.column(content_name(column)).attribute)}" for name, column in files)
        return f"with_contents(body.model_dump(), {', '.join(contents)})"
    others = ", ".join(sorted(literal(field.attribute) for field, _ in nested_fields(endpoint)))
    return f"body.model_dump(exclude={{{others}}})" if others else "body.model_dump()"


def own_columns(endpoint: Endpoint) -> list[str]:
    """The columns of the row that the others refer to."""
    return list(dict.fromkeys(own for _, shape in nested_fields(endpoint) for own, _ in shape.relation.pairs))


def writer_names(endpoints: Iterable[Endpoint]) -> dict[Key, str]:
    """What the functions of a package are called, each of which may serve several endpoints."""
    endpoints = list(endpoints)
    taken = {endpoint.name for endpoint in endpoints}
    found: dict[Key, str] = {}
    for endpoint in endpoints:
        for field, shape in nested_fields(endpoint):
            if _key(field, shape) not in found:
                verb = "link" if isinstance(shape, Links) else "add"
                name = names.unique(f"{verb}_{names.parameter(shape.relation.name).rstrip('_')}", taken)
                taken.add(name)
                found[_key(field, shape)] = name
    return found


def _key(field: Field, shape: Links | Children) -> Key:
    if isinstance(shape, Children):
        return shape.relation.table, shape.relation.name, shape.row.name
    return (
        shape.relation.table,
        shape.relation.name,
        shape.column if shape.adds else f"{shape.column} {field.attribute}",
    )


def calls(endpoint: Endpoint, service: Service) -> Iterator[str]:
    """The lines that write what belongs to `row`, and first take away what did before."""
    known = writer_names(service.packages[endpoint.package])
    for field, shape in nested_fields(endpoint):
        pairs, indent = shape.relation.pairs, ""
        owner = [f"row[{literal(own)}]" for own, _ in pairs]
        if not field.required:
            yield f"if body.{field.attribute} is not MISSING:"
            indent = "    "
        if endpoint.operation is not Operation.CREATE:
            holder = service.table(holder_of(shape))
            same = [f"{column_code(holder, there)} == {one}" for (_, there), one in zip(pairs, owner, strict=True)]
            yield f"{indent}connection.execute(delete({holder.class_name}).where({', '.join(same)}))"
        arguments = ["connection", *([ACCOUNT] if _asks(shape) else []), *owner, f"body.{field.attribute}"]
        yield f"{indent}{known[_key(field, shape)]}({', '.join(arguments)})"


def writer_views(endpoints: Iterable[Endpoint], service: Service, homes: Homes) -> list[WriterView]:
    """The functions that the endpoints of a package call."""
    endpoints = list(endpoints)
    known = writer_names(endpoints)
    found: dict[str, WriterView] = {}
    for endpoint in endpoints:
        for field, shape in nested_fields(endpoint):
            name = known[_key(field, shape)]
            if isinstance(shape, Links):
                found.setdefault(name, _links(name, field, shape, service))
            else:
                view = found.setdefault(name, _children(name, field, shape, service, homes, endpoint.package))
                found[name] = replace(view, names_conflicts=view.names_conflicts or _means_the_row(endpoint))
    return list(found.values())


def _means_the_row(endpoint: Endpoint) -> bool:
    """Whether the contract words what is taken of the row itself, and not of those that are written with it."""
    own, below = endpoint.response(Cause.TAKEN), endpoint.response(Cause.TAKEN_BELOW)
    return own is not None and own.literal is not None and below is not None and below.literal is None


def _links(name: str, field: Field, shape: Links, service: Service) -> WriterView:
    assert shape.relation.through is not None
    owner, target = service.table(shape.relation.table), service.table(shape.relation.target)
    link = service.table(shape.relation.through.table)
    ((far, key),) = shape.relation.through.pairs
    column = target.column(shape.column)
    value = names.parameter(column.name if column.name != key else target.singular)
    values = plural(value)
    many, one = phrase(target.plural), with_article(phrase(owner.singular))
    made = ", and make those that are not there" if shape.adds else ""
    return WriterView(
        name=name,
        kind="links",
        docstring=f"Link {one} with the {many} that have these {phrase(plural(column.attribute))}{made}.",
        parameters=_parameters(shape, link, service),
        values=f"{values}: Iterable[{python_type(column.type)}]",
        value=value,
        target=target.class_name,
        column=column_code(target, column.name),
        key=column_code(target, key),
        link=link.class_name,
        row=_row({link.column(far).attribute: "key"}, link, shape, service),
        adds=f"{{{literal(column.attribute)}: {value}}}" if shape.adds else "",
        visible=rule_call(target, Deed.READ, shape.visible) if shape.visible is not None else "",
        field=literal(field.attribute),
    )


def _children(name: str, field: Field, shape: Children, service: Service, homes: Homes, package: str) -> WriterView:
    owner, child = service.table(shape.relation.table), service.table(shape.relation.target)
    value = names.parameter(child.singular)
    optional = {
        child.column(one.shape.column).attribute: default_value(child.column(one.shape.column))
        for one in shape.row.fields
        if not one.required and isinstance(one.shape, ColumnValue)
    }
    row = _row(optional, child, shape, service)
    return WriterView(
        name=name,
        kind="children",
        docstring=f"Insert the {phrase(child.plural)} of {with_article(phrase(owner.singular))}.",
        parameters=_parameters(shape, child, service),
        values=f"{plural(value)}: Iterable[{schema(shape.row, package, homes)}]",
        value=value,
        target=child.class_name,
        column="",
        key="",
        link=child.class_name,
        row=f"{row[:-1]}, **{value}.model_dump()}}",
        adds="",
        visible="",
        field=literal(field.attribute),
    )


def _row(values: Mapping[str, str], table: Table, shape: Links | Children, service: Service) -> str:
    """A dictionary with the values of a new row, which refers to the row that is written."""
    found = {attribute: parameter for attribute, parameter, _ in _owner(shape, table, service)}
    for name, expression in shape.presets.items():
        found[table.column(name).attribute] = python_value(expression, Context(service.by_name, VARIABLES)).code
    inner = ", ".join(f"{literal(name)}: {value}" for name, value in {**found, **values}.items())
    return f"{{{inner}}}"


def _parameters(shape: Links | Children, holder: Table, service: Service) -> tuple[str, ...]:
    account = [f"{ACCOUNT}: Caller"] if _asks(shape) else []
    owner = (f"{parameter}: {annotation}" for _, parameter, annotation in _owner(shape, holder, service))
    return (*account, *owner)


def _owner(shape: Links | Children, holder: Table, service: Service) -> Iterator[tuple[str, str, str]]:
    """(attribute of `holder`, parameter, annotation) of what refers to the row that is written."""
    table = service.table(shape.relation.table)
    for own, there in shape.relation.pairs:
        attribute = holder.column(there).attribute
        yield attribute, names.parameter(attribute), python_type(table.column(own).type)


def _asks(shape: Links | Children) -> bool:
    return any(mentions(expression, ACTOR) for expression in formulas_in(shape))


def holder_of(shape: Links | Children) -> str:
    """The table whose rows refer to the written row."""
    return shape.relation.through.table if shape.relation.through is not None else shape.relation.target
