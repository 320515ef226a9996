"""Python expressions of values in generated tests: rows made directly, bodies sent, shapes expected."""

from __future__ import annotations

import math
from decimal import Decimal

from bkgen.model.service import Service
from bkgen.model.shapes import (
    Array,
    Children,
    ColumnValue,
    Computed,
    Constant,
    Content,
    FactValue,
    Given,
    Links,
    Nested,
    Object,
    Shape,
    StepRow,
    StepValue,
)
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, ObjectForm, Type
from bkgen.render import samples
from bkgen.render.columns import from_json, python_type
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.resolve.files import file_of

_OTHER = {
    Kind.UUID: "str(uuid4())",
    Kind.EMAIL: literal("somebody-else@example.com"),
    Kind.URL: literal("https://example.com/other"),
    Kind.DATE: literal("2001-02-03"),
    Kind.TIME: literal("01:02:03"),
    Kind.JSON: literal({"other": 1}),
    Kind.OBJECT: literal({"other": 1}),
    Kind.ANY: literal({"other": 1}),
}

# Where a shape is not called as the type of the column is.
_SHAPES = {Kind.BYTES: "str", Kind.OBJECT: "Any"}
_STORED_FILE = '{"name": str, "mediaType": str, "size": int}'
_UNKNOWN_INTEGER = 2147483647
_UNKNOWN = {
    Kind.UUID: "UNKNOWN_UUID",
    Kind.DATE: literal("1999-12-31"),
    Kind.DATETIME: literal("1999-12-31T23:59:59Z"),
    Kind.EMAIL: literal("nobody@example.com"),
}


def shape(expected: Shape) -> str:
    """What `assert_shape` compares a body with."""
    match expected:
        case Object(fields=fields):
            inner = (f"{literal(item.name)}: {field_shape(item.shape, item.nullable)}" for item in fields)
            return f"{{{', '.join(inner)}}}"
        case Array(items=items):
            return f"[{shape(items)}]"
        case Computed(type=type_, many=many):
            return f"[{_type_shape(type_, nullable=False)}]" if many else _type_shape(type_, nullable=False)
        case Nested(relation=relation, row=row):
            return f"[{shape(row)}]" if relation.many else shape(row)
        case Links(type=type_):
            return f"[{_type_shape(type_, nullable=False)}]"
        case Children(row=row):
            return f"[{shape(row)}]"
        case StepRow(row=row):
            return shape(row)
        case Content():
            raise ValueError("a file has no shape")
        case Constant(value=value):
            return f"Literal[{literal(value)}]" if isinstance(value, str | int | bool) else "Any"
        case ColumnValue(type=type_) | FactValue(type=type_) | Given(type=type_) | StepValue(type=type_):
            return _type_shape(type_, nullable=False)


def field_shape(expected: Shape, nullable: bool) -> str:
    """The shape of a field, which may be null where `nullable`."""
    if isinstance(expected, ColumnValue | FactValue | StepValue) or (
        isinstance(expected, Computed) and not expected.many
    ):
        return _type_shape(expected.type, nullable)
    return f"({shape(expected)},)" if nullable and isinstance(expected, Nested) else shape(expected)


def _type_shape(type_: Type, nullable: bool) -> str:
    if type_.enum:
        values = [literal(value) for value in type_.enum] + (["None"] if nullable else [])
        return f"Literal[{', '.join(values)}]"
    if type_.kind is Kind.FILE:
        return f"({_STORED_FILE},)" if nullable else _STORED_FILE
    name = _SHAPES.get(type_.kind) or python_type(type_)
    return f"{name} | None" if nullable and name != "Any" else name


def stands_alone(column: Column, table: Table) -> bool:
    """Whether two rows may not have the same value here, or within it."""
    if column.type.form is not None:
        return any(one.path[0] == column.name and stands_alone(one, table) for one in table.within)
    keys = [tuple(key.name for key in table.primary_key), *(rule.columns for rule in table.indexes if rule.unique)]
    return column.unique or any(column.name == next(iter(_plain(names, table)), None) for names in keys)


def _plain(names: tuple[str, ...], table: Table) -> list[str]:
    """The columns that refer to nothing, those first that can have many values."""
    plain = [name for name in names if name not in table.referring]
    return sorted(plain, key=lambda name: _room(table.column(name).type), reverse=True)


def _room(type_: Type) -> float:
    """How many values the tests can tell apart."""
    return len(samples.few(type_)) or math.inf


def scarce_values(column: Column, table: Table) -> tuple[object, ...]:
    """The JSON values that the rows of one test share out, where a column has too few for the rows of all tests.

    That of the column's default comes last: whoever makes a row without saying a value gets it.
    """
    if column.name in table.referring or is_given(column, table) or not stands_alone(column, table):
        return ()
    return tuple(sorted(samples.few(column.type), key=lambda value: value == column.default))


