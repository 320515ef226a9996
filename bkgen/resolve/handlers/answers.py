"""What a handler answers with: the contract alone says it, since no step and no table fills it."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.shapes import Array, Constant, Field, Given, Object, Shape
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import literals, names, texts
from bkgen.resolve.constraints import check_unambiguous, is_definition, refuse_default, written_type
from bkgen.resolve.fields import distinct
from bkgen.resolve.free_answers import has_no_body, is_empty, table_of_word
from bkgen.resolve.rows import RowReader
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import parse_type
from bkgen.resolve.words import singular
from bkgen.source import Entry, List, Map, Node, Scalar, Span

_FREE_FORM = Given(Type(Kind.OBJECT))


@dataclass(frozen=True, slots=True)
class HandlerAnswer:
    """Reads the success of a handler.

    Attributes:
        name: of its model.
        table: what `"object"` shows where nothing nearer tells: the table of the path, if it has one.
    """

    name: str
    package: str
    table: Table | None
    scope: Scope

    def read(self, node: Node | None, status: int | None, span: Span) -> Shape | None:
        """The body; None for none."""
        if has_no_body(node, status, span, self.scope.diagnostics):
            return None
        if node is None or is_empty(node):
            return Constant({})
        found = self._value(node, "", self.name)
        shape = found[0] if found is not None else None
        if shape is None or isinstance(shape, Object) or (isinstance(shape, Array) and isinstance(shape.items, Object)):
            return shape
        message = "a handler answers with an object, or with an array of objects"
        self.scope.diagnostics.add("BK511", node.span, message, 'write {"total": "integer"}, "Order" or ["Order"]')
        return None

    def _value(self, node: Node, key: str, name: str) -> tuple[Shape, bool] | None:
        """A part of the body, and whether it may be null; `name` is what its model would be called."""
        diagnostics = self.scope.diagnostics
        match node:
            case List(items=(item,)):
                found = self._value(item, "", names.class_name(singular(names.snake(name))) if key else f"{name}Item")
                if found is not None and isinstance(found[0], Array | Constant):
                    self._refuse(item, "the items of an array are objects, rows or values of a type")
                    return None
                return (Array(found[0], node.span), False) if found is not None else None
            case List():
                self._refuse(node, "an array has one item, which says what all its items are")
                return None
            case Map() if not check_unambiguous(node, diagnostics):
                return None
            case Map() if not is_definition(node):
                shape = self._object(node, name)
                return (shape, False) if shape is not None else None
            case Scalar(value=str(word)) if word.startswith("="):
                self._refuse(node, "the code of the handler fills this, so there is no expression")
                return None
            case Scalar(value=str(word)) if (exact := literals.quoted(word)) is not None:
                constant = literals.constant(exact, node.span, diagnostics)
                return (constant, False) if constant is not None else None
            case Scalar(value=str(word)):
                return self._word(node, word, key)
            case Scalar(value=value):
                return Constant(value), value is None
        return self._leaf(node)

    def _word(self, node: Scalar, word: str, key: str) -> tuple[Shape, bool] | None:
        """A type, a view or a table, or a sentence that is always the same."""
        bare = word.removesuffix("?")
        item = bare.removesuffix("[]")
        if (table := self._table(item, key)) is not None:
            row = RowReader(table, table.package, self.scope).read(node, item, table.class_name)
            if row is None:
                return None
            return (Array(row, node.span) if bare != item else row), word != bare
        if item == "object":
            return (Array(_FREE_FORM, node.span) if bare != item else _FREE_FORM), word != bare
        if parse_type(word) is None and literals.is_sentence(word):
            constant = literals.constant(word, node.span, self.scope.diagnostics)
            return (constant, False) if constant is not None else None
        return self._leaf(node)

    def _table(self, word: str, key: str) -> Table | None:
        """The table whose row a word means."""
        if word == "object":
            return self.scope.tables.find(key) if key else self.table
        return table_of_word(word, self.scope)

    def _leaf(self, node: Node) -> tuple[Shape, bool] | None:
        written = written_type(node, self.scope.diagnostics)
        if written is None:
            return None
        refuse_default(node, "the code of the handler fills it: remove it", self.scope.diagnostics)
        value = Given(written.type)
        return (Array(value, node.span) if written.array else value), written.optional

    def _object(self, node: Map, name: str) -> Object | None:
        fields = distinct([field for entry in node if (field := self._field(entry, name))], self.scope.diagnostics)
        return Object(name, self.package, fields, None, node.span) if fields else None

    def _field(self, entry: Entry, owner: str) -> Field | None:
        if not texts.check_field_name(entry.key, entry.key_span, self.scope.diagnostics):
            return None
        found = self._value(entry.value, entry.key, names.class_name(f"{names.snake(owner)}_{entry.key}"))
        if found is None:
            return None
        shape, nullable = found
        return Field(entry.key, names.attribute(entry.key), shape, True, nullable, entry.key_span)

    def _refuse(self, node: Node, message: str) -> None:
        fix = 'write a type, a view, ["Order"] or {"total": "integer"}'
        self.scope.diagnostics.add("BK511", node.span, message, fix)
