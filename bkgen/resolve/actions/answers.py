"""What an action answers with: rows of its steps, values of expressions, constants."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.expressions import ColumnOf, Expression, Gives, Name, Row, Value
from bkgen.model.shapes import Constant, Field, Object, Shape, StepRow, StepValue
from bkgen.model.tables import Table
from bkgen.model.types import Type
from bkgen.resolve import expressions, literals, names, texts
from bkgen.resolve.asker import Asker
from bkgen.resolve.constraints import is_definition, written_type
from bkgen.resolve.expressions import as_value, is_queryable, resolve_expression
from bkgen.resolve.expressions.kinds import described
from bkgen.resolve.fields import distinct
from bkgen.resolve.free_answers import has_no_body, is_empty, table_of_word
from bkgen.resolve.guards import guarded
from bkgen.resolve.lookup import find_column
from bkgen.resolve.rows import RowReader
from bkgen.resolve.scope import Scope
from bkgen.source import Entry, Map, Node, Scalar, Span


@dataclass(frozen=True, slots=True)
class ActionAnswer:
    """Reads the success of an action.

    Attributes:
        name: of its model.
        known: what expressions can speak of when all steps are done.
        rows: the tables of the steps whose row is there to be shown.
        asker: who gets there.
    """

    name: str
    package: str
    known: expressions.Scope
    rows: dict[str, Table]
    asker: Asker
    scope: Scope

    def read(self, node: Node | None, status: int | None, span: Span) -> Shape | None:
        """The body; None for none."""
        if has_no_body(node, status, span, self.scope.diagnostics):
            return None
        if node is None or is_empty(node):
            return Constant({})
        if isinstance(node, Map) and not is_definition(node):
            return self._object(node, self.name)
        if isinstance(node, Scalar) and isinstance(node.value, str) and (table := self._table(node.value)) is not None:
            return self._row(node, self._step_of(table, node), node.value)
        self._refuse(node, "an action answers with an object", 'write {"order": "Order"}, or "Order"')
        return None

    def _object(self, node: Map, name: str) -> Object | None:
        fields = distinct([field for entry in node if (field := self._field(entry, name))], self.scope.diagnostics)
        return Object(name, self.package, fields, None, node.span) if fields else None

    def _field(self, entry: Entry, owner: str) -> Field | None:
        if not texts.check_field_name(entry.key, entry.key_span, self.scope.diagnostics):
            return None
        shape = self._value(entry, owner)
        if shape is None:
            return None
        match shape:
            case StepValue(expression=expression):
                nullable = isinstance(expression.gives, Value) and expression.gives.nullable
            case _:
                nullable = isinstance(shape, Constant) and shape.value is None
        return Field(entry.key, names.attribute(entry.key), shape, True, nullable, entry.key_span)

    def _value(self, entry: Entry, owner: str) -> Shape | None:
        node, diagnostics = entry.value, self.scope.diagnostics
        match node:
            case Scalar(value=str(word)) if word.startswith("="):
                found = resolve_expression(word[1:], node.span, self.known, diagnostics)
                return (
                    self._computed(guarded(found, self.scope, self.asker), word[1:].strip(), node)
                    if found is not None
                    else None
                )
            case Scalar(value=str(word)) if (exact := literals.quoted(word)) is not None:
                return literals.constant(exact, node.span, diagnostics)
            case Scalar(value=str(word)) if (table := self._table(word)) is not None:
                step = entry.key if entry.key in self.rows else self._step_of(table, node)
                return self._row(node, step, word)
            case Scalar(value=str(word)) if literals.is_sentence(word):
                return literals.constant(word, node.span, diagnostics)
            case Scalar(value=value) if not isinstance(value, str):
                return Constant(value)
            case Map() if entry.key in self.rows and not is_definition(node):
                table = self.rows[entry.key]
                row = RowReader(table, self.package, self.scope).object(
                    node, names.class_name(f"{names.snake(owner)}_{entry.key}")
                )
                return StepRow(entry.key, row, node.span) if row is not None else None
            case Map() if not is_definition(node):
                return self._object(node, names.class_name(f"{names.snake(owner)}_{entry.key}"))
        return self._leaf(entry)

    def _table(self, word: str) -> Table | str | None:
        """The table whose row a word means, empty for that of whatever step; None where it means no row."""
        word = word.rstrip("?")
        if word == "object":
            return ""
        return table_of_word(word, self.scope)

    def _step_of(self, table: Table | str, node: Node) -> str | None:
        """The last step with a row, of the table if one is meant."""
        found = [name for name, one in self.rows.items() if not table or one is table]
        if not found:
            of_table = f" of `{table.name}`" if isinstance(table, Table) else ""
            message = f"no step has a row{of_table} to show here"
            self.scope.diagnostics.add("BK510", node.span, message, 'give the step that has it a name: "as": "..."')
        return found[-1] if found else None

    def _row(self, node: Node, step: str | None, word: str) -> StepRow | None:
        if step is None:
            return None
        table = self.rows[step]
        row = RowReader(table, table.package, self.scope).read(node, word, table.class_name)
        return StepRow(step, row, node.span) if isinstance(row, Object) else None

    def _leaf(self, entry: Entry) -> StepValue | None:
        """A value of one type: what a step has called so, or a column of the one row that has it."""
        written = written_type(entry.value, self.scope.diagnostics)
        if written is None:
            return None
        found = self._called(entry)
        if found is None:
            return None
        found = guarded(found, self.scope, self.asker)
        gives = found.gives
        nullable = isinstance(gives, Value) and gives.nullable
        if written.array or as_value(found, _bare(written.type), nullable, self.scope.diagnostics) is None:
            return None
        return self._computed(found, entry.key, entry.value)

    def _called(self, entry: Entry) -> Expression | None:
        given = self.known.names.get(entry.key)
        if isinstance(given, Value):
            return Name(entry.key, given, entry.key_span)
        found = [(name, column) for name, table in self.rows.items() if (column := find_column(table, entry.key))]
        if len(found) == 1:
            name, column = found[0]
            row: Gives = Row(self.rows[name].name)
            gives = Value(column.type, column.nullable)
            return ColumnOf(Name(name, row, entry.key_span), column.name, gives, entry.key_span)
        if found:
            ways = " or ".join(f'"= {name}.{column.name}"' for name, column in found)
            self._refuse(entry.value, f"`{entry.key}` is a column of several rows here", f"write {ways}")
            return None
        message = f"nothing can fill `{entry.key}`: no step has a value or a column of that name"
        fix = 'write an expression: "= order.total"; or name the row: "order": "Order"'
        self.scope.diagnostics.add("BK510", entry.value.span, message, fix)
        return None

    def _computed(self, found: Expression, formula: str, node: Node) -> StepValue | None:
        if not is_queryable(found, frozenset(), self.scope.diagnostics):
            return None
        if not isinstance(found.gives, Value) or found.gives.type is None:
            message = f"this is {described(found.gives)}, and a field is one value"
            fix = 'rows are shown by the name of their step: "order": "Order"'
            self.scope.diagnostics.add("BK526", node.span, message, fix)
            return None
        return StepValue(found, formula, found.gives.type, node.span)

    def _refuse(self, node: Node, message: str, fix: str) -> None:
        self.scope.diagnostics.add("BK511", node.span, message, fix)


def _bare(type_: Type) -> Type:
    """The type without its constraints."""
    return Type(type_.kind, enum=type_.enum, timezone=type_.timezone)
