"""Bodies that are accepted, as the generated tests write them, with the rows that they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.expressions import ColumnOf, Literal, Name
from bkgen.model.service import Service
from bkgen.model.shapes import Children, ColumnValue, Fact, FactValue, Links, Object
from bkgen.model.tables import Reference, Table
from bkgen.render.belonging import Arguments, refers
from bkgen.render.columns import from_json
from bkgen.render.literals import literal
from bkgen.render.naming import USED_IN_TESTS, row_word, snake
from bkgen.render.test_bodies import column_of, fields_of, is_whole, wire
from bkgen.render.test_values import as_json, sent_value
from bkgen.resolve import names
from bkgen.resolve.vocabulary import ACTOR


@dataclass(frozen=True, slots=True)
class ValidBody:
    """A body that is accepted.

    Attributes:
        lines: lines that make rows of which it has several columns.
        fields: (field, its value).
        takes: whether the lines need columns that the row has and the body has not: `known`.
    """

    lines: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    takes: bool = False


def valid_body(
    endpoint: Endpoint, service: Service, known: Arguments | None = None, taken: Iterable[str] = ()
) -> ValidBody:
    """The body of an endpoint; `known` as `known_columns` has it, where the lines are to have it in them."""
    assert endpoint.body is not None
    writer = _Writer(service, set(taken) | USED_IN_TESTS, endpoint, known)
    fields = writer.fields(endpoint.body)
    return ValidBody(tuple(writer.lines), tuple(fields), writer.takes)


def valid_item(shape: Links | Children, service: Service) -> tuple[tuple[str, ...], str]:
    """One item of a field that writes rows of another table: lines that come first, and its value."""
    writer = _Writer(service, set(USED_IN_TESTS))
    value = writer.item(shape)
    return tuple(writer.lines), value


def known_columns(endpoint: Endpoint, service: Service, row: str, caller: str = "") -> Arguments:
    """What a written row has, beside the body, of references of which that sends another part: attribute -> code.

    `row` is the row that is changed, and `caller` the account that asks, where the test has it; a row above has its
    usual name.
    """
    of_account = endpoint.operation is Operation.UPDATE_ME and service.accounts is not None
    name = service.accounts.table if of_account and service.accounts is not None else endpoint.table
    if endpoint.body is None or name is None:
        return {}
    table = service.table(name)
    columns = _unsent(endpoint, table)
    if endpoint.operation is not Operation.CREATE:
        return refers(table, ((name, name) for name in columns), row)
    found: Arguments = {}
    for parent in endpoint.parents[-1:]:
        found |= refers(table, parent.pairs, row_word(service.table(parent.table)))
    for name, value in endpoint.presets.items():
        column = table.column(name)
        match value:
            case ColumnOf(row=Name(name=who), column=own) if who == ACTOR and caller:
                found[column.attribute] = f"{caller}[{literal(own)}]"
            case Literal(value=constant):
                found[column.attribute] = from_json(column.type, literal(constant))
    wanted = {table.column(name).attribute for name in columns}
    return {name: code for name, code in found.items() if name in wanted}


def _unsent(endpoint: Endpoint, table: Table) -> tuple[str, ...]:
    """The columns of references of which the body has others."""
    sent = {column_of(one) for one in fields_of(endpoint)}
    partly = [one for one in table.joint if sent.intersection(one.columns) and is_whole(one, endpoint, table)]
    return tuple(dict.fromkeys(name for one in partly for name in one.columns if name not in sent))


@dataclass
class _Writer:
    """Writes values of fields; where several are columns of one row, that is made first.

    Attributes:
        taken: names that no variable may have.
        known: codes of columns of the row that are not sent; None where the body is a function that gets them.
    """

    service: Service
    taken: set[str]
    endpoint: Endpoint | None = None
    known: Arguments | None = None
    lines: list[str] = field(default_factory=list)
    takes: bool = False

    def fields(self, shape: Object) -> list[tuple[str, str]]:
        made = self._rows(shape)
        found = []
        for one in shape.fields:
            if isinstance(one.shape, Links | Children):
                found.append((literal(one.name), f"[{self.item(one.shape)}]"))
            elif isinstance(one.shape, ColumnValue):
                found.append((literal(one.name), made.get(one.shape.column) or self._value(one.shape)))
            elif isinstance(one.shape, FactValue) and (value := self._fact(one.shape)):
                found.append((literal(one.name), value))
        return found

    def item(self, shape: Links | Children) -> str:
        if isinstance(shape, Children):
            return f"{{{', '.join(f'{name}: {value}' for name, value in self.fields(shape.row))}}}"
        target = self.service.table(shape.relation.target)
        column = target.column(shape.column)
        if shape.adds:
            return sent_value(column, target, shape.type, self.service)
        return wire(column, f"rows.{row_word(target)}()")

    def _fact(self, shape: FactValue) -> str:
        """What an account signs in by; empty for anything else."""
        accounts = self.service.accounts
        if accounts is not None and shape.fact is Fact.IDENTITY:
            table = self.service.table(accounts.table)
            return sent_value(table.column(accounts.identity), table, shape.type, self.service)
        return "PASSWORD" if shape.fact is Fact.PASSWORD else ""

    def _value(self, shape: ColumnValue) -> str:
        table = self.service.table(shape.table)
        column = table.column(shape.column)
        if column.reference is None:
            return sent_value(column, table, shape.type, self.service)
        target = self.service.table(column.reference.table)
        return wire(target.column(column.reference.column), f"rows.{row_word(target)}()")

    def _rows(self, shape: Object) -> dict[str, str]:
        """What the fields are that have columns of rows which a reference of several columns leads to."""
        columns = [one.shape for one in shape.fields if isinstance(one.shape, ColumnValue)]
        if not columns:
            return {}
        table = self.service.table(columns[0].table)
        sent = {one.column for one in columns}
        found: dict[str, tuple[str, str]] = {}
        for reference in sorted(table.joint, key=lambda one: -len(one.columns)):
            if sent.isdisjoint(reference.columns) or all(
                name in found for name in sent.intersection(reference.columns)
            ):
                continue
            if self.endpoint is None or is_whole(reference, self.endpoint, table):
                variable = self._made(reference, table, sent, found)
                for here, there in reference.pairs:
                    found.setdefault(here, (variable, there))
        codes = {name: f"{variable}[{literal(there)}]" for name, (variable, there) in found.items()}
        return {name: as_json(table.column(name).type, codes[name]) for name in sent & codes.keys()}

    def _made(self, reference: Reference, table: Table, sent: set[str], found: Mapping[str, tuple[str, str]]) -> str:
        """The variable of a new row that a reference leads to."""
        target = self.service.table(reference.table)
        variable = names.unique(row_word(target), self.taken)
        self.taken.add(variable)
        arguments, parameters = [], []
        for here, there in reference.pairs:
            own, attribute = table.column(here).attribute, target.column(there).attribute
            if here in found:
                other, name = found[here]
                arguments.append(f"{attribute}={other}[{literal(name)}]")
            elif here not in sent and self.known is not None and own in self.known:
                arguments.append(f"{attribute}={self.known[own]}")
            elif here not in sent and self.endpoint is not None:
                parameters.append(f"{attribute}={literal(own)}")
        if parameters and self.known is None:
            self.takes = True
            arguments.append(f"**given(known, {', '.join(parameters)})")
        self.lines.append(f"{variable} = rows.{row_word(target)}({', '.join(arguments)})")
        return variable


def body_function(endpoint: Endpoint) -> str:
    """The name of the function that makes the body; empty where there is none."""
    return f"valid_{snake(endpoint.body.name)}" if endpoint.body is not None else ""


def body_call(endpoint: Endpoint, known: Arguments, function: str = "") -> str:
    """The call of that function, or of one of another name, with what the row has beside."""
    function = function or body_function(endpoint)
    arguments = ["rows", *(f"{name}={code}" for name, code in known.items())]
    return f"{function}({', '.join(arguments)})" if endpoint.body is not None else ""
