"""Fields of bodies that are the same in requests and responses."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Operation
from bkgen.model.expressions import ColumnOf, Name, Row, Value
from bkgen.model.shapes import ColumnValue, Computed, Fact, FactValue, Field, Object
from bkgen.model.tables import Column, Table
from bkgen.model.types import Type
from bkgen.resolve import names
from bkgen.resolve.constraints import is_definition
from bkgen.resolve.guards import always_of_itself, guarded, of_itself
from bkgen.resolve.nodes import is_array
from bkgen.resolve.policies import shown
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ROW
from bkgen.source import Entry, Map, Node, Span


def column_field(
    table: Table, column: Column, type_: Type, span: Span, *, name: str | None = None, required: bool = True
) -> Field:
    """A field that holds a column's value."""
    value = ColumnValue(table.name, column.name, type_)
    return Field(name or column.name, column.attribute, value, required, column.nullable, span, column.empty_is_null)


def says_more(node: Node, column: Column | None, diagnostics: Diagnostics) -> bool:
    """Whether a contract says again what is within a field of documents; adds `BK507` then: their schema says it."""
    is_more = (isinstance(node, Map) and not is_definition(node)) or is_array(node)
    if column is None or column.type.form is None or not is_more:
        return False
    message = f"what is within `{column.name}` is said by the schema of its collection, and by nothing else"
    fix = 'write "json"; a single value of it is shown by an expression: "= row.address.city"'
    diagnostics.add("BK507", node.span, message, fix)
    return True


def fact_field(fact: Fact, name: str, type_: Type, span: Span, *, required: bool = True) -> Field:
    return Field(name, names.attribute(name), FactValue(fact, type_), required, False, span)


def optional_code(name: str, type_: Type, span: Span) -> Field:
    """The code of a second factor in a body where only some accounts need one: null and absent are the same."""
    return replace(fact_field(Fact.CODE, name, type_, span, required=False), nullable=True)


def seen_column(
    table: Table, column: Column, type_: Type, span: Span, scope: Scope, *, own: bool = False
) -> ColumnValue | Computed:
    """What an answer shows of a column: its value, or where a policy does not show it to who asks, null.

    `own` says that the row is the account that asks.
    """
    rule = shown(table.name, column.name, scope)
    if rule is None or (own and always_of_itself(rule, table)):
        return ColumnValue(table.name, column.name, type_)
    value = ColumnOf(Name(ROW, Row(table.name), span), column.name, Value(type_, column.nullable), span)
    seen, formula = guarded(value, scope), f"row.{column.name}"
    if own:
        return Computed(of_itself(seen), formula, type_, False, span)
    return Computed(seen, formula, type_, False, span, column.name)


def row_object(table: Table, span: Span, scope: Scope, *, own: bool = False) -> Object:
    """All that a client may see of a row; `own` says that it is the account that asks."""
    fields = []
    for column in table.public:
        shape = seen_column(table, column, column.type, span, scope, own=own)
        nullable = column.nullable or isinstance(shape, Computed)
        fields.append(Field(column.name, column.attribute, shape, True, nullable, span))
    return Object(table.class_name, table.package, tuple(fields), table.name, span)


def distinct(fields: list[Field], diagnostics: Diagnostics) -> tuple[Field, ...]:
    """The fields, of which no two may be the same in Python; else adds `BK513`."""
    found: dict[str, Field] = {}
    for field in fields:
        first = found.setdefault(field.attribute, field)
        if first is not field:
            message = f"the fields `{first.name}` and `{field.name}` would both be `{field.attribute}` in Python"
            if isinstance(field.shape, ColumnValue):
                message = f"the fields `{first.name}` and `{field.name}` are both the column `{field.shape.column}`"
            diagnostics.add("BK513", field.span, message, "keep one of them")
    return tuple(found.values())


def nearest_column(entry: Entry, table: Table, diagnostics: Diagnostics) -> str | None:
    return diagnostics.nearest(entry.key_span, entry.key, (one.name for one in (*table.public, *table.within)))


BODY_NAMES = {
    Operation.CREATE: "Create",
    Operation.REPLACE: "Replace",
    Operation.UPDATE: "Update",
    Operation.REGISTER: "RegisterRequest",
    Operation.LOGIN: "LoginRequest",
    Operation.REFRESH: "RefreshRequest",
    Operation.CHANGE_PASSWORD: "ChangePasswordRequest",
    Operation.REQUEST_VERIFICATION: "VerificationRequest",
    Operation.VERIFY_EMAIL: "VerifyEmailRequest",
    Operation.REQUEST_PASSWORD_RESET: "PasswordResetRequest",
    Operation.RESET_PASSWORD: "ResetPasswordRequest",
    Operation.CHANGE_EMAIL: "ChangeEmailRequest",
    Operation.BEGIN_SECOND_FACTOR: "BeginSecondFactorRequest",
    Operation.CONFIRM_SECOND_FACTOR: "ConfirmSecondFactorRequest",
    Operation.DISABLE_SECOND_FACTOR: "DisableSecondFactorRequest",
    Operation.UPDATE_ME: "UpdateMeRequest",
}
"""What the model of a request body is called; behind the table's class where it is about a row."""
