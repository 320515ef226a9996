"""Python expressions of values in generated tests: rows made directly, bodies sent, shapes expected."""

from __future__ import annotations

from decimal import Decimal

from bkgen.model.service import Service
from bkgen.model.shapes import Array, ColumnValue, Computed, Constant, FactValue, Nested, Object, Shape
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.render import samples
from bkgen.render.literals import literal

_SHAPES = {
    Kind.STRING: "str",
    Kind.EMAIL: "str",
    Kind.URL: "str",
    Kind.INTEGER: "int",
    Kind.NUMBER: "float",
    Kind.BOOLEAN: "bool",
    Kind.UUID: "UUID",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime",
    Kind.DECIMAL: "Decimal",
    Kind.BYTES: "str",
    Kind.JSON: "Any",
    Kind.OBJECT: "Any",
    Kind.ANY: "Any",
}
_UNKNOWN = {
    Kind.UUID: "UNKNOWN_UUID",
    Kind.DATE: literal("1999-12-31"),
    Kind.TIME: literal("23:59:59"),
    Kind.DATETIME: literal("1999-12-31T23:59:59Z"),
    Kind.BOOLEAN: "False",
    Kind.EMAIL: literal("nobody@example.com"),
    Kind.URL: literal("https://example.com/nothing"),
}


def shape(expected: Shape) -> str:
    """What `assert_shape` compares a body with."""
    match expected:
        case Object(fields=fields):
            inner = (f"{literal(item.name)}: {_field_shape(item.shape, item.nullable)}" for item in fields)
            return f"{{{', '.join(inner)}}}"
        case Array(items=items):
            return f"[{shape(items)}]"
        case Computed(type=type_, many=many):
            return f"[{_type_shape(type_, nullable=False)}]" if many else _type_shape(type_, nullable=False)
        case Nested(relation=relation, row=row):
            return f"[{shape(row)}]" if relation.many else shape(row)
        case Constant(value=value):
            return f"Literal[{literal(value)}]" if isinstance(value, str | int | bool) else "Any"
        case ColumnValue(type=type_) | FactValue(type=type_):
            return _type_shape(type_, nullable=False)


def _field_shape(expected: Shape, nullable: bool) -> str:
    if isinstance(expected, ColumnValue | FactValue) or (isinstance(expected, Computed) and not expected.many):
        return _type_shape(expected.type, nullable)
    return f"({shape(expected)},)" if nullable and isinstance(expected, Nested) else shape(expected)


def _type_shape(type_: Type, nullable: bool) -> str:
    if type_.enum:
        values = [literal(value) for value in type_.enum] + (["None"] if nullable else [])
        return f"Literal[{', '.join(values)}]"
    name = _SHAPES[type_.kind]
    return f"{name} | None" if nullable and name != "Any" else name


def stands_alone(column: Column, table: Table) -> bool:
    """Whether two rows may not have the same value here."""
    keys = [tuple(key.name for key in table.primary_key), *(rule.columns for rule in table.indexes if rule.unique)]
    return column.unique or any(column.name == next(iter(_plain(names, table)), None) for names in keys)


def _plain(names: tuple[str, ...], table: Table) -> list[str]:
    """The columns that refer to nothing, those first that can have many values."""
    plain = [name for name in names if table.column(name).reference is None]
    return sorted(plain, key=lambda name: _has_few_values(table.column(name).type))


def _has_few_values(type_: Type) -> bool:
    return bool(type_.enum) or type_.kind in {Kind.BOOLEAN, Kind.TIME}


def row_value(column: Column, table: Table) -> str:
    """What a row that a test inserts has in `column`."""
    type_ = column.type
    alone = stands_alone(column, table)
    match type_.kind:
        case _ if type_.enum:
            return literal(type_.enum[0])
        case Kind.UUID:
            return "uuid4()"
        case Kind.DATETIME:
            return "utc_now()" if type_.timezone else "utc_now().replace(tzinfo=None)"
        case Kind.DATE:
            return "date.fromordinal(next(numbers))" if alone else "date(2026, 1, 2)"
        case Kind.TIME:
            return "time(3, 4, 5)"
        case Kind.DECIMAL:
            return "Decimal(next(numbers))" if alone else literal(Decimal(str(samples.valid(type_, column.name))))
        case Kind.BYTES:
            return r'b"\x00\x01\x02"'
        case _:
            return sent_value(type_, column.attribute, alone)


def sent_value(type_: Type, word: str, alone: bool) -> str:
    """What a valid body has for a value of `type_`; another one each time where it must stand alone."""
    if alone and type_.pattern and type_.kind is Kind.STRING:
        return f"matching({literal(type_.pattern)}, {type_.min_length or 0}, {type_.max_length or 1000})"
    if alone and not type_.enum and not type_.pattern:
        most = "" if type_.max_length is None else f", {type_.max_length}"
        match type_.kind:
            case Kind.STRING:
                return f"unique({literal(word)}{most})"
            case Kind.EMAIL:
                return "unique_email()"
            case Kind.URL:
                return 'f"https://example.com/{uuid4().hex}"'
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
                pass
    return literal(samples.valid(type_, word))


def unknown(type_: Type) -> str:
    """A value for a path that no row has."""
    match type_.kind:
        case _ if type_.enum:
            return literal(type_.enum[-1])
        case Kind.INTEGER:
            return "32767" if type_.bits == 16 else "UNKNOWN_INTEGER"
        case Kind.STRING:
            return literal("no-such-row"[: type_.max_length or 100])
        case Kind.NUMBER | Kind.DECIMAL:
            return literal("987654")
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
            low, high = samples.bounds(type_, Decimal(1))
            other = int(str(value)) + int(type_.multiple_of or 1)
            return str(other) if low <= other <= high else None
        case _:
            return None


def account_word(service: Service) -> str:
    """The singular of the table that signs in; empty without accounts."""
    return service.table(service.accounts.table).singular if service.accounts else ""
