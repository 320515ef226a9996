"""One query parameter of a list: what it does, its type, and its default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Filter, Mentioned, Paging, QueryParameter, Search, Sort, Use
from bkgen.model.shapes import Fact
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.constraints import check_unambiguous, is_definition, narrower, written_type
from bkgen.resolve.defaults import constant_of
from bkgen.resolve.facts import TYPES, fact_called
from bkgen.resolve.fields import nearest_column
from bkgen.resolve.fitting import request_type
from bkgen.resolve.lookup import find_value
from bkgen.resolve.nodes import flag, is_integer, strings
from bkgen.resolve.references import describe
from bkgen.resolve.routes import Route
from bkgen.resolve.types import Written
from bkgen.resolve.veils import seen_by_all
from bkgen.resolve.views import is_sortable
from bkgen.resolve.words import listed
from bkgen.source import Entry, List, Map, Node, Scalar, Span, plain

PAGE_SIZE = 20
DEFAULTS = {Fact.LIMIT: PAGE_SIZE, Fact.OFFSET: 0, Fact.PAGE: 1}
MOST_SEARCHED = 100
"""Characters of a text that is searched for."""

_MOST_TEXT = 1000
_CONTROLS = (Fact.LIMIT, Fact.OFFSET, Fact.PAGE)
_TEXTUAL = (Kind.STRING, Kind.EMAIL, Kind.URL)
_NO_VALUE = (Kind.JSON, Kind.BYTES, Kind.OBJECT, Kind.ANY, Kind.FILE)
_WITH_DEFAULT = (*_TEXTUAL, Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL, Kind.BOOLEAN)
_HOW = {
    'write {"by": ["created_at"]}': listed("sort order orderby sortby ordering"),
    'write {"search": ["title"]}': listed("q search query term keyword keywords"),
    'write "cursor"': listed("cursor after before"),
    'give it a condition: {"type": "datetime", "where": "row.created_at >= query.since"}': listed(
        "from to since until"
    ),
}
"""What a parameter is written as that is called so and is no column."""


class ParameterReader:
    """Reads the query parameters of one list.

    Attributes:
        nodes: what stands at each parameter that was read and is an object; an empty object at all others.
    """

    def __init__(self, route: Route, table: Table, mentioned: frozenset[str], diagnostics: Diagnostics) -> None:
        self._table, self._mentioned, self._diagnostics = table, mentioned, diagnostics
        self._taken = {parameter.attribute for parameter in route.parameters}
        self.nodes: dict[str, Map] = {}

    def read(self, entry: Entry) -> QueryParameter | None:
        """The parameter; a condition of its own is left to its caller. None where it cannot be, which is reported."""
        if not texts.check_field_name(entry.key, entry.key_span, self._diagnostics):
            return None
        node = entry.value
        self.nodes[entry.key] = node if isinstance(node, Map) else Map((), node.span)
        if isinstance(node, Map) and "by" in node:
            return self._sort(entry, node)
        if isinstance(node, Map) and "search" in node:
            return self._search(entry, node)
        if isinstance(node, Scalar) and node.value == "cursor":
            return self._parameter(entry, TYPES[Fact.CURSOR], Paging(Fact.CURSOR))
        if isinstance(node, Map):
            node = Map(tuple(one for one in node if one.key != "where"), node.span)
        if isinstance(node, Map) and not (check_unambiguous(node, self._diagnostics) and is_definition(node)):
            message, fix = f"`{entry.key}` is no single value", 'write a type, such as "string"'
            self._diagnostics.add("BK417", node.span, message, fix)
            return None
        written = written_type(node, self._diagnostics)
        return self._value(entry, written) if written is not None else None

    def _value(self, entry: Entry, written: Written) -> QueryParameter | None:
        column = find_value(self._table, entry.key)
        fact = fact_called(entry.key, _CONTROLS)
        has_condition = "where" in self.nodes[entry.key]
        is_explicit = has_condition or entry.key in self._mentioned
        if fact is not None and (column is None or entry.key == fact) and not is_explicit:
            return self._control(entry, fact, written)
        if is_explicit:
            if written.type.kind in _NO_VALUE:
                message = f"`{entry.key}` is {describe(written.type)}, which nothing can be compared with"
                self._diagnostics.add("BK417", entry.value.span, message, 'write another type, such as "string"')
                return None
            return self._parameter(entry, _bounded(written.type), Mentioned(), many=written.array)
        if column is None or column.private or column.type.kind in _NO_VALUE:
            self._unknown(entry)
            return None
        fix = f'compare with what is shown: "where": "row.{column.name} == query.{entry.key}" beside its type'
        if not seen_by_all(column, self._table, entry.key_span, "a filter", fix, self._diagnostics):
            return None
        type_ = request_type(column.type, written.type)
        if type_ is None:
            where = f"column `{self._table.name}.{column.name}`"
            message = f"`{entry.key}` is {describe(written.type)}, but {where} is {describe(column.type)}"
            fix = f'write "{column.type.kind}", or change the type of the column'
            self._diagnostics.add("BK507", entry.value.span, message, fix)
            return None
        return self._parameter(entry, type_, Filter(column.name), many=written.array)

    def _parameter(self, entry: Entry, type_: Type, use: Use, *, many: bool = False) -> QueryParameter:
        node = self.nodes[entry.key]
        attribute = names.unique(names.parameter(entry.key), self._taken)
        self._taken.add(attribute)
        required = flag(node, "required") is True
        default = self._default(entry.key, node, type_, many)
        if required and default is not None:
            message = f"`{entry.key}` is required, so its default is never used"
            self._diagnostics.add("BK503", _place(node, "default"), message, "remove one of the two")
        description = texts.free_text(node, "description", self._diagnostics)
        return QueryParameter(
            entry.key, attribute, type_, use, required, default, entry.key_span, many=many, description=description
        )

    def _default(
        self, name: str, node: Map, type_: Type, many: bool
    ) -> bool | int | float | str | tuple[str, ...] | None:
        given = node.get("default")
        if given is None or plain(given) is None:
            return None
        if type_.kind not in _WITH_DEFAULT:
            fix = f"leave it out, and write what is meant into a condition: `query.{name} != null ? ... : ...`"
            message = f"a parameter that is {describe(type_)} has no default in this version"
            self._diagnostics.add("BK503", given.span, message, fix)
            return None
        values = [constant_of(type_, one.value) for one in _scalars(given) if one.value is not None]
        if None in values or not values or isinstance(given, List) != many:
            example = ", ".join(f'"{word}"' for word in type_.enum) or f"a constant of type {type_.kind}"
            message = f"`{plain(given)}` is no default for `{name}`"
            self._diagnostics.add("BK503", given.span, message, f"write {'an array of ' if many else ''}{example}")
            return None
        found = [value for value in values if value is not None]
        return tuple(found) if many else found[0]  # type: ignore[arg-type]

    def _control(self, entry: Entry, fact: Fact, written: Written) -> QueryParameter | None:
        said = written.type
        if said.kind not in (Kind.INTEGER, Kind.NUMBER) or written.array:
            message = f"`{entry.key}` is a number of rows or pages"
            self._diagnostics.add("BK507", entry.value.span, message, 'write "integer"')
            return None
        node = self.nodes[entry.key]
        if flag(node, "required"):
            message = "this may be absent, whatever `required` says"
            fix = "remove it: page controls are optional"
            self._diagnostics.add("BK503", _place(node, "required"), message, fix)
        bounds = Type(Kind.INTEGER) if said.bits is None else said
        highest = said.maximum if said.maximum is not None and said.maximum != 2**31 - 1 else None
        type_ = replace(TYPES[fact], maximum=highest) if fact is Fact.LIMIT and highest else TYPES[fact]
        type_ = narrower(type_, minimum=bounds.minimum)
        default = min(DEFAULTS[fact], int(type_.maximum or DEFAULTS[fact]))
        given = node.get("default")
        if isinstance(given, Scalar):
            value = given.value
            if not is_integer(value) or not int(type_.minimum or 0) <= value <= int(type_.maximum or value):
                fix = f"write a number from {type_.minimum} to {type_.maximum}"
                self._diagnostics.add("BK503", given.span, f"`{value}` is no default for `{entry.key}`", fix)
            else:
                default = value
        default = max(default, int(type_.minimum or 0))
        attribute = names.unique(names.parameter(entry.key), self._taken)
        self._taken.add(attribute)
        return QueryParameter(entry.key, attribute, type_, Paging(fact), False, default, entry.key_span)

    def _sort(self, entry: Entry, node: Map) -> QueryParameter | None:
        self._refuse_others(entry, node, ("by", "default", "description"))
        keys: dict[str, str] = {}
        for word, span in strings(node.get("by")):
            column = find_value(self._table, word)
            if column is None or not is_sortable(column):
                message = f"`{word}` is no column of `{self._table.name}` to sort by"
                fix = self._diagnostics.nearest(span, word, self._columns(is_sortable))
                fix = fix or f"its columns: {', '.join(self._columns(is_sortable))}"
                self._diagnostics.add("BK521", span, message, fix)
            elif seen_by_all(column, self._table, span, "an order by it", "leave it out", self._diagnostics):
                keys[word] = column.name
        words = tuple(f"{minus}{name}" for name in keys for minus in ("", "-"))
        return self._parameter(entry, Type(Kind.STRING, enum=words), Sort(keys), many=True) if keys else None

    def _search(self, entry: Entry, node: Map) -> QueryParameter | None:
        columns = []
        for word, span in strings(node.get("search")):
            column = find_value(self._table, word)
            if column is None or not _is_searchable(column):
                message = f"`{word}` is no text of `{self._table.name}` to search in"
                fix = f"its texts: {', '.join(self._columns(_is_searchable))}"
                self._diagnostics.add("BK430", span, message, fix)
            elif seen_by_all(column, self._table, span, "a search in it", "leave it out", self._diagnostics):
                columns.append(column.name)
        kept = tuple(one for one in node if one.key != "search")
        if not any(one.key == "type" for one in kept):
            kept = (Entry("type", entry.key_span, Scalar("string", entry.key_span)), *kept)
        definition = Map(kept, node.span)
        written = written_type(definition, self._diagnostics) if is_definition(definition) else None
        if written is None or written.type.kind is not Kind.STRING or written.array:
            message = f"`{entry.key}` is a text whose words are searched for"
            self._diagnostics.add("BK417", node.span, message, 'write {"search": ["title"], "maxLength": 50}')
            return None
        most = min(written.type.max_length or MOST_SEARCHED, MOST_SEARCHED)
        return self._parameter(entry, replace(written.type, max_length=most), Search(tuple(columns)))

    def _columns(self, wanted: Callable[[Column], bool]) -> list[str]:
        return [column.name for column in (*self._table.public, *self._table.within) if wanted(column)]

    def _refuse_others(self, entry: Entry, node: Map, known: tuple[str, ...]) -> None:
        for one in node:
            if one.key not in known:
                message = f"`{one.key}` means nothing for `{entry.key}`"
                self._diagnostics.add("BK204", one.key_span, message, f"there is: {', '.join(known)}")

    def _unknown(self, entry: Entry) -> None:
        message = f"`{entry.key}` is no column of `{self._table.name}` to filter by, and no page control"
        fix = nearest_column(entry, self._table, self._diagnostics)
        fix = fix or next((how for how, words in _HOW.items() if names.fold(entry.key) in words), None)
        self._diagnostics.add("BK417", entry.key_span, message, fix or "page controls are `limit`, `offset` and `page`")


def _is_searchable(column: Column) -> bool:
    return column.type.kind in _TEXTUAL and not column.type.enum and not column.private


def _bounded(type_: Type) -> Type:
    if type_.kind in _TEXTUAL and not type_.enum and type_.max_length is None:
        return replace(type_, max_length=_MOST_TEXT)
    return type_


def _scalars(node: Node) -> list[Scalar]:
    items = node.items if isinstance(node, List) else (node,)
    return [item for item in items if isinstance(item, Scalar)]


def _place(node: Map, key: str) -> Span:
    entry = node.entry(key)
    return entry.key_span if entry else node.span
