"""Bodies of successful responses: where every value in them comes from."""

from __future__ import annotations

from bkgen.model.endpoints import Operation
from bkgen.model.shapes import Array, ColumnValue, Constant, Fact, FactValue, Field, Object, Shape
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.constraints import check_unambiguous, is_definition, refuse_default, written_type
from bkgen.resolve.facts import TYPES, fact_called
from bkgen.resolve.fields import column_field, distinct, fact_field, row_object
from bkgen.resolve.fitting import response_type
from bkgen.resolve.lookup import find_column
from bkgen.resolve.references import describe
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import TYPE_NAMES, Written, parse_type
from bkgen.resolve.words import listed
from bkgen.source import Entry, List, Map, Node, Scalar, Span, plain

_TOKENS = (Fact.ACCESS_TOKEN, Fact.REFRESH_TOKEN, Fact.TOKEN_TYPE, Fact.EXPIRES_IN)
_FACTS: dict[Operation, tuple[Fact, ...]] = {
    Operation.LOGIN: _TOKENS,
    Operation.REGISTER: _TOKENS,
    Operation.REFRESH: _TOKENS,
    Operation.LIST: (Fact.TOTAL, Fact.LIMIT, Fact.OFFSET, Fact.PAGES, Fact.PAGE),
    Operation.LIVE: (Fact.HEALTH,),
    Operation.READY: (Fact.HEALTH,),
}
_WITHOUT_ROW = frozenset(
    {Operation.LOGOUT, Operation.CHANGE_PASSWORD, Operation.REFRESH, Operation.LIVE, Operation.READY}
)
_ANSWER_IS_THE_POINT = frozenset({Operation.LIST, Operation.READ, Operation.ME, Operation.LOGIN, Operation.REFRESH})
_ENVELOPES = listed("content data elements entries items list objects records results rows values")
"""What the rows of a list are called in general, whatever table there is of that name."""

_WITHOUT_BODY = frozenset({Operation.DELETE, Operation.LOGOUT, Operation.CHANGE_PASSWORD})


def success_body(route: Route, node: Node | None, status: int | None, span: Span, scope: Scope) -> Shape | None:
    """What a success is filled with; `status` is None where the contract declares none."""
    reader = _Answer(route, span, scope)
    empty = isinstance(node, Map | Scalar) and plain(node) in ({}, None)
    if status == 204:
        if not empty and node is not None:
            message = "a response with status 204 has no body"
            scope.diagnostics.add("BK511", span, message, "use 200, or remove the body")
        return None
    if empty:
        if route.operation in _ANSWER_IS_THE_POINT:
            message = f"{route} is a `{route.operation}`, and its answer is empty"
            scope.diagnostics.add("BK511", span, message, 'write ["object"]' if reader.lists else 'write "object"')
        return Constant({})
    return reader.read(node) if node is not None else reader.default(status)


