"""Query parameters of lists: page controls, and filters on columns."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.endpoints import Operation, QueryParameter
from bkgen.model.shapes import Fact, FactValue, Field, Object, Shape
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.constraints import (
    check_unambiguous,
    is_definition,
    narrower,
    refuse_default,
    refuse_required,
    written_type,
)
from bkgen.resolve.facts import TYPES, fact_called
from bkgen.resolve.fields import nearest_column
from bkgen.resolve.fitting import request_type
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import is_integer
from bkgen.resolve.references import describe
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.words import listed
from bkgen.source import Entry, Map, Scalar, Span

PAGE_SIZE = 20
_CONTROLS = (Fact.LIMIT, Fact.OFFSET, Fact.PAGE)
_DEFAULTS = {Fact.LIMIT: PAGE_SIZE, Fact.OFFSET: 0, Fact.PAGE: 1}
_NOT_YET = listed("sort order orderby sortby cursor after before q search fields include expand from to since until")


def query_parameters(route: Route, answer: Shape | None, scope: Scope) -> tuple[QueryParameter, ...]:
    """The parameters that the endpoint takes. A list always has a page size, and a way to all of its pages."""
    node = route.node.get("query")
    entries = node.entries if isinstance(node, Map) else ()
    if route.operation is not Operation.LIST:
        if entries:
            message = f"{route} is a `{route.operation}`, which takes no query parameters"
            scope.diagnostics.add("BK417", entries[0].key_span, message, "only a `list` does")
        return ()
    table = scope.table_of(route)
    assert table is not None
    reader = _Query(route, table, scope)
    found = [parameter for entry in entries if (parameter := reader.read(entry))]
    return tuple(_with_pages(found, answer, route))


class _Query:
    def __init__(self, route: Route, table: Table, scope: Scope) -> None:
        self._table, self._diagnostics = table, scope.diagnostics
        self._taken = {parameter.attribute for parameter in route.parameters}

    def read(self, entry: Entry) -> QueryParameter | None:
        if not texts.check_field_name(entry.key, entry.key_span, self._diagnostics):
            return None
        node = entry.value
        if isinstance(node, Map) and not (check_unambiguous(node, self._diagnostics) and is_definition(node)):
            self._diagnostics.add(
                "BK417", node.span, f"`{entry.key}` is no single value", 'write a type, such as "string"'
            )
            return None
        written = written_type(node, self._diagnostics)
        if written is None:
            return None
        refuse_required(node, "remove it: page controls and filters are optional", self._diagnostics)
        column = find_column(self._table, entry.key)
        fact = fact_called(entry.key, _CONTROLS)
        if fact is not None and (column is None or entry.key == fact):
            return self._control(entry, fact, written.type)
        if column is None or column.private or written.array or column.type.kind in (Kind.JSON, Kind.BYTES):
            self._unknown(entry)
            return None
        type_ = request_type(column.type, written.type)
        if type_ is None:
            where = f"column `{self._table.name}.{column.name}`"
            message = f"`{entry.key}` is {describe(written.type)}, but {where} is {describe(column.type)}"
            fix = f'write "{column.type.kind}", or change the type of the column'
            self._diagnostics.add("BK507", node.span, message, fix)
            return None
        refuse_default(node, "without a filter a list has all rows: remove it", self._diagnostics)
        return QueryParameter(
            entry.key, self._attribute(entry.key), type_, False, None, None, column.name, entry.key_span
        )

    def _control(self, entry: Entry, fact: Fact, said: Type) -> QueryParameter | None:
        if said.kind not in (Kind.INTEGER, Kind.NUMBER):
            self._diagnostics.add(
                "BK507", entry.value.span, f"`{entry.key}` is a number of rows or pages", 'write "integer"'
            )
            return None
        bounds = Type(Kind.INTEGER) if said.bits is None else said
        highest = said.maximum if said.maximum is not None and said.maximum != 2**31 - 1 else None
        type_ = replace(TYPES[fact], maximum=highest) if fact is Fact.LIMIT and highest else TYPES[fact]
        type_ = narrower(type_, minimum=bounds.minimum)
        default = min(_DEFAULTS[fact], int(type_.maximum or _DEFAULTS[fact]))
        given = entry.value.get("default") if isinstance(entry.value, Map) else None
        if isinstance(given, Scalar):
            value = given.value
            if not is_integer(value) or not int(type_.minimum or 0) <= value <= int(type_.maximum or value):
                fix = f"write a number from {type_.minimum} to {type_.maximum}"
                self._diagnostics.add("BK503", given.span, f"`{value}` is no default for `{entry.key}`", fix)
            else:
                default = value
        default = max(default, int(type_.minimum or 0))
        return QueryParameter(entry.key, self._attribute(entry.key), type_, False, default, fact, None, entry.key_span)

    def _attribute(self, name: str) -> str:
        attribute = names.unique(names.parameter(name), self._taken)
        self._taken.add(attribute)
        return attribute

    def _unknown(self, entry: Entry) -> None:
        message = f"`{entry.key}` is no column of `{self._table.name}` to filter by, and no page control"
        fix = nearest_column(entry, self._table, self._diagnostics) or "page controls are `limit`, `offset` and `page`"
        if names.fold(entry.key) in _NOT_YET:
            message, fix = (
                f"`{entry.key}`: sorting, searching, ranges and cursors are not supported by this version",
                "remove it",
            )
        self._diagnostics.add("BK417", entry.key_span, message, fix)


def _with_pages(found: list[QueryParameter], answer: Shape | None, route: Route) -> list[QueryParameter]:
    """Adds the page controls that are missing, called as the response calls them."""
    facts = {parameter.fact for parameter in found}
    shown = {field.shape.fact: field.name for field in _fact_fields(answer) if isinstance(field.shape, FactValue)}
    taken = {parameter.attribute for parameter in found} | {parameter.attribute for parameter in route.parameters}
    added = []
    if not facts & {Fact.OFFSET, Fact.PAGE}:
        by_page = (Fact.PAGE in shown or Fact.PAGES in shown) and Fact.OFFSET not in shown
        added.append(Fact.PAGE if by_page else Fact.OFFSET)
    if Fact.LIMIT not in facts:
        added.insert(0, Fact.LIMIT)
    for fact in added:
        name = shown.get(fact, fact.value)
        attribute = names.unique(names.parameter(name), taken)
        taken.add(attribute)
        found.append(_added(fact, name, attribute, route.span))
    return found


def _added(fact: Fact, name: str, attribute: str, span: Span) -> QueryParameter:
    return QueryParameter(name, attribute, TYPES[fact], False, _DEFAULTS[fact], fact, None, span)


def _fact_fields(shape: Shape | None) -> list[Field]:
    if not isinstance(shape, Object):
        return []
    return [inner for field in shape.fields for inner in (_fact_fields(field.shape) or [field])]
