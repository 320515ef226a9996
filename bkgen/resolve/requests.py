"""Request bodies: which column or fact each field is, and what must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bkgen.model.endpoints import CRUD, Access, Operation
from bkgen.model.expressions import Expression
from bkgen.model.relations import Relation
from bkgen.model.shapes import Children, Fact, Field, Object
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.accounts import could_hold_accounts
from bkgen.resolve.api_keys import ISSUED, makes_api_key, scope_pattern
from bkgen.resolve.arrays import as_value, says_array
from bkgen.resolve.column_rules import WRITABLE
from bkgen.resolve.constraints import (
    check_unambiguous,
    is_definition,
    narrower,
    refuse_default,
    refuse_required,
    written_type,
)
from bkgen.resolve.envelopes import envelope_of
from bkgen.resolve.facts import TYPES, fact_called
from bkgen.resolve.fields import (
    BODY_NAMES,
    column_field,
    distinct,
    fact_field,
    nearest_column,
    optional_code,
    says_more,
)
from bkgen.resolve.fitting import request_type
from bkgen.resolve.forms import check_form, check_item
from bkgen.resolve.grants import check_sent
from bkgen.resolve.lookup import find_column
from bkgen.resolve.names import fold
from bkgen.resolve.nested_writes import MOST_ITEMS, NESTING, NestedWrites, is_nested, is_rows, nested_write
from bkgen.resolve.nested_writes import Written as RowsWritten
from bkgen.resolve.own_account import writes_own
from bkgen.resolve.password_rules import check_new_password
from bkgen.resolve.references import describe
from bkgen.resolve.routes import Route
from bkgen.resolve.rows_below import of_row_and_owner
from bkgen.resolve.scope import Scope
from bkgen.resolve.scopes import SCOPE
from bkgen.resolve.tokens import comes_by_cookie
from bkgen.resolve.types import Written
from bkgen.resolve.words import listed
from bkgen.source import Entry, List, Map, Node, plain

_UPDATES = frozenset({Operation.UPDATE, Operation.UPDATE_ME})
_CHANGES = frozenset({Operation.REPLACE}) | _UPDATES
_ROW_WRITES = frozenset({Operation.CREATE, Operation.REGISTER}) | _CHANGES
_FACTS: dict[Operation, tuple[Fact, ...]] = {
    Operation.REGISTER: (Fact.PASSWORD,),
    Operation.LOGIN: (Fact.PASSWORD,),
    Operation.REFRESH: (Fact.REFRESH_TOKEN,),
    Operation.CHANGE_PASSWORD: (Fact.NEW_PASSWORD, Fact.CURRENT_PASSWORD),
    Operation.REQUEST_VERIFICATION: (Fact.EMAIL,),
    Operation.VERIFY_EMAIL: (Fact.MAILED_TOKEN,),
    Operation.REQUEST_PASSWORD_RESET: (Fact.EMAIL,),
    Operation.RESET_PASSWORD: (Fact.NEW_PASSWORD, Fact.MAILED_TOKEN),
    Operation.CHANGE_EMAIL: (Fact.CURRENT_PASSWORD, Fact.EMAIL),
    Operation.BEGIN_SECOND_FACTOR: (Fact.CURRENT_PASSWORD,),
    Operation.CONFIRM_SECOND_FACTOR: (Fact.CODE,),
    Operation.DISABLE_SECOND_FACTOR: (Fact.CODE,),
}
_OPTIONAL_FACTS: dict[Operation, tuple[Fact, ...]] = {Operation.UPDATE_ME: (Fact.PASSWORD,)}
_IDENTITY_WORDS = listed("email username login user identifier identity account handle phone")
_INFERRED_NAMES = {
    Fact.PASSWORD: "password",
    Fact.REFRESH_TOKEN: "refresh_token",
    Fact.NEW_PASSWORD: "new_password",
    Fact.CURRENT_PASSWORD: "current_password",
    Fact.EMAIL: "email",
    Fact.MAILED_TOKEN: "token",
    Fact.CODE: "code",
}


def request_body(route: Route, access: Access, scope: Scope) -> Object | None:
    """The body that the endpoint takes; None where it takes none."""
    return _Body(route, access, scope).read()


class _Body:
    def __init__(self, route: Route, access: Access, scope: Scope) -> None:
        self._access, self._giver = access, "path"
        self._route, self._scope, self._diagnostics = route, scope, scope.diagnostics
        self._operation = route.operation
        table = scope.table_of(route)
        self._table = scope.tables[scope.accounts.table] if scope.accounts and table is None else table
        self._body = route.node.get("requestBody")
        self._envelope = self._around(self._body)
        self._node = self._envelope.value if self._envelope else self._body
        self._span = self._node.span if self._node else route.node.span
        self._facts = _FACTS.get(route.operation, ())
        self._optional_facts = _OPTIONAL_FACTS.get(route.operation, ())
        if route.operation is Operation.LOGIN and scope.accounts is not None and scope.accounts.second_factor:
            self._optional_facts = (Fact.CODE,)
        takes_identity = route.operation in (Operation.LOGIN, Operation.REGISTER) and scope.accounts is not None
        self._identity = self._account_column() if takes_identity else None
        self._from_path = set(route.parents[-1].child_columns) if route.parents and not route.link else set()

        rules = scope.policies.get(self._table.name) if self._table else None
        self._presets = set(rules.given) if rules else set()
        if makes_api_key(route, scope):
            self._presets |= ISSUED

    def read(self) -> Object | None:
        if comes_by_cookie(self._route, self._scope.accounts):
            return None
        if self._operation is Operation.TOKEN:
            check_sent(self._route, self._scope)
            return None  # it is a form, and no JSON
        if self._operation not in _FACTS and self._operation not in _ROW_WRITES:
            if isinstance(self._body, Map) and self._body.entries:
                message = f"{self._route} takes no body: it is a `{self._operation}`"
                self._diagnostics.add("BK504", self._span, message, "remove `requestBody`")
            return None
        fields = self._fields()
        if not fields:
            if not self._entries and self._operation in _CHANGES:
                message = f"{self._route} changes nothing: `{self._table_name}` has no column that a client may write"
                self._diagnostics.add(
                    "BK506", self._span, message, "remove the endpoint, or the `readOnly` of a column"
                )
            return None
        named = BODY_NAMES[self._operation]
        generic = self._operation in (Operation.CREATE, Operation.REPLACE, Operation.UPDATE)
        name = f"{self._table.class_name}{named}" if generic and self._table else named
        check_form(self._route, fields, self._envelope, self._diagnostics)
        return self._enclosed(Object(name, self._route.package, fields, None, self._span))

    @property
    def _entries(self) -> tuple[Entry, ...]:
        return tuple(self._node.entries) if isinstance(self._node, Map) else ()

    def _fields(self) -> tuple[Field, ...]:
        """What the body has: the fields of the document, or all that there can be."""
        entries = self._entries
        if isinstance(self._node, Map) and entries and not check_unambiguous(self._node, self._diagnostics):
            return ()
        fields = [field for entry in entries if (field := self._field(entry))] if entries else self._inferred()
        if entries and len(fields) == len(entries):
            self._check_complete(fields)
        return distinct(fields, self._diagnostics)

    def _around(self, body: Node | None) -> Entry | None:
        """The entry of the body that is an envelope: `{"post": {...}}`, or `{"post": "object"}` for a `post`."""
        found = envelope_of(body)
        if found is None and self._table is not None and isinstance(body, Map) and len(body.entries) == 1:
            (entry,) = body.entries
            if plain(entry.value) == "object" and self._scope.tables.find(entry.key) is self._table:
                found = entry
        writes = self._table if self._operation in _ROW_WRITES else None
        is_column = found is not None and writes is not None and find_column(writes, found.key) is not None
        return None if is_column else found

    def _enclosed(self, body: Object) -> Object:
        """The body in its envelope, where it has one."""
        entry = self._envelope
        if entry is None or not texts.check_field_name(entry.key, entry.key_span, self._diagnostics):
            return body
        field = Field(entry.key, names.attribute(entry.key), body, True, False, entry.key_span)
        return Object(f"{body.name}Envelope", body.package, (field,), None, entry.key_span)

    @property
    def _table_name(self) -> str:
        return self._table.name if self._table else "?"

    def _account_column(self) -> Column | None:
        accounts = self._scope.accounts
        return self._table.column(accounts.identity) if accounts and self._table else None

    def _field(self, entry: Entry) -> Field | None:
        if not texts.check_field_name(entry.key, entry.key_span, self._diagnostics):
            return None
        if self._nests and self._table and is_nested(entry, self._table, self._scope):
            rows = nested_write(entry, self._scope)
            return self._nested(entry, rows, self._table) if rows is not None else None
        written = self._written(entry)
        if written is None:
            return None
        if self._identity is not None and self._is_identity(entry.key):
            return self._identity_field(entry.key, written, entry)
        fact = fact_called(entry.key, self._facts + self._optional_facts)
        if fact is None and self._operation is Operation.RESET_PASSWORD and fact_called(entry.key, (Fact.PASSWORD,)):
            fact = Fact.NEW_PASSWORD  # there is no other one here
        if fact is not None:
            return self._fact(fact, entry, written)
        if self._operation not in _ROW_WRITES or self._table is None:
            self._unknown_for_operation(entry)
            return None
        return self._column_field(entry, written)

    @property
    def _nests(self) -> bool:
        return self._operation in NESTING

    def _nested(self, entry: Entry, written: RowsWritten, table: Table) -> Field | None:
        """A field that writes rows of another table."""
        writes = NestedWrites(table, self._operation, self._access, self._scope)
        shape = self._children(entry, written, writes) if is_rows(written) else writes.links(entry, written)
        required = self._operation not in _UPDATES and not written.optional
        return Field(entry.key, names.attribute(entry.key), shape, required, False, entry.key_span) if shape else None

    def _children(self, entry: Entry, written: RowsWritten, writes: NestedWrites) -> Children | None:
        relation = writes.relation(written, "{}")
        if relation is None:
            return None
        body = _ChildBody(self._route, self._access, self._scope, relation, written.items)
        row = body.row()
        if row is None or not writes.allows_children(written, self._scope.tables[relation.target], row):
            return None
        return Children(relation, row, *of_row_and_owner(body.presets, relation), MOST_ITEMS, entry.key_span)

    def _written(self, entry: Entry) -> Written | None:
        node = entry.value
        if isinstance(node, Map) and not check_unambiguous(node, self._diagnostics):
            return None
        column = find_column(self._table, entry.key) if self._table is not None else None
        if says_array(node, column):
            found = written_type(node, self._diagnostics)
            return as_value(found) if found is not None else None
        if says_more(node, column, self._diagnostics):
            return None
        nested = (isinstance(node, Map) and not is_definition(node)) or isinstance(node, List)
        if nested:
            message = f"`{entry.key}` is an object or array of its own, which no column holds"
            fix = 'name the columns in the body, or all of them in one object of it; or use "json" for a column of JSON'
            self._diagnostics.add("BK507", node.span, message, fix)
            return None
        written = written_type(node, self._diagnostics)
        if written is not None and written.array:
            message, fix = f"`{entry.key}` is an array, which no column holds", 'use "json" for a column of type JSON'
            self._diagnostics.add("BK507", node.span, message, fix)
            return None
        return written

    def _is_identity(self, name: str) -> bool:
        """Whether a field names the account: called like its column, or generally where no other field is."""
        assert self._identity is not None
        if fold(name) == fold(self._identity.name):
            return True
        keys = self._node.keys() if isinstance(self._node, Map) else []
        taken = any(fold(key) == fold(self._identity.name) for key in keys)
        own_column = self._table is not None and find_column(self._table, name) is not None
        return fold(name) in _IDENTITY_WORDS and not taken and (self._operation is Operation.LOGIN or not own_column)

    def _identity_field(self, name: str, written: Written, entry: Entry) -> Field | None:
        assert self._identity is not None
        type_ = request_type(self._identity.type, written.type)
        if type_ is None:
            self._misfit(entry, self._identity, written.type)
            return None
        return fact_field(Fact.IDENTITY, name, narrower(type_, min_length=type_.min_length or 1), entry.key_span)

    def _fact(self, fact: Fact, entry: Entry, written: Written) -> Field | None:
        textual = (Kind.STRING, Kind.ANY, *([Kind.EMAIL] if fact is Fact.EMAIL else []))
        if written.type.kind not in textual or written.type.enum:
            message = f"`{entry.key}` is a string, not {describe(written.type)}"
            self._diagnostics.add("BK507", entry.value.span, message, 'write "string"')
            return None
        said = written.type
        if said.is_tidied:
            message = f"`{entry.key}` is taken as it is sent: it is none of the texts that are tidied"
            self._diagnostics.add("BK516", entry.value.span, message, "remove `sanitize`, `trim` and `normalize`")
        if fact is Fact.EMAIL:
            type_ = narrower(self._fact_type(fact), max_length=said.max_length)
            return fact_field(fact, entry.key, type_, entry.key_span)
        if self._is_chosen(fact):
            check_new_password(entry.key, said, entry.value.span, self._diagnostics)
        type_ = narrower(self._fact_type(fact), max_length=said.max_length)
        least = said.min_length if said.min_length is not None else type_.min_length
        type_ = Type(Kind.STRING, max(least or 1, 1), type_.max_length, said.pattern)
        if fact is Fact.CODE and fact in self._optional_facts:
            return optional_code(entry.key, type_, entry.key_span)
        return fact_field(fact, entry.key, type_, entry.key_span, required=fact not in self._optional_facts)

    def _is_chosen(self, fact: Fact) -> bool:
        """Whether a fact is a password that is to be."""
        return fact is Fact.NEW_PASSWORD or (fact is Fact.PASSWORD and self._operation in _ROW_WRITES)

    def _fact_type(self, fact: Fact) -> Type:
        if fact is Fact.EMAIL:
            return self._address_type()
        least = self._scope.accounts.password_min_length if self._is_chosen(fact) and self._scope.accounts else 1
        return narrower(TYPES[fact], min_length=least)

    def _address_type(self) -> Type:
        """What an address may be that no account need have: as long as those of accounts, at most."""
        mails = self._scope.accounts.mails if self._scope.accounts else None
        most = self._table.column(mails.address).type.max_length if mails and self._table else None
        return narrower(TYPES[Fact.EMAIL], max_length=most)

    def _column_field(self, entry: Entry, written: Written) -> Field | None:
        assert self._table is not None
        column = find_column(self._table, entry.key)
        if column is None:
            self._no_column(entry)
            return None
        if reason := self._refusal(column):
            self._diagnostics.add(
                "BK508", entry.key_span, f"`{entry.key}` cannot be sent: {reason}", "remove it from the body"
            )
            return None
        type_ = request_type(column.type, written.type)
        if type_ is None:
            self._misfit(entry, column, written.type)
            return None
        if written.type.media_types or written.type.max_bytes:
            message = f"the limits of the files in `{entry.key}` stand at column `{self._table.name}.{column.name}`"
            self._diagnostics.add("BK692", entry.value.span, message, 'write "file"')
        fix = "an absent field gets the `default` of its column: write it there"
        refuse_default(entry.value, fix, self._diagnostics, own=column.default)
        if column.name == SCOPE and makes_api_key(self._route, self._scope):
            return self._scopes(entry, column, written)
        if not self._is_required(column):
            fix = "remove it" if self._operation in _UPDATES else "remove it, or what lets its column do without"
            refuse_required(entry.value, fix, self._diagnostics)
        if written.optional and self._needs(column):
            message = f"`{entry.key}` may be absent, but column `{self._table.name}.{column.name}` needs a value"
            self._diagnostics.add(
                "BK506", entry.value.span, message, "remove the `?`, or give the column a default or nullable"
            )
        return column_field(
            self._table, column, type_, entry.key_span, name=entry.key, required=self._is_required(column)
        )

    def _scopes(self, entry: Entry, column: Column, written: Written) -> Field:
        """The scopes of a new key, which has to have some unless the contract says that there may be none."""
        assert self._table is not None
        keys = self._scope.accounts.api_keys if self._scope.accounts is not None else None
        type_ = replace(column.type, pattern=scope_pattern(keys.scopes if keys is not None else ()))
        field = column_field(self._table, column, type_, entry.key_span, name=entry.key, required=not written.optional)
        return replace(field, nullable=written.optional)

    def _refusal(self, column: Column) -> str | None:
        """Why a client may not send the column; None where it may."""
        if column.name in self._from_path:
            return f"the {self._giver} gives it"
        if column.name in self._presets:
            return "the `set` of the table gives it"
        if column.generated:
            return f"column `{column.name}` is generated"
        if column.private:
            return f"column `{column.name}` is private"
        if self._is_verified(column):
            return "a new address takes effect once it is verified, by `change_email`"
        if self._table and not writes_own(self._operation, column, self._table, self._scope):
            return f"its policy `{WRITABLE}` does not let every account write it of itself, and this asks for no more"
        if column.transitions:
            return f"column `{column.name}` has states, which its transitions change: {', '.join(column.transitions)}"
        return f"column `{column.name}` is read-only" if column.read_only else None

    def _is_verified(self, column: Column) -> bool:
        """Whether a change of the column needs a mail to the new address."""
        accounts = self._scope.accounts
        if accounts is None or accounts.mails is None or self._table is None or self._table.name != accounts.table:
            return False
        return self._operation in _CHANGES and bool(accounts.mails.verified) and column.name == accounts.mails.address

    def _needs(self, column: Column) -> bool:
        return self._operation in (Operation.CREATE, Operation.REGISTER) and column.required

    def _is_required(self, column: Column) -> bool:
        """Creating needs what has no default; replacing needs all that cannot be null; updating needs nothing."""
        if self._operation in _UPDATES:
            return False
        return not column.nullable if self._operation is Operation.REPLACE else column.required

    def _inferred(self) -> list[Field]:
        """The body where the contract has none: the facts, and the columns that a client may write."""
        fields = []
        if self._identity is not None:
            type_ = narrower(self._identity.type, min_length=self._identity.type.min_length or 1)
            fields.append(fact_field(Fact.IDENTITY, self._identity.name, type_, self._span))
        for fact in reversed(self._facts):
            fields.append(fact_field(fact, _INFERRED_NAMES[fact], self._fact_type(fact), self._span))
        if Fact.CODE in self._optional_facts:
            fields.append(optional_code(_INFERRED_NAMES[Fact.CODE], self._fact_type(Fact.CODE), self._span))
        if self._operation in _ROW_WRITES and self._table is not None:
            fields += [
                self._inferred_field(self._table, column) for column in self._table.columns if self._is_free(column)
            ]
            self._check_missing(self._table, {column.name for column in self._table.columns if self._is_free(column)})
        return fields

    def _inferred_field(self, table: Table, column: Column) -> Field:
        return column_field(table, column, column.type, self._span, required=self._is_required(column))

    def _is_free(self, column: Column) -> bool:
        changes_key = column.primary and self._operation in _CHANGES
        return (
            column.writable
            and (column.type.kind is not Kind.FILE or self._operation in CRUD)
            and (self._table is None or writes_own(self._operation, column, self._table, self._scope))
            and column.name not in self._from_path | self._presets
            and column is not self._identity
            and not self._is_verified(column)
            and not changes_key
        )

    def _check_complete(self, fields: list[Field]) -> None:
        """Adds `BK509` for facts, and `BK506` for columns, that the operation needs and the body lacks."""
        found = {getattr(field.shape, "fact", None) for field in fields}
        wanted = ([Fact.IDENTITY] if self._identity is not None else []) + list(self._facts)
        for fact in wanted:
            if fact not in found:
                name = self._identity.name if fact is Fact.IDENTITY and self._identity else _INFERRED_NAMES[fact]
                message = f"{self._route} is a `{self._operation}`, and its body lacks `{name}`"
                self._diagnostics.add("BK509", self._span, message, f'add "{name}": "string"')
        if self._operation in (Operation.CREATE, Operation.REGISTER) and self._table is not None:
            self._check_missing(self._table, {getattr(field.shape, "column", None) for field in fields})

    def _check_missing(self, table: Table, given: set[str | None]) -> None:
        accounts = self._scope.accounts
        hashed = accounts.password_hash if accounts and accounts.table == table.name else None
        for column in table.columns:
            if self._operation not in (Operation.CREATE, Operation.REGISTER) or not column.required:
                continue
            registers = self._operation is Operation.REGISTER and column.name in (
                hashed,
                accounts and accounts.identity,
            )
            if column.name in given or column.name in self._from_path | self._presets or registers:
                continue
            message = f"{self._route} cannot make a row: column `{table.name}.{column.name}` needs a value"
            type_ = describe(column.type).replace("`", '"')
            fix = f'add "{column.name}": {type_} to the body, or give the column a default'
            if column.name == hashed:
                fix = 'accounts are made by registering: write "operation": "register", and "password" in the body'
            elif not self._is_free(column):
                fix = f"give `{column.name}` a default, or make it `nullable`: a client may not send it"
            self._diagnostics.add("BK506", self._span, message, fix)

    def _no_column(self, entry: Entry) -> None:
        assert self._table is not None
        message = f"`{entry.key}` is no column of table `{self._table.name}`"
        fix = (
            nearest_column(entry, self._table, self._diagnostics)
            or f'add a column "{entry.key}" to the table, or remove the field'
        )
        if fact_called(entry.key, (Fact.PASSWORD,)) and could_hold_accounts(self._table):
            fix = 'to make an account with a password, write "operation": "register"'
        if self._operation is Operation.UPDATE_ME and fact_called(
            entry.key, (Fact.CURRENT_PASSWORD, Fact.NEW_PASSWORD)
        ):
            fix = 'a new password is `password` here; to ask for the present one too, write "POST /me/password"'
        self._diagnostics.add("BK505", entry.key_span, message, fix)

    def _unknown_for_operation(self, entry: Entry) -> None:
        wanted = [self._identity.name] if self._identity is not None else []
        wanted += [_INFERRED_NAMES[fact] for fact in reversed(self._facts)]
        message = f"a `{self._operation}` has no use for `{entry.key}`"
        listed = ", ".join(f"`{name}`" for name in wanted)
        self._diagnostics.add("BK505", entry.key_span, message, f"its body has {listed}")

    def _misfit(self, entry: Entry, column: Column, said: Type) -> None:
        where = f"column `{self._table_name}.{column.name}`"
        if said.is_tidied and column.type.is_tidied and said.tidying != column.type.tidying:
            message = f"`{entry.key}` is tidied otherwise than {where}"
            self._diagnostics.add("BK517", entry.value.span, message, "leave that to the column")
            return
        message = f"`{entry.key}` is {describe(said)}, but {where} is {describe(column.type)}"
        fix = f'write "{column.type.kind}", or change the type of the column'
        self._diagnostics.add("BK507", entry.value.span, message, fix)


class _ChildBody(_Body):
    """What is sent of each row that a relation leads to from the row that the endpoint writes."""

    def __init__(self, route: Route, access: Access, scope: Scope, relation: Relation, node: Node) -> None:
        super().__init__(route, access, scope)
        self._operation, self._giver = Operation.CREATE, "row above"
        self._table = scope.tables[relation.target]
        self._node, self._span, self._envelope = node, node.span, None
        self._from_path = {there for _, there in relation.pairs}
        rules = scope.policies.get(relation.target)
        self.presets: Mapping[str, Expression] = rules.presets if rules else {}
        self._presets = set(self.presets)

    @property
    def _nests(self) -> bool:
        return False

    def row(self) -> Object | None:
        """The object of one row; None where it cannot be, which is reported."""
        fields = self._fields()
        check_item(fields, self._table_name, self._diagnostics)
        return Object(f"{self._table_class}Item", self._route.package, fields, None, self._span) if fields else None

    @property
    def _table_class(self) -> str:
        return self._table.class_name if self._table else ""
