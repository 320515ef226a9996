"""Views with `groupBy`: what groups of rows are alike in, and what is reckoned over each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Call,
    ColumnOf,
    Condition,
    Expression,
    Function,
    Row,
    Rows,
    Value,
)
from bkgen.model.shapes import Computed, Field, Grouping, Object, SortKey
from bkgen.model.tables import Table
from bkgen.model.types import Kind
from bkgen.resolve import expressions, names, texts
from bkgen.resolve.constraints import check_unambiguous, is_definition, written_type
from bkgen.resolve.expressions import as_condition, is_queryable, resolve_expression
from bkgen.resolve.expressions.grouped import ROWS, aggregates, over_rows, without_aggregates
from bkgen.resolve.expressions.kinds import TEXTS, is_nullable, kind_of
from bkgen.resolve.expressions.parts import in_database, walk
from bkgen.resolve.expressions.presence import path_of
from bkgen.resolve.fields import distinct
from bkgen.resolve.fitting import response_type
from bkgen.resolve.guards import guarded
from bkgen.resolve.nodes import span_of, strings, text
from bkgen.resolve.references import describe
from bkgen.resolve.scope import Scope
from bkgen.resolve.veils import seen_by_all
from bkgen.resolve.vocabulary import ROW, of_row
from bkgen.source import Entry, Map, Scalar

_UNGROUPED = (Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.BYTES, Kind.FILE)
_AGGREGATE = 'write "= size(rows)" or "= sum(rows.map(r, r.column))"'


def is_grouped(view: Map) -> bool:
    """Whether a view shows groups of rows, and not rows."""
    return "groupBy" in view


def group_object(name: str, table: Table, scope: Scope) -> Object | None:
    """What the view `name` shows of groups of rows of `table`; None where nothing is left of it, which is reported."""
    return _GroupReader(name, scope.views[name], table, scope).read()


def group_sort(node: Map, shape: Object, scope: Scope) -> tuple[SortKey, ...]:
    """The fields that `sort` lists: a minus before those that are descending."""
    found: list[SortKey] = []
    choices = [field.name for field in shape.fields]
    for word, span in strings(node.get("sort")):
        field = word.lstrip("+-")
        if field not in choices:
            fix = scope.diagnostics.nearest(span, field, choices) or f"its fields: {', '.join(choices)}"
            scope.diagnostics.add("BK521", span, f"`{field}` is no field of the groups to sort by", fix)
        else:
            found.append(SortKey(field, word.startswith("-")))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _GroupReader:
    name: str
    node: Map
    table: Table
    scope: Scope

    def read(self) -> Object | None:
        keys = dict(self._keys())
        fields, shown = self.node.get("fields"), list[Field]()
        for entry in fields if isinstance(fields, Map) else ():
            if not texts.check_field_name(entry.key, entry.key_span, self.scope.diagnostics):
                continue
            value = self._field(entry, keys)
            if value is not None:
                nullable = is_nullable(value.expression.gives) and not _always(value.expression)
                shown.append(Field(entry.key, names.attribute(entry.key), value, True, nullable, entry.key_span))
        found = distinct(shown, self.scope.diagnostics)
        where = self._where()
        if not found:
            return None
        here = tuple(field.name for field in found if field.name in keys)
        grouping = Grouping(self.table.name, here, where)
        shape = Object(
            names.class_name(self.name), self.table.package, found, None, self.node.span, view=True, grouping=grouping
        )
        return in_order(shape, group_sort(self.node, shape, self.scope))

    def _keys(self) -> Iterator[tuple[str, Computed | None]]:
        """What the rows of a group have in common, by field; None for what cannot be, which is reported."""
        groups, fields = self.node.get("groupBy"), self.node.get("fields")
        for entry in groups if isinstance(groups, Map) else ():
            if isinstance(fields, Map) and entry.key not in fields:
                message = f"groups are told apart by `{entry.key}`, which no field shows"
                fix = self.scope.diagnostics.nearest(entry.key_span, entry.key, [field.key for field in fields])
                fix = fix or f'add it to `fields`: "{entry.key}": "string"'
                self.scope.diagnostics.add("BK550", entry.key_span, message, fix)
            yield entry.key, self._key(entry)

    def _key(self, entry: Entry) -> Computed | None:
        written = str(entry.value.value) if isinstance(entry.value, Scalar) else ""
        found = resolve_expression(written, entry.value.span, of_row(self.table, self.scope), self.scope.diagnostics)
        if found is None:
            return None
        if not self._shows(found):
            return None
        place = found.arguments[0] if isinstance(found, Call) and found.function is Function.DATE else found
        kind = kind_of(found.gives)
        if not isinstance(place, ColumnOf) or (path_of(place) or ("",))[0] != ROW or kind in (None, *_UNGROUPED):
            message = "groups are told apart by a column of `row`, or of a row that it leads to, or by the day of one"
            fix = 'such as "row.status", "row.product.name" or "date(row.created_at)"'
            self.scope.diagnostics.add("BK550", entry.value.span, message, fix)
            return None
        assert isinstance(found.gives, Value)
        assert found.gives.type is not None
        return Computed(found, written.strip(), found.gives.type, False, entry.value.span)

    def _field(self, entry: Entry, keys: dict[str, Computed | None]) -> Computed | None:
        written = entry.value.value if isinstance(entry.value, Scalar) else None
        is_formula = isinstance(written, str) and written.lstrip().startswith("=")
        if entry.key in keys:
            if is_formula:
                message = f"`{entry.key}` is what the groups are told apart by, and has its value from `groupBy`"
                self.scope.diagnostics.add("BK550", entry.value.span, message, 'write its type, such as "string"')
                return None
            return self._shown(entry, keys[entry.key])
        if is_formula:
            return self._aggregate(entry, str(written).lstrip()[1:])
        message = f"`{entry.key}` is no key of `groupBy`, and nothing that is reckoned over the rows of a group"
        self.scope.diagnostics.add("BK550", entry.value.span, message, f"{_AGGREGATE}, or add it to `groupBy`")
        return None

    def _shown(self, entry: Entry, key: Computed | None) -> Computed | None:
        """A key, as the type says that stands at its field."""
        diagnostics = self.scope.diagnostics
        if key is None:
            return None
        if isinstance(entry.value, Map) and not (
            check_unambiguous(entry.value, diagnostics) and is_definition(entry.value)
        ):
            diagnostics.add("BK550", entry.value.span, f"`{entry.key}` is a single value", 'write "string"')
            return None
        written = written_type(entry.value, diagnostics)
        if written is None:
            return None
        type_ = response_type(key.type, written.type)
        if type_ is None or written.array:
            message = f"`{entry.key}` is {describe(written.type)}, but what `groupBy` gives is {describe(key.type)}"
            diagnostics.add("BK507", entry.value.span, message, "make both the same")
            return None
        return Computed(key.expression, key.formula, type_, False, key.span)

    def _aggregate(self, entry: Entry, formula: str) -> Computed | None:
        diagnostics, span = self.scope.diagnostics, entry.value.span
        found = resolve_expression(formula, span, self._words(), diagnostics)
        if found is None:
            return None
        if not self._shows(found):
            return None
        over = list(aggregates(found, ROW))
        rest = without_aggregates(found, ROW)
        if not over or in_database(rest, frozenset({ROWS})):
            message = "this is not one value of all the rows of a group"
            diagnostics.add("BK550", span, message, f"use `size`, `sum`, `min`, `max` or `avg`: {_AGGREGATE}")
            return None
        if not isinstance(found.gives, Value) or found.gives.type is None:
            diagnostics.add("BK526", span, "a computed field is one value", _AGGREGATE)
            return None
        parts = [part for _, one in over for part in (*one.conditions, *([one.item] if one.item else []))]
        able = [is_queryable(part, frozenset({ROW}), diagnostics) for part in parts]
        for part, one in over:
            if one.aggregate in (Aggregate.MIN, Aggregate.MAX) and kind_of(part.gives) in TEXTS:
                diagnostics.add("BK808", part.span, "databases order texts each in its own way", None)
                able.append(False)
        able.append(is_queryable(rest, frozenset({"group"}), diagnostics))
        return (
            Computed(guarded(found, self.scope), formula.strip(), found.gives.type, False, span) if all(able) else None
        )

    def _words(self) -> expressions.Scope:
        """What an aggregate can speak of: the rows of its group, and who asks, and when."""
        words = of_row(self.table, self.scope)
        gives = {name: given for name, given in words.names.items() if name != ROW}
        return expressions.Scope({ROWS: Rows(self.table.name), **gives}, words.tables, words.relations)

    def _where(self) -> Condition | None:
        written = text(self.node, "where")
        if written is None:
            return None
        words = of_row(self.table, self.scope)
        found: Expression | None = resolve_expression(
            written, span_of(self.node, "where"), words, self.scope.diagnostics
        )
        found = as_condition(found, self.scope.diagnostics) if found is not None else None
        if found is None or not is_queryable(found, frozenset({ROW}), self.scope.diagnostics) or not self._shows(found):
            return None
        return Condition(written, found)

    def _shows(self, found: Expression) -> bool:
        """Whether all that an expression speaks of is shown to everyone; else adds `BK425`."""
        parts = [(part, part.row.gives) for part in walk(found) if isinstance(part, ColumnOf)]
        tables = [(part, self.scope.tables[row.table]) for part, row in parts if isinstance(row, Row)]
        fix = "leave it out, or show it in a list of rows"
        shown = [
            seen_by_all(table.column(part.column), table, part.span, "a group of rows", fix, self.scope.diagnostics)
            for part, table in tables
        ]
        return all(shown)


def _always(expression: Expression) -> bool:
    """Whether it is an aggregate that every group has a value of: a group has rows, and none of them is null here."""
    over = over_rows(expression, ROW) if isinstance(expression, Aggregated) else None
    return over is not None and over.item is not None and not over.conditions and not is_nullable(over.item.gives)


def in_order(shape: Object, sort: tuple[SortKey, ...]) -> Object:
    """The groups in an order in which no two tie: behind what is asked for come the keys."""
    assert shape.grouping is not None
    named = {key.column for key in sort}
    keys = (SortKey(name, descending=False) for name in shape.grouping.keys if name not in named)
    return replace(shape, sort=(*sort, *keys))
