"""Bodies that are accepted, as the generated tests write them, with the rows that they refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import Children, ColumnValue, Fact, FactValue, Links, Object
from bkgen.model.tables import Reference, Table
from bkgen.render.belonging import Arguments, refers
from bkgen.render.conflict_tests import given_columns
from bkgen.render.literals import literal
from bkgen.render.naming import USED_IN_TESTS, row_word, snake
from bkgen.render.test_bodies import column_of, fields_of, is_whole, wire
from bkgen.render.test_values import as_json, sent_value
from bkgen.resolve import names


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
    writer = _Writer(service, set(taken) | USED_IN_TESTS)
    fields = writer.fields(endpoint.body, _row(endpoint, service, known))
    return ValidBody(tuple(writer.lines), tuple(fields), writer.takes)


def valid_item(
    endpoint: Endpoint, shape: Links | Children, service: Service, known: Arguments
) -> tuple[tuple[str, ...], str]:
    """One item of a field that writes rows of another table: lines that come first, and its value."""
    writer = _Writer(service, set(USED_IN_TESTS))
    value = writer.item(shape, _row(endpoint, service, known))
    return tuple(writer.lines), value


def known_columns(endpoint: Endpoint, service: Service, row: str, caller: str = "") -> Arguments:
    """What a written row has, beside the body, of references of which that sends another part: attribute -> code.

    `row` is the row that is changed, and `caller` the account that asks, where the test has it; a row above has its
    usual name.
    """
    table = written_table(endpoint, service)
    if endpoint.body is None or table is None:
        return {}
    columns = _unsent(endpoint, table, service)
    if endpoint.operation is not Operation.CREATE:
        return refers(table, ((name, name) for name in columns), row)
    wanted = {table.column(name).attribute for name in columns}
    given = given_columns(endpoint, service, table, caller)
    return {name: code for name, code in given.items() if name in wanted}


def written_table(endpoint: Endpoint, service: Service) -> Table | None:
    """The table of the row that a body is about."""
    of_account = endpoint.operation in (Operation.REGISTER, Operation.UPDATE_ME) and service.accounts is not None
    name = service.accounts.table if of_account and service.accounts is not None else endpoint.table
    return service.table(name) if name is not None else None


def _unsent(endpoint: Endpoint, table: Table, service: Service) -> tuple[str, ...]:
    """The columns of references of which the body has others, be it for the row itself or for rows below it."""
    sent = {column_of(one) for one in fields_of(endpoint)}
    partly = [one for one in table.joint if sent.intersection(one.columns) and is_whole(one, endpoint, table)]
    found = [name for one in partly for name in one.columns]
    for one in fields_of(endpoint):
        if isinstance(one.shape, Children):
            item = {column_of(part) for part in one.shape.row.fields}
            joint = service.table(one.shape.relation.target).joint
            below = {name for reference in joint if item.intersection(reference.columns) for name in reference.columns}
            found += [own for own, there in one.shape.relation.pairs if there in below]
    return tuple(name for name in dict.fromkeys(found) if name not in sent)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of which something is sent.

    Attributes:
        whole: tells of a reference whether the row has all of its columns.
        codes: what is known of it beside: column -> code.
        names: what a function gets to know of it beside: column -> name in `known`.
    """

    table: Table
    whole: Callable[[Reference], bool]
    codes: Mapping[str, str]
    names: Mapping[str, str]


def _row(endpoint: Endpoint, service: Service, known: Arguments | None) -> _Row | None:
    table = written_table(endpoint, service)
    if table is None:
        return None
    unsent = {name: table.column(name).attribute for name in _unsent(endpoint, table, service)}
    codes = {name: known[attribute] for name, attribute in unsent.items() if known and attribute in known}
    return _Row(table, lambda one: is_whole(one, endpoint, table), codes, unsent if known is None else {})


def _row_below(shape: Children, above: _Row, made: Mapping[str, str], table: Table) -> _Row:
    """A row that belongs to another one, of which `made` has codes of columns, too."""
    pairs = {there: own for own, there in shape.relation.pairs}
    sent = {one.shape.column for one in shape.row.fields if isinstance(one.shape, ColumnValue)}

    def is_whole_below(reference: Reference) -> bool:
        given = {*pairs, *sent, *shape.presets}
        columns = map(table.column, reference.columns)
        return all(column.name in given or column.required or column.default is not None for column in columns)

    codes = {**above.codes, **made}
    return _Row(
        table,
        is_whole_below,
        {there: codes[own] for there, own in pairs.items() if own in codes},
        {there: above.names[own] for there, own in pairs.items() if own in above.names and own not in codes},
    )


@dataclass
class _Writer:
    """Writes values of fields; where several are columns of one row, that is made first.

    Attributes:
        taken: names that no variable may have.
        takes: whether the lines speak of `known`.
    """

    service: Service
    taken: set[str]
    lines: list[str] = field(default_factory=list)
    takes: bool = False

    def fields(self, shape: Object, row: _Row | None) -> list[tuple[str, str]]:
        made = self._rows(shape, row) if row is not None and row.table.joint else {}
        found = []
        for one in shape.fields:
            if isinstance(one.shape, Links | Children):
                found.append((literal(one.name), f"[{self.item(one.shape, row, made)}]"))
            elif isinstance(one.shape, ColumnValue):
                column = one.shape.column
                code = as_json(one.shape.type, made[column]) if column in made else self._value(one.shape)
                found.append((literal(one.name), code))
            elif isinstance(one.shape, FactValue) and (value := self._fact(one.shape)):
                found.append((literal(one.name), value))
        return found

    def item(self, shape: Links | Children, row: _Row | None, made: Mapping[str, str] = MappingProxyType({})) -> str:
        """One of the rows that a field writes, below `row`, of which `made` has codes of columns."""
        target = self.service.table(shape.relation.target)
        if isinstance(shape, Children):
            below = _row_below(shape, row, made, target) if row is not None else None
            return f"{{{', '.join(f'{name}: {value}' for name, value in self.fields(shape.row, below))}}}"
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

    def _rows(self, shape: Object, row: _Row) -> dict[str, str]:
        """Makes the rows that references of several columns lead to: column -> code of its value."""
        sent = {one.shape.column for one in shape.fields if isinstance(one.shape, ColumnValue)}
        found: dict[str, str] = {}
        for reference in sorted(row.table.joint, key=lambda one: -len(one.columns)):
            if not sent.intersection(reference.columns) <= found.keys() and row.whole(reference):
                variable = self._made(reference, row, found)
                for here, there in reference.pairs:
                    found.setdefault(here, f"{variable}[{literal(there)}]")
        return found

    def _made(self, reference: Reference, row: _Row, found: Mapping[str, str]) -> str:
        """The variable of a new row that a reference leads to."""
        target = self.service.table(reference.table)
        variable = names.unique(row_word(target), self.taken)
        self.taken.add(variable)
        codes = {**row.codes, **found}
        pairs = [(here, target.column(there).attribute) for here, there in reference.pairs]
        arguments = [f"{attribute}={codes[here]}" for here, attribute in pairs if here in codes]
        later = [(here, attribute) for here, attribute in pairs if here in row.names and here not in codes]
        if later:
            self.takes = True
            parameters = ", ".join(f"{attribute}={literal(row.names[here])}" for here, attribute in later)
            arguments.append(f"**given(known, {parameters})")
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
