"""Bodies of successful responses: where every value in them comes from."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.endpoints import (
    ACCOUNT_OPERATIONS,
    GIVES_TOKENS,
    MAIL_OPERATIONS,
    SECOND_FACTOR_OPERATIONS,
    Grant,
    Operation,
)
from bkgen.model.relations import Relation
from bkgen.model.shapes import Array, ColumnValue, Computed, Constant, Fact, FactValue, Field, Nested, Object, Shape
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import literals, names, texts
from bkgen.resolve.api_keys import makes_api_key
from bkgen.resolve.constraints import check_unambiguous, is_definition, refuse_default, written_type
from bkgen.resolve.downloads import file_answer
from bkgen.resolve.facts import TYPES, fact_called
from bkgen.resolve.fields import column_field, distinct, fact_field, row_object
from bkgen.resolve.grants import grants_of, says_scopes, token_answer
from bkgen.resolve.groups import group_object, is_grouped
from bkgen.resolve.lookup import find_column
from bkgen.resolve.names import fold
from bkgen.resolve.nodes import is_array, text
from bkgen.resolve.queries import takes_cursor
from bkgen.resolve.references import describe
from bkgen.resolve.routes import Route
from bkgen.resolve.rows import RowReader
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import Written, parse_type
from bkgen.resolve.veils import seen_by_all
from bkgen.resolve.words import listed
from bkgen.source import Entry, List, Map, Node, Scalar, Span, plain

_TOKENS = (Fact.ACCESS_TOKEN, Fact.REFRESH_TOKEN, Fact.TOKEN_TYPE, Fact.EXPIRES_IN)
_ANOTHER_TOKEN = (Fact.ACCESS_TOKEN, Fact.TOKEN_TYPE, Fact.EXPIRES_IN)
"""What a request that has brought an access token can be given: another one of the same session."""

_FACTS: dict[Operation, tuple[Fact, ...]] = {
    Operation.LOGIN: _TOKENS,
    Operation.REGISTER: _TOKENS,
    Operation.TOKEN: _TOKENS,
    Operation.REFRESH: _TOKENS,
    Operation.OAUTH2_CALLBACK: _TOKENS,
    Operation.ME: _ANOTHER_TOKEN,
    Operation.UPDATE_ME: _ANOTHER_TOKEN,
    Operation.CHANGE_PASSWORD: _ANOTHER_TOKEN,
    Operation.PUBLIC_KEYS: (Fact.PUBLIC_KEYS,),
    Operation.BEGIN_SECOND_FACTOR: (Fact.SECOND_FACTOR_SECRET, Fact.OTPAUTH_URI),
    Operation.CONFIRM_SECOND_FACTOR: (Fact.RECOVERY_CODES,),
    Operation.LIST: (Fact.TOTAL, Fact.LIMIT, Fact.OFFSET, Fact.PAGES, Fact.PAGE),
    Operation.LIVE: (Fact.HEALTH,),
    Operation.READY: (Fact.HEALTH,),
}
_DONE = frozenset({Operation.DELETE_ME, Operation.LOGOUT, Operation.LOGOUT_EVERYWHERE, Operation.CHANGE_PASSWORD})
_DONE |= MAIL_OPERATIONS | {Operation.DISABLE_SECOND_FACTOR, Operation.OAUTH2_LOGIN}
_WITHOUT_ROW = _DONE | SECOND_FACTOR_OPERATIONS | {Operation.PUBLIC_KEYS, Operation.LIVE, Operation.READY}
_WITHOUT_BODY = _DONE | {Operation.DELETE, Operation.CLEAR}
_ANSWER_IS_THE_POINT = frozenset({Operation.LIST, Operation.READ, Operation.ME})
_ENVELOPES = listed("content data elements entries items list objects records results rows values")
"""What the rows of a list are called in general, whatever table there is of that name."""


def success_body(route: Route, node: Node | None, status: int | None, span: Span, scope: Scope) -> Shape | None:
    """What a success is filled with; `status` is None where the contract declares none."""
    if route.file:
        return file_answer(route, node, status, span, scope)
    reader = _Answer(route, span, scope)
    empty = isinstance(node, Map | Scalar) and plain(node) in ({}, None)
    if status in (204, 302):
        if not empty and node is not None:
            message = f"a response with status {status} has no body"
            scope.diagnostics.add("BK511", span, message, "use 200, or remove the body")
        return None
    if empty:
        cookies = scope.accounts is not None and scope.accounts.tokens.cookies
        if route.operation in _ANSWER_IS_THE_POINT or (
            route.operation in GIVES_TOKENS and not (cookies and route.operation is not Operation.TOKEN)
        ):
            message = f"{route} is a `{route.operation}`, and its answer is empty"
            scope.diagnostics.add("BK511", span, message, 'write ["object"]' if reader.lists else 'write "object"')
        return Constant({})
    body = reader.read(node) if node is not None else reader.default(status)
    if route.operation is Operation.TOKEN:
        return token_answer(route, body, span, scope)
    return body


class _Answer:
    def __init__(self, route: Route, span: Span, scope: Scope) -> None:
        self._route, self._span, self._scope, self._diagnostics = route, span, scope, scope.diagnostics
        self._operation = route.operation
        self.lists = route.operation is Operation.LIST
        self._own = route.operation in ACCOUNT_OPERATIONS
        self._facts = _FACTS.get(route.operation, ())
        if says_scopes(route, scope):
            self._facts = (*_TOKENS, Fact.SCOPE)
        if makes_api_key(route, scope):
            self._facts = (Fact.API_KEY,)
        if takes_cursor(route):
            self._facts = (Fact.TOTAL, Fact.LIMIT, Fact.NEXT)
        self._table: Table | None = scope.table_of(route)
        if self._table is None and scope.accounts is not None and route.operation not in _WITHOUT_ROW:
            self._table = scope.tables[scope.accounts.table]

    def default(self, status: int | None) -> Shape | None:
        """The body where the contract gives none."""
        if self._operation in _WITHOUT_BODY:
            return None if status is None else Constant({})
        if self._operation in (Operation.LIVE, Operation.READY):
            return self._envelope([fact_field(Fact.HEALTH, "status", TYPES[Fact.HEALTH], self._span)])
        if self._operation is Operation.PUBLIC_KEYS:
            return self._envelope([fact_field(Fact.PUBLIC_KEYS, "keys", TYPES[Fact.PUBLIC_KEYS], self._span)])
        if self._operation in GIVES_TOKENS:
            return self._envelope([fact_field(fact, fact.value, TYPES[fact], self._span) for fact in self._tokens()])
        if self._operation in SECOND_FACTOR_OPERATIONS:
            return self._envelope([self._new(fact) for fact in self._facts])
        if self._table is None:
            return None
        row = row_object(self._table, self._span, self._scope, own=self._own)
        if Fact.API_KEY in self._facts:
            return self._envelope([*row.fields, fact_field(Fact.API_KEY, "key", TYPES[Fact.API_KEY], self._span)])
        return Array(row, self._span) if self.lists else row

    def read(self, node: Node) -> Shape | None:
        """The body that the contract gives."""
        if isinstance(node, Scalar) and not isinstance(node.value, str):
            return Constant(node.value)
        shape = self._value(node, "")
        if isinstance(shape, ColumnValue | FactValue):
            self._refuse(node, "a response is an object or an array", 'write {"name": "string"}')
            return None
        if shape is not None and self.lists and not _writes_array(node) and not isinstance(shape, Constant):
            self._refuse(node, f"{self._route} is a `list`, and its body has no place for the rows", 'write ["object"]')
        return shape

    def _tokens(self) -> list[Fact]:
        sessions = self._scope.accounts is not None and self._scope.accounts.sessions is not None
        by_password = self._operation is not Operation.TOKEN or Grant.PASSWORD in grants_of(self._route)
        refreshes = sessions and self._scope.refreshes and by_password
        return [fact for fact in self._facts if fact is not Fact.REFRESH_TOKEN or refreshes]

    def _new(self, fact: Fact) -> Field:
        """A field with what the operation makes, under its usual name."""
        shape: Shape = FactValue(fact, TYPES[fact])
        if fact is Fact.RECOVERY_CODES:
            shape = Array(shape, self._span)
        return Field(fact.value, fact.value, shape, True, False, self._span)

    def _envelope(self, fields: list[Field]) -> Object:
        return Object(self._name(), self._route.package, tuple(fields), None, self._span)

    def _name(self) -> str:
        if self.lists and self._table is not None:
            return f"{self._table.class_name}Page"
        about = self._table.class_name if self._route.table and self._table else names.pascal(self._operation.value)
        return f"{about}Answer"

    def _value(self, node: Node, key: str) -> Shape | None:
        match node:
            case Scalar(value=str(word)):
                return self._text(node, word, key)
            case Scalar(value=value):
                return Constant(value)
            case List(items=(item,)):
                return self._array(node, item, key)
            case List():
                self._refuse(node, "an array has one item, which says what all its items are", 'write ["object"]')
                return None
            case Map():
                if not check_unambiguous(node, self._diagnostics):
                    return None
                if is_definition(node):
                    refuse_default(node, "a response has what its row has: remove it", self._diagnostics)
                    return self._leaf(node, written_type(node, self._diagnostics), key)
                if (rows := self._rows()) is not None and (relations := self._relations(key)):
                    return rows.nested(node, key, relations, self._name())
                if rows is not None and (other := self._scope.tables.find(key)) and not self._is_own(key):
                    rows.unrelated(node, key, other.name)
                    return None
                return self._object(node, key)

    def _rows(self) -> RowReader | None:
        """What reads the operation's row, where the answer has one here: not beside the rows of a list."""
        if self._table is None or self.lists:
            return None
        return RowReader(self._table, self._route.package, self._scope, own=self._own)

    def _relations(self, key: str) -> list[Relation]:
        """The relations of the operation's row that a field called `key` can show."""
        rows = self._rows()
        return rows.relations(key) if rows is not None and key and not self._is_own(key) else []

    def _is_own(self, key: str) -> bool:
        """Whether a field is called like the operation's own row."""
        table = self._scope.tables.find(key)
        return table is not None and self._table is not None and table.name == self._table.name

    def _text(self, node: Scalar, word: str, key: str) -> Shape | None:
        if (exact := literals.quoted(word)) is not None:
            return literals.constant(exact, node.span, self._diagnostics)
        if word == "array":
            said = '`"array"` is read as `["object"]`'
            self._diagnostics.add("BK213", node.span, said, 'write `["object"]`')
            word = "object[]"
        if word == "string[]" and self._fact_called(key) is Fact.RECOVERY_CODES:
            return self._array(node, Scalar("string", node.span), key)
        item = word.rstrip("?").removesuffix("[]")
        row = item.rstrip("?") == "object" or (parse_type(item) is None and self._names_rows(item.rstrip("?")))
        if row and item != word.rstrip("?"):
            return self._array(node, Scalar(item, node.span), key)
        column = find_column(self._table, key) if self._table and key else None
        if row and not (column and column.type.kind is Kind.JSON):
            return self._row(node, word, key)
        if Fact.HEALTH in self._facts and word == "ok":
            return FactValue(Fact.HEALTH, TYPES[Fact.HEALTH])
        if parse_type(word) is not None:
            return self._leaf(node, written_type(node, self._diagnostics), key)
        if literals.is_sentence(word):
            return literals.constant(word, node.span, self._diagnostics)
        literals.report_unknown(word, node.span, self._scope)
        return None

    def _names_rows(self, word: str) -> bool:
        return self._scope.views.find(word) is not None or self._scope.tables.find(word) is not None

    def _array(self, node: Node, item: Node, key: str) -> Shape | None:
        if self._fact_called(key) is Fact.RECOVERY_CODES and plain(item) == "string":
            return Array(FactValue(Fact.RECOVERY_CODES, TYPES[Fact.RECOVERY_CODES]), node.span)
        rows = self._rows()
        if rows is not None and (relations := self._relations(key)):
            return rows.nested(node, key, relations, self._name())
        if not self.lists or self._table is None:
            message = f"{self._route} is a `{self._operation}`, which has no array to give"
            self._refuse(node, message, "give its rows an endpoint of their own" if key else 'write "object"')
            return None
        reader = RowReader(self._table, self._table.package, self._scope)
        other = self._scope.tables.find(key) if key and key.lower() not in _ENVELOPES else None
        word = item.value if isinstance(item, Scalar) and isinstance(item.value, str) else ""
        if other is not None and other.name != self._table.name and self._groups(word) is None:
            reader.unrelated(node, key, other.name)
            return None
        match item:
            case Map() if not is_definition(item):
                items: Shape | None = reader.object(item, self._table.class_name) if item.entries else None
            case Scalar(value=str(word)) if word.lstrip().startswith("="):
                items = reader.items(item, word.lstrip()[1:])
            case Scalar(value=str(word)) if (view := self._groups(word)) is not None:
                items = group_object(view, self._table, self._scope)
            case Scalar(value=str(word)) if word == "object" or parse_type(word) is None:
                items = reader.read(item, word, self._table.class_name)
            case _:
                self._refuse(
                    item, "the items of a list are rows", 'write ["object"], a view, or an object with columns'
                )
                return None
        return Array(items, node.span) if items is not None else None

    def _groups(self, word: str) -> str | None:
        """The view of groups of the table's rows that `word` names."""
        view = self._scope.views.find(word)
        if view is None or self._table is None or not is_grouped(self._scope.views[view]):
            return None
        of = self._scope.tables.find(text(self._scope.views[view], "from") or "")
        return view if of is not None and of.name == self._table.name else None

    def _row(self, node: Node, word: str, key: str) -> Shape | None:
        """`"object"`, or the name of a view or a table: the row that it can only mean."""
        rows = self._rows()
        if rows is not None and (relations := self._relations(key)):
            return rows.nested(node, key, relations, self._name())
        if self._table is None:
            message = f"a `{self._operation}` has no row to fill this with"
            self._diagnostics.add("BK510", node.span, message, "remove it, or name its fields")
            return None
        reader = RowReader(self._table, self._table.package, self._scope, own=self._own)
        meant = self._scope.tables.find(key) if key and word.rstrip("?") == "object" else None
        if meant is not None and meant.name != self._table.name:
            reader.unrelated(node, key, meant.name)
            return None
        if self.lists:
            self._refuse(node, f"{self._route} is a `list`: it answers with many rows", 'write ["object"]')
            return None
        return reader.read(node, word, self._table.class_name)

    def _object(self, node: Map, key: str) -> Shape | None:
        if not node.entries:
            return Constant({})
        if (rows := self._rows()) is not None and self._is_row(node, rows):
            return replace(rows, package=rows.table.package).object(node, rows.table.class_name)
        fields = [field for entry in node if (field := self._field(entry))]
        fields = list(distinct(fields, self._diagnostics))
        if not fields:
            return None
        return Object(self._part_name(fields, key), self._route.package, tuple(fields), None, node.span)

    def _part_name(self, fields: list[Field], key: str) -> str:
        """What an object around rows is called; one of columns of the account and tokens is the same everywhere."""
        if not key:
            return self._name()
        of_account = self._route.table is None and any(isinstance(field.shape, ColumnValue) for field in fields)
        if of_account and self._table is not None:
            return f"SignedIn{self._table.class_name}"
        return names.class_name(f"{self._name()}_{key}")

    def _is_row(self, node: Map, rows: RowReader) -> bool:
        """Whether an object is the operation's row, and not something around it: nothing in it is of another kind."""
        of_row = [entry for entry in node if self._is_of_row(entry.key, rows) or _is_formula(entry.value)]
        return bool(of_row) and all(entry in of_row or _is_constant(entry.value) for entry in node)

    def _fact_called(self, key: str) -> Fact | None:
        """The fact that a field is filled with; `articlesCount` counts what is listed.

        What the account has itself, such as a column `token`, is not given anew to who is signed in.
        """
        if self._facts is _ANOTHER_TOKEN and self._table is not None:
            column = find_column(self._table, key)
            if column is not None and not column.private:
                return None
        if self.lists and self._table is not None:
            one, many = fold(self._table.singular), fold(self._table.plural)
            if fold(key) in {f"{many}count", f"{one}count", f"total{many}", f"numberof{many}"}:
                return Fact.TOTAL
        return fact_called(key, self._facts)

    def _is_of_row(self, key: str, rows: RowReader) -> bool:
        if self._fact_called(key) is not None or self._is_own(key):
            return False
        column = find_column(rows.table, key)
        return column is not None or bool(self._scope.relations.candidates(rows.table.name, key))

    def _field(self, entry: Entry) -> Field | None:
        if not texts.check_field_name(entry.key, entry.key_span, self._diagnostics):
            return None
        shape = self._value(entry.value, entry.key)
        if shape is None:
            return None
        if isinstance(shape, Nested):
            message = f"`{entry.key}` belongs to the row of `{self._table_name}`, and stands beside it"
            self._diagnostics.add("BK515", entry.key_span, message, "put it into the row's object")
            return None
        if isinstance(shape, ColumnValue) and self._table is not None:
            column = self._table.column(shape.column)
            return column_field(self._table, column, shape.type, entry.key_span, name=entry.key)
        nullable = shape == Constant(None) or (isinstance(shape, FactValue) and shape.fact is Fact.NEXT)
        return Field(entry.key, names.attribute(entry.key), shape, True, nullable, entry.key_span)

    @property
    def _table_name(self) -> str:
        return self._table.name if self._table else "?"

    def _leaf(self, node: Node, written: Written | None, key: str) -> Shape | None:
        """A value of one type: a fact or a column, by the name of its field."""
        if written is None:
            return None
        if not key and written.type.kind is Kind.FILE:
            message = f"the path of {self._route} does not say which column of the row has the file"
            fix = "end the path in the column: `GET /documents/{id}/attachment`"
            self._diagnostics.add("BK693", node.span, message, fix)
            return None
        if not key:
            self._refuse(
                node, "a response is an object or an array", 'write {"name": "string"}, ["object"] or "object"'
            )
            return None
        rows = self._rows()
        column = find_column(rows.table, key) if rows is not None else None
        fact = self._fact_called(key)
        if fact is not None:
            return self._fact(node, fact, written, key)
        if rows is not None and column is not None:
            shape = rows.column(node, column, written, key)
            if isinstance(shape, Computed):
                fix = f'put the row into a field of its own: "{rows.table.singular}": "object"'
                seen_by_all(column, rows.table, node.span, "a field beside what is no column", fix, self._diagnostics)
                return None
            return shape
        if written.type.kind in (Kind.OBJECT, Kind.JSON, Kind.ANY) and not written.array and self._names_rows(key):
            return self._row(node, "object", key)
        self._nothing_fills(node, key)
        return None

    def _fact(self, node: Node, fact: Fact, written: Written, key: str) -> Shape | None:
        mails = self._scope.accounts.mails if self._scope.accounts else None
        if self._operation is Operation.REGISTER and mails is not None and mails.required:
            message = f"{self._route} signs in with `{key}` an account whose address is not verified"
            self._diagnostics.add("BK646", node.span, message, "remove it: the client signs in by `login`")
            return None
        if fact is Fact.REFRESH_TOKEN and fact not in self._tokens():
            message = f"`{key}` is a refresh token, but no endpoint takes one"
            fix = 'add {"method": "POST", "path": "/auth/refresh"}, or remove the field'
            self._diagnostics.add("BK510", node.span, message, fix)
            return None
        if fact is Fact.RECOVERY_CODES:
            self._diagnostics.add("BK507", node.span, f"`{key}` is an array of strings", 'write ["string"]')
            return None
        if fact is Fact.NEXT and not written.optional:
            message = f"`{key}` is null on the last page"
            self._diagnostics.add("BK507", node.span, message, 'write "string?"')
            return None
        type_ = TYPES[fact]
        numeric = (Kind.INTEGER, Kind.NUMBER)
        same = written.type.kind is type_.kind or (written.type.kind in numeric and type_.kind in numeric)
        if written.type.kind is not Kind.ANY and (not same or written.array or written.type.enum):
            message = f"`{key}` is {describe(type_)}, not {describe(written.type)}"
            self._diagnostics.add("BK507", node.span, message, f'write "{type_.kind}"')
            return None
        return FactValue(fact, Type(type_.kind) if type_.kind is Kind.STRING else type_)

    def _nothing_fills(self, node: Node, key: str) -> None:
        message = f"nothing can fill `{key}`: it is no column"
        if self._table is not None:
            message += f" of `{self._table.name}`"
        message += f" and nothing that a `{self._operation}` makes"
        fix = None
        if self.lists and fact_called(key, (Fact.NEXT,)):
            fix = 'a list gives cursors where its `query` takes them: "after": "cursor"'
        if self._table is not None and not self.lists:
            columns = [column.name for column in self._table.public]
            fix = self._diagnostics.nearest(node.span, key, columns)
        elif self.lists and self._table is not None and find_column(self._table, key):
            fix = 'columns stand inside an array: [{"id": "uuid"}]'
        fix = fix or self._diagnostics.nearest(node.span, key, [fact.value for fact in self._facts])
        self._diagnostics.add("BK510", node.span, message, fix or "remove it, or add a column for it")

    def _refuse(self, node: Node, message: str, fix: str) -> None:
        self._diagnostics.add("BK511", node.span, message, fix)


def _is_formula(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith("=")


def _is_constant(node: Node) -> bool:
    """Whether a value stands for itself."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return isinstance(node, Scalar)
    return literals.quoted(node.value) is not None or literals.is_sentence(node.value)


def _writes_array(node: Node) -> bool:
    """Whether a body has an array; what is wrong with that array, if anything, is another finding."""
    if isinstance(node, Map):
        return any(_writes_array(entry.value) for entry in node)
    return is_array(node)