def scarce_name(column: Column, table: Table) -> str:
    return literal(f"{table.name}.{column.name}")


def taken(column: Column, table: Table, by: str = "rows") -> str:
    """A value of a scarce column, as a row has it, that no row has yet; `by` is the `Rows` that gives it."""
    return f"{by}.take({scarce_name(column, table)})"


def is_given(column: Column, table: Table) -> bool:
    """Whether the database or the model gives each row a value that a test can use."""
    today = column.default is Default.NOW and column.type.kind in {Kind.DATE, Kind.TIME}
    return isinstance(column.default, Default) and not (today and stands_alone(column, table))


def is_crowded(table: Table) -> bool:
    """Whether rows of one test can be in the way of another test: each then begins with an empty database."""
    referring = table.referring
    alone = [column for column in table.columns if column.name not in referring and stands_alone(column, table)]
    endless = (None, Default.UUID, Default.AUTOINCREMENT)
    return any(scarce_values(column, table) or column.default not in endless for column in alone)


def most_rows(table: Table, service: Service, above: tuple[str, ...] = ()) -> float:
    """How many rows of a table a test can make, each with rows of its own `above` it."""
    most = min([math.inf, *(len(values) for one in table.columns if (values := scarce_values(one, table)))])
    for reference in table.references:
        if not table.is_optional(reference) and reference.table not in above:
            most = min(most, most_rows(service.table(reference.table), service, (*above, table.name)))
    return most


def referring_value(column: Column, table: Table, service: Service, seen: frozenset[str] = frozenset()) -> str:
    """The value of a column by which a row refers to another; the rest of the reference is made to fit."""
    if column.reference is not None:
        return f"rows.{row_word(service.table(column.reference.table))}()[{literal(column.reference.column)}]"
    place = f"{table.name}.{column.name}"
    reference = next((one for one in table.joint if column.name in one.columns), None)
    if reference is None or place in seen:
        return taken(column, table) if scarce_values(column, table) else row_value(column, table, service)
    target = service.table(reference.table)
    return referring_value(target.column(dict(reference.pairs)[column.name]), target, service, seen | {place})


def row_value(column: Column, table: Table, service: Service) -> str:
    """What a row that a test inserts has in `column`, where that is not scarce."""
    type_ = column.type
    if type_.form is not None:
        return document_value(type_, (column.name,), table, service, sent=False)
    if (file := file_of(column, table)) is not None:
        sent = a_file(file.type)
        return f"{sent}.content" if column.type.kind is Kind.BYTES else f"{sent}.description"
    match type_.kind:
        case Kind.UUID:
            return "uuid4()"
        case Kind.DATETIME:
            return "utc_now()" if type_.timezone else "utc_now().replace(tzinfo=None)"
        case _ if stands_alone(column, table):
            return _ROW_VALUES.get(type_.kind) or _another_each_time(column, type_, service)
        case _:
            return from_json(type_, literal(samples.valid(type_, column.attribute)))


_ROW_VALUES = {Kind.DATE: "date.fromordinal(next(numbers))", Kind.DECIMAL: "Decimal(next(numbers))"}


def document_value(type_: Type, path: tuple[str, ...], table: Table, service: Service, *, sent: bool) -> str:
    """A value within a document, as JSON or as a row has it: one that no other has where two may not be alike."""
    if isinstance(type_.form, ObjectForm):
        inner = (
            f"{literal(one.name)}: {document_value(one.type, (*path, one.name), table, service, sent=sent)}"
            for one in type_.form.members
        )
        return f"{{{', '.join(inner)}}}"
    column = next((one for one in table.within if one.path == path), None)
    if column is not None and stands_alone(column, table) and not samples.few(type_):
        value = _another_each_time(column, type_, service)
        return value if sent else from_json(type_, value)
    value = literal(samples.valid(type_, path[-1]))
    return value if sent else from_json(type_, value)


def a_file(type_: Type) -> str:
    """A file that a column takes, as an expression."""
    return f"a_file({literal(type_.media_types[0])})"


def sent_value(column: Column, table: Table, type_: Type, service: Service) -> str:
    """What a valid body has for `column` where it takes a value of `type_`."""
    if type_.form is not None:
        return document_value(type_, (column.name,), table, service, sent=True)
    if scarce_values(column, table):
        return as_json(column.type, taken(column, table))
    if (stands_alone(column, table) or _leads_to_one(column, table, service)) and not samples.few(type_):
        return _another_each_time(column, type_, service)
    if type_.kind is Kind.FILE:
        return a_file(type_)
    return literal(samples.valid(type_, column.attribute))