class _Answer:
    def __init__(self, route: Route, span: Span, scope: Scope) -> None:
        self._route, self._span, self._scope, self._diagnostics = route, span, scope, scope.diagnostics
        self._operation = route.operation
        self.lists = route.operation is Operation.LIST
        self._facts = _FACTS.get(route.operation, ())
        self._table: Table | None = scope.table_of(route)
        if self._table is None and scope.accounts is not None and route.operation not in _WITHOUT_ROW:
            self._table = scope.tables[scope.accounts.table]

    def default(self, status: int | None) -> Shape | None:
        """The body where the contract gives none."""
        if self._operation in _WITHOUT_BODY:
            return None if status is None else Constant({})
        if self._operation in (Operation.LIVE, Operation.READY):
            return self._envelope([fact_field(Fact.HEALTH, "status", TYPES[Fact.HEALTH], self._span)])
        if self._operation in (Operation.LOGIN, Operation.REFRESH):
            return self._envelope([fact_field(fact, fact.value, TYPES[fact], self._span) for fact in self._tokens()])
        if self._table is None:
            return None
        row = row_object(self._table, self._span)
        return Array(row, self._span) if self.lists else row

    def read(self, node: Node) -> Shape | None:
        """The body that the contract gives."""
        if isinstance(node, Scalar) and not isinstance(node.value, str):
            return Constant(node.value)
        shape = self._value(node, "", in_array=False)
        if isinstance(shape, ColumnValue | FactValue):
            self._refuse(node, "a response is an object or an array", 'write {"name": "string"}')
            return None
        if shape is not None and self.lists and not _writes_array(node) and not isinstance(shape, Constant):
            self._refuse(node, f"{self._route} is a `list`, and its body has no place for the rows", 'write ["object"]')
        return shape

    def _tokens(self) -> list[Fact]:
        sessions = self._scope.accounts is not None and self._scope.accounts.sessions is not None
        refreshes = sessions and self._scope.refreshes
        return [fact for fact in _TOKENS if fact is not Fact.REFRESH_TOKEN or refreshes]

    def _envelope(self, fields: list[Field]) -> Object:
        return Object(self._name(), self._route.package, tuple(fields), None, self._span)

    def _name(self) -> str:
        if self.lists and self._table is not None:
            return f"{self._table.class_name}Page"
        about = self._table.class_name if self._route.table and self._table else names.pascal(self._operation.value)
        return f"{about}Answer"

    def _value(self, node: Node, key: str, in_array: bool) -> Shape | None:
        match node:
            case Scalar(value=str(text)):
                return self._text(node, text, key, in_array)
            case Scalar(value=value):
                return Constant(value)
            case List(items=(item,)):
                return self._array(node, item, key, in_array)
            case List():
                self._refuse(node, "an array has one item, which says what all its items are", 'write ["object"]')
                return None
            case Map():
                if not check_unambiguous(node, self._diagnostics):
                    return None
                if is_definition(node):
                    refuse_default(node, "a response has what its row has: remove it", self._diagnostics)
                    written = written_type(node, self._diagnostics)
                    return self._leaf(node, written, key, in_array) if written else None
                if (related := self._related(key)) is not None:
                    self._other_table(node, related)
                    return None
                return self._object(node, key, in_array)

    def _related(self, key: str) -> Table | None:
        """The other table whose row an object called `key` would be, by its name or a reference's (`author_id`)."""
        if not key or self._table is None:
            return None
        column = find_column(self._table, f"{key}_id")
        if column is not None and column.reference is not None:
            return self._scope.tables.find(column.reference.table)
        named = self._scope.tables.find(key)
        return named if named is not None and named.name != self._table.name else None

    def _text(self, node: Scalar, text: str, key: str, in_array: bool) -> Shape | None:
        if text.startswith("'") and text.endswith("'") and len(text) > 1:
            return self._constant(node, text[1:-1])
        if text == "array":
            said = '`"array"` is read as `["object"]`'
            self._diagnostics.add("BK213", node.span, said, 'write `["object"]`')
            text = "object[]"
        item = text.removesuffix("[]")
        if item != text and (item == "object" or (parse_type(item) is None and self._scope.tables.find(item))):
            return self._array(node, Scalar(item, node.span), key, in_array)
        column = find_column(self._table, key) if self._table and key else None
        if text.rstrip("?") == "object" and not (column and column.type.kind is Kind.JSON):
            return self._row(node, key, in_array)
        if Fact.HEALTH in self._facts and text == "ok":
            return FactValue(Fact.HEALTH, TYPES[Fact.HEALTH])
        written = parse_type(text)
        if written is not None:
            return self._leaf(node, written, key, in_array)
        table = self._scope.tables.find(text.rstrip("?"))
        if table is not None:
            return self._row_of(node, table, in_array)
        if any(character.isspace() for character in text.strip()):
            return self._constant(node, text)
        choices = [*TYPE_NAMES, *(table.name for table in self._scope.tables)]
        fix = self._diagnostics.nearest(node.span, text, choices)
        exact = f"to answer exactly this text, write \"'{text}'\""
        message = f"`{text[:60]}` is no type and no table"
        self._diagnostics.add("BK501", node.span, message, f"{fix} Otherwise, {exact}" if fix else exact)
        return None

    def _constant(self, node: Scalar, text: str) -> Constant:
        texts.check_text("literal", text, node.span, self._diagnostics)
        return Constant(text)

    def _array(self, node: Node, item: Node, key: str, in_array: bool) -> Shape | None:
        if not self.lists or in_array:
            message = f"{self._route} is a `{self._operation}`, which has no array to give"
            self._refuse(node, message, "give its rows an endpoint of their own" if key else 'write "object"')
            return None
        items = self._value(item, "" if key.lower() in _ENVELOPES else key, in_array=True)
        if isinstance(items, ColumnValue | FactValue | Constant):
            self._refuse(item, "the items of a list are rows", 'write ["object"], or an object with columns')
            return None
        return Array(items, node.span) if items is not None else None

    def _row(self, node: Node, key: str, in_array: bool) -> Shape | None:
        """`"object"`: the row that it can only mean."""
        meant = self._scope.tables.find(key) if key else None
        return self._row_of(node, meant or self._table, in_array)

    def _row_of(self, node: Node, table: Table | None, in_array: bool) -> Shape | None:
        if table is None or self._table is None:
            message = f"a `{self._operation}` has no row to fill this with"
            self._diagnostics.add("BK510", node.span, message, "remove it, or name its fields")
            return None
        if table.name != self._table.name:
            self._other_table(node, table)
            return None
        if self.lists and not in_array:
            self._refuse(node, f"{self._route} is a `list`: it answers with many rows", 'write ["object"]')
            return None
        return row_object(table, node.span)

    def _other_table(self, node: Node, table: Table) -> None:
        assert self._table is not None
        message = (
            f"{self._route} answers with a row of `{self._table.name}`; a row of `{table.name}` in it is not "
            "supported by this version"
        )
        self._diagnostics.add("BK515", node.span, message, f"give `{table.name}` an endpoint of its own")

    def _object(self, node: Map, key: str, in_array: bool) -> Shape | None:
        fields = [field for entry in node if (field := self._field(entry, in_array))]
        fields = list(distinct(fields, self._diagnostics))
        shapes = [field.shape for field in fields]
        is_row = any(isinstance(shape, ColumnValue) for shape in shapes) and all(
            isinstance(shape, ColumnValue | Constant) for shape in shapes
        )
        if not fields:
            return Constant({}) if not node.entries else None
        if is_row and self._table is not None:
            return Object(self._table.class_name, self._table.package, tuple(fields), self._table.name, node.span)
        name = self._name() if not key and not in_array else names.class_name(f"{self._name()}_{key or 'item'}")
        return Object(name, self._route.package, tuple(fields), None, node.span)

    def _field(self, entry: Entry, in_array: bool) -> Field | None:
        if not texts.check_field_name(entry.key, entry.key_span, self._diagnostics):
            return None
        shape = self._value(entry.value, entry.key, in_array)
        if shape is None:
            return None
        if isinstance(shape, ColumnValue) and self._table is not None:
            column = self._table.column(shape.column)
            return column_field(self._table, column, shape.type, entry.key_span, name=entry.key)
        nullable = isinstance(shape, Constant) and shape.value is None
        return Field(entry.key, names.attribute(entry.key), shape, True, nullable, entry.key_span)

    def _leaf(self, node: Node, written: Written, key: str, in_array: bool) -> Shape | None:
        """A value of one type: a fact or a column, by the name of its field."""
        if not key and in_array:
            self._refuse(node, "the items of a list are rows", 'write ["object"], or an object with columns')
            return None
        if not key:
            self._refuse(
                node, "a response is an object or an array", 'write {"name": "string"}, ["object"] or "object"'
            )
            return None
        column = find_column(self._table, key) if self._table is not None and (in_array or not self.lists) else None
        fact = fact_called(key, self._facts) if not in_array else None
        if fact is not None and (column is None or not self.lists):
            return self._fact(node, fact, written, key)
        if column is not None:
            return self._column(node, column, written, key)
        if (
            written.type.kind in (Kind.OBJECT, Kind.JSON, Kind.ANY)
            and not written.array
            and self._scope.tables.find(key)
        ):
            return self._row(node, key, in_array)
        self._nothing_fills(node, key, in_array)
        return None

    def _fact(self, node: Node, fact: Fact, written: Written, key: str) -> Shape | None:
        if fact is Fact.REFRESH_TOKEN and fact not in self._tokens():
            message = f"`{key}` is a refresh token, but no endpoint takes one"
            fix = 'add {"method": "POST", "path": "/auth/refresh"}, or remove the field'
            self._diagnostics.add("BK510", node.span, message, fix)
            return None
        type_ = TYPES[fact]
        numeric = (Kind.INTEGER, Kind.NUMBER)
        same = written.type.kind is type_.kind or (written.type.kind in numeric and type_.kind in numeric)
        if written.type.kind is not Kind.ANY and (not same or written.array or written.type.enum):
            message = f"`{key}` is {describe(type_)}, not {describe(written.type)}"
            self._diagnostics.add("BK507", node.span, message, f'write "{type_.kind}"')
            return None
        return FactValue(fact, Type(type_.kind) if type_.kind is Kind.STRING else type_)

    def _column(self, node: Node, column: Column, written: Written, key: str) -> Shape | None:
        assert self._table is not None
        where = f"column `{self._table.name}.{column.name}`"
        if column.private:
            self._diagnostics.add(
                "BK514", node.span, f"{where} is private and never leaves the server", "remove the field"
            )
            return None
        type_ = response_type(column.type, written.type)
        if type_ is None or (written.array and column.type.kind is not Kind.JSON):
            said = f"an array of {describe(written.type)}" if written.array else describe(written.type)
            self._diagnostics.add(
                "BK507",
                node.span,
                f"`{key}` is {said}, but {where} is {describe(column.type)}",
                f'write "{column.type.kind}", or change the type of the column',
            )
            return None
        return ColumnValue(self._table.name, column.name, type_)

    def _nothing_fills(self, node: Node, key: str, in_array: bool) -> None:
        message = f"nothing can fill `{key}`: it is no column"
        if self._table is not None:
            message += f" of `{self._table.name}`"
        message += f" and nothing that a `{self._operation}` makes"
        fix = None
        if self._table is not None and (in_array or not self.lists):
            columns = [column.name for column in self._table.public]
            fix = self._diagnostics.nearest(node.span, key, columns)
        elif self.lists and self._table is not None and find_column(self._table, key):
            fix = 'columns stand inside an array: [{"id": "uuid"}]'
        fix = fix or self._diagnostics.nearest(node.span, key, [fact.value for fact in self._facts])
        self._diagnostics.add("BK510", node.span, message, fix or "remove it, or add a column for it")

    def _refuse(self, node: Node, message: str, fix: str) -> None:
        self._diagnostics.add("BK511", node.span, message, fix)


def _writes_array(node: Node) -> bool:
    """Whether a body has an array; what is wrong with that array, if anything, is another finding."""
    match node:
        case Map(entries=entries):
            return any(_writes_array(entry.value) for entry in entries)
        case Scalar(value=str(text)):
            return text.rstrip("?").endswith("[]") or text == "array"
    return isinstance(node, List)
