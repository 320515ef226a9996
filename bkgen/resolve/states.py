"""State machines: columns whose values change by declared transitions alone (`states`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.model.expressions import Condition, Expression
from bkgen.model.states import Transition
from bkgen.model.tables import Column, Default, Table
from bkgen.resolve.expressions import Scope as Words
from bkgen.resolve.expressions import as_condition, as_value, is_queryable, resolve_expression
from bkgen.resolve.files import refuse_value
from bkgen.resolve.lookup import find_column
from bkgen.resolve.names import fold
from bkgen.resolve.nodes import child, span_of, strings, text
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ROW, of_row
from bkgen.source import Entry, List, Map, Scalar, Span

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ROWS = frozenset({ROW})


def resolve_states(nodes: Iterable[Map], scope: Scope) -> dict[str, tuple[Transition, ...]]:
    """The transitions of the tables that have any, by table."""
    found = {}
    for node in nodes:
        table = scope.tables.find(text(node, "name") or "")
        columns = node.get("columns")
        if table is None or not isinstance(columns, List):
            continue
        transitions: list[Transition] = []
        for item in columns.items:
            column = find_column(table, text(item, "name") or "") if isinstance(item, Map) else None
            if column is not None and isinstance(item, Map) and "states" in item:
                transitions += _Machine(item, column, table, scope).read()
        _check_names(transitions, table, scope)
        if transitions:
            found[table.name] = tuple(transitions)
    return found


def _check_names(transitions: list[Transition], table: Table, scope: Scope) -> None:
    known: set[str] = set()
    for one in transitions:
        if fold(one.name) in known:
            message = f"table `{table.name}` already has a transition `{one.name}`"
            scope.diagnostics.add("BK330", one.span, message, "name one of them otherwise")
        known.add(fold(one.name))


@dataclass(frozen=True, slots=True)
class _Machine:
    """Reads the transitions of one column."""

    node: Map
    column: Column
    table: Table
    scope: Scope

    def read(self) -> list[Transition]:
        if not self._can_be():
            return []
        written = self.node.get("states")
        items = written.items if isinstance(written, List) else ()
        found = [one for item in items if isinstance(item, Map) and (one := self._transition(item)) is not None]
        if len(found) == len(items):
            self._check_reached(found)
        return found

    def _can_be(self) -> bool:
        column = self.column
        if not column.type.enum:
            message = f"column `{column.name}` has states, and its type does not say which values there are"
            self._wrong(span_of(self.node, "type"), message, 'write them: "type": "draft | published"')
            return False
        if column.nullable:
            message = f"column `{column.name}` can be null, which is no state"
            self._wrong(span_of(self.node, "nullable"), message, "remove it: a new row has the `default`")
        if column.default is None and "default" not in self.node:
            message = f"nothing says in which state a new row is: `{column.name}` has no default"
            self._wrong(span_of(self.node, "states"), message, f'add "default": "{column.type.enum[0]}"')
        return True

    def _transition(self, node: Map) -> Transition | None:
        name = text(node, "name") or ""
        if not _NAME.fullmatch(name):
            fix = "write a word of letters, digits, `_` and `-`"
            self._wrong(span_of(node, "name"), f"`{name}` is no name of a transition", fix)
            return None
        sources = [value for value, span in strings(node.get("from")) if self._is_state(value, span)]
        target = text(node, "to") or ""
        if not self._is_state(target, span_of(node, "to")) or len(sources) < len(strings(node.get("from"))):
            return None
        if target in sources:
            message = f"`{name}` leads from `{target}` to itself, which changes nothing"
            self._wrong(span_of(node, "from"), message, f"remove `{target}` from `from`")
            return None
        return Transition(
            name=name,
            column=self.column.name,
            sources=tuple(dict.fromkeys(sources)),
            target=target,
            by=self._by(node),
            values=tuple(self._values(child(node, "set"))),
            span=node.span,
        )

    def _is_state(self, value: str, span: Span) -> bool:
        known = self.column.type.enum or ()
        if value not in known:
            fix = self.scope.diagnostics.nearest(span, value, known) or f"its values: {', '.join(known)}"
            self._wrong(span, f"`{value}` is no value of column `{self.column.name}`", fix)
        return value in known

    @property
    def _words(self) -> Words:
        return of_row(self.table, self.scope, signed_in=True)

    def _by(self, node: Map) -> Condition | None:
        written = text(node, "by")
        if written is None:
            return None
        found = resolve_expression(written, span_of(node, "by"), self._words, self.scope.diagnostics)
        found = as_condition(found, self.scope.diagnostics) if found is not None else None
        if found is None or not is_queryable(found, _ROWS, self.scope.diagnostics):
            return None
        return Condition(written, found)

    def _values(self, node: Map | None) -> Iterator[tuple[str, Expression]]:
        for entry in node or ():
            column = find_column(self.table, entry.key)
            if column is None:
                choices = [column.name for column in self.table.columns]
                fix = self.scope.diagnostics.nearest(entry.key_span, entry.key, choices)
                fix = fix or f"its columns: {', '.join(choices)}"
                self._wrong(entry.key_span, f"`{entry.key}` is no column of table `{self.table.name}`", fix)
            elif column.transitions:
                message = f"column `{column.name}` has states, which change by their own transitions"
                self._wrong(entry.key_span, message, "remove it")
            elif (value := self._value(entry, column)) is not None:
                yield column.name, value

    def _value(self, entry: Entry, column: Column) -> Expression | None:
        diagnostics = self.scope.diagnostics
        if refuse_value(column, self.table, entry.key_span, diagnostics):
            return None
        found = resolve_expression(written_value(entry), entry.value.span, self._words, diagnostics)
        found = as_value(found, column.type, column.nullable, diagnostics) if found is not None else None
        return found if found is not None and is_queryable(found, _ROWS, diagnostics) else None

    def _check_reached(self, transitions: list[Transition]) -> None:
        """Adds `BK331` for the states that no row can ever be in."""
        if not isinstance(self.column.default, str) or isinstance(self.column.default, Default):
            return
        reached = [self.column.default]
        for state in reached:  # which grows while it is read
            reached += [one.target for one in transitions if state in one.sources and one.target not in reached]
        for state in self.column.type.enum or ():
            if state not in reached:
                message = f"no transition leads a new row to `{state}`"
                fix = f"add a transition to it, or remove it from the type of `{self.column.name}`"
                self.scope.diagnostics.add("BK331", span_of(self.node, "states"), message, fix)

    def _wrong(self, span: Span, message: str, fix: str) -> None:
        self.scope.diagnostics.add("BK330", span, message, fix)


def written_value(entry: Entry) -> str:
    """The expression of a value, which may be written as a number, true, false or null."""
    value = entry.value.value if isinstance(entry.value, Scalar) else None
    if isinstance(value, str):
        return value
    return "null" if value is None else str(value).lower()