def _leads_to_one(column: Column, table: Table, service: Service) -> bool:
    """Whether a value that two rows may not share follows from this one: the slug of a title."""
    policies = service.policies.get(table.name)
    following = policies.derived if policies is not None else ()
    return any(
        column.name in one.sources and not one.distinct and stands_alone(table.column(one.column), table)
        for one in following
    )


def _another_each_time(column: Column, type_: Type, service: Service) -> str:
    """A JSON value of a type that has no end of them."""
    if service.signs_in_by_email(column):
        return "unique_email()"
    text = literal(samples.valid(type_, column.attribute))
    match type_.kind:
        case Kind.STRING if type_.pattern is not None:
            return f"matching({literal(type_.pattern)}, {type_.min_length or 0}, {type_.max_length or 1000})"
        case Kind.STRING:
            return f"unique({text})" if type_.max_length is None else f"unique({text}, {type_.max_length})"
        case Kind.EMAIL:
            return "unique_email()"
        case Kind.URL:
            return 'f"https://example.com/{next(numbers)}"'
        case Kind.INTEGER | Kind.NUMBER:
            return "next(numbers)"
        case Kind.DATE:
            return "date.fromordinal(next(numbers)).isoformat()"
        case Kind.DECIMAL:
            return f'f"{{next(numbers)}}{"." + "0" * type_.scale if type_.scale else ""}"'
        case Kind.UUID:
            return "str(uuid4())"
        case Kind.DATETIME:
            zone = '.replace("+00:00", "Z")' if type_.timezone else '.removesuffix("+00:00")'
            return f"utc_now().isoformat(){zone}"
        case _:
            return text


def as_json(type_: Type, value: str) -> str:
    """The expression that makes JSON's value of a column's value."""
    match type_.kind:
        case Kind.DATETIME:
            return f'{value}.isoformat().replace("+00:00", "Z")'
        case Kind.BYTES:
            return f"b64encode({value}).decode()"
        case Kind.UUID | Kind.DECIMAL | Kind.DATE | Kind.TIME:
            return f"str({value})"
        case _:
            return value


def unknown_value(column: Column, table: Table) -> str:
    """A value of `column`, as JSON has it, that no row has."""
    return as_json(column.type, taken(column, table)) if scarce_values(column, table) else unknown(column.type)


def unknown(type_: Type) -> str:
    """A value that is allowed and that hardly any row has."""
    if found := samples.few(type_):
        return literal(found[-1])
    match type_.kind:
        case Kind.INTEGER:
            greatest = samples.bounds(type_)[1]
            return "UNKNOWN_INTEGER" if greatest >= _UNKNOWN_INTEGER else str(greatest)
        case Kind.NUMBER | Kind.DECIMAL:
            return literal(str(min(samples.bounds(type_)[1], Decimal(987654))))
        case Kind.STRING:
            return literal(samples.other_text(type_, "no-such-row"))
        case Kind.URL:
            return literal("https://example.com/nothing"[: type_.max_length])
        case kind:
            return _UNKNOWN.get(kind, literal("no-such-row"))


def another_value(column: Column, table: Table) -> str | None:
    """A second value for `column`, other than what `row_value` gives; None where there may be none."""
    type_ = column.type
    if type_.enum:
        return literal(type_.enum[1]) if len(type_.enum) > 1 else None
    match type_.kind:
        case Kind.STRING if type_.pattern is None:
            return f"unique({literal('other')}, {type_.max_length or 40})"
        case Kind.BOOLEAN:
            return "False"
        case Kind.UUID:
            return "uuid4()"
        case Kind.INTEGER:
            value = samples.valid(type_, "")
            low, high = samples.bounds(type_)
            other = int(str(value)) + int(type_.multiple_of or 1)
            return str(other) if low <= other <= high else None
        case _:
            return None


def other_value(type_: Type, value: str) -> str:
    """A JSON value that is not the one which `value` gives, as an expression; empty where none is known."""
    if type_.form is not None:
        return ""
    if len(type_.enum) > 1:
        first, second, *_ = map(literal, type_.enum)
        return f"{second} if {value} == {first} else {first}"
    if type_.enum or type_.pattern:
        return ""
    match type_.kind:
        case Kind.BOOLEAN:
            return f"not {value}"
        case Kind.FILE:
            return f"{a_file(type_)}.called({literal('other')})"
        case Kind.STRING:
            text = "other"[: type_.max_length].ljust(type_.min_length or 0, "r")
            return literal(text)
        case Kind.INTEGER if type_.multiple_of is None:
            low, high = samples.bounds(type_)
            return f"{int(high)} if {value} == {int(low)} else {int(low)}" if low < high else ""
        case Kind.NUMBER | Kind.DECIMAL:
            return literal(other) if (other := samples.second_number(type_)) is not None else ""
        case kind:
            return _OTHER.get(kind, "")
