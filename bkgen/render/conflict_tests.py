"""Views of the generated tests of requests that the database refuses: what they contradict is there, or is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.expressions import ColumnOf, Literal, Name
from bkgen.model.service import Service
from bkgen.model.shapes import Field
from bkgen.model.tables import Reference, Table
from bkgen.render.belonging import Arguments, made, refers
from bkgen.render.columns import from_json
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.problems import Problem
from bkgen.render.test_bodies import column_of, failure, fields_of, is_whole
from bkgen.render.test_values import unknown_value
from bkgen.resolve.vocabulary import ACTOR


@dataclass(frozen=True, slots=True)
class Conflict:
    """A body that contradicts rows that are there.

    Attributes:
        name: of the test, behind the endpoint's.
        cause: of its status.
        columns: that the body writes, and the database refuses.
        setup: lines before the call, which may use the valid body `body`.
        changes: what is then changed in that, as an expression; empty for nothing.
        again: whether the row that is contradicted is made by the same call before.
        failure: the assertion on the answer's body.
        field: the name that the message must have; None where the contract words it.
    """

    name: str
    cause: Cause
    columns: frozenset[str]
    setup: tuple[str, ...]
    changes: str
    failure: str
    field: str | None
    again: bool = False


def conflicts(endpoint: Endpoint, service: Service, table: Table, row: str = "", caller: str = "") -> list[Conflict]:
    """One for each unique rule that the endpoint writes to and no narrower one implies, and each reference in the body.

    `row` is the row that is changed, and `caller` the account that asks, where the test has it.
    """
    return [*_taken(endpoint, service, table, row, caller), *_bad_references(endpoint, service, table)]


def _taken(endpoint: Endpoint, service: Service, table: Table, row: str, caller: str) -> Iterator[Conflict]:
    response = endpoint.response(Cause.TAKEN)
    sent = {column_of(field): field for field in fields_of(endpoint) if column_of(field)}
    given = given_columns(endpoint, service, table, caller)
    for rule in table.narrowest_rules:
        known = Arguments()
        for column in map(table.column, rule):
            if column.name in sent:
                known[column.attribute] = from_json(column.type, f"body[{literal(sent[column.name].name)}]")
            elif column.path and column.path[0] in sent:
                steps = [sent[column.path[0]].name, *column.path[1:]]
                known[column.attribute] = from_json(column.type, f"body{''.join(f'[{literal(one)}]' for one in steps)}")
            elif endpoint.operation in (Operation.REPLACE, Operation.UPDATE) and row:
                known[column.attribute] = f"{row}[{literal(column.name)}]"
            elif column.attribute in given:
                known[column.attribute] = given[column.attribute]
        tops = [(table.column(name).path or (name,))[0] for name in rule]
        fields = [sent[name] for name in dict.fromkeys(tops) if name in sent]
        changes = fields or endpoint.operation is Operation.CREATE
        again = len(known) < len(rule) and _comes_again(rule, known, endpoint, table)
        if response is None or (len(known) < len(rule) and not again) or not changes:
            continue
        several = any(set(rule) < set(other) for other in table.unique_rules)  # may be broken at once
        alone = len(rule) == 1 and fields and not several  # else, what is told in which order depends on the database
        problems = [Problem(Cause.TAKEN.value, (field.name,)) for field in fields] if alone else []
        yield Conflict(
            name=f"taken_{'_and_'.join(table.column(name).attribute for name in rule)}",
            cause=Cause.TAKEN,
            columns=frozenset(sent.keys() & set(rule)),
            setup=() if again else (made(table, known),),
            changes="",
            failure=failure(response, problems, service),
            field=literal(fields[0].name) if fields and response.literal is None else None,
            again=again,
        )


def _comes_again(rule: Iterable[str], known: Arguments, endpoint: Endpoint, table: Table) -> bool:
    """Whether the same call gives the columns of a rule that are not `known` the same values again."""
    given = endpoint.presets.keys() | {one.column for one in endpoint.derived if not one.distinct}
    return endpoint.operation is Operation.CREATE and all(
        name in given or table.column(name).attribute in known for name in rule
    )


def given_columns(endpoint: Endpoint, service: Service, table: Table, caller: str) -> Arguments:
    """What a new row has beside the body, of what a test knows: attribute -> code."""
    found: Arguments = {}
    if endpoint.operation is not Operation.CREATE:
        return found
    for parent in endpoint.parents[-1:]:
        found |= refers(table, parent.pairs, row_word(service.table(parent.table)))
    for name, value in endpoint.presets.items():
        column = table.column(name)
        match value:
            case ColumnOf(row=Name(name=who), column=own) if who == ACTOR and caller:
                found[column.attribute] = f"{caller}[{literal(own)}]"
            case Literal(value=constant):
                found[column.attribute] = from_json(column.type, literal(constant))
    return found


def _bad_references(endpoint: Endpoint, service: Service, table: Table) -> Iterable[Conflict]:
    for field in fields_of(endpoint):
        for reference in table.references if column_of(field) else ():
            if field is _telling(reference, endpoint, table) and is_whole(reference, endpoint, table):
                found = _bad_reference(endpoint, service, reference, table, field)
                yield from [found] if found is not None else []


def _telling(reference: Reference, endpoint: Endpoint, table: Table) -> Field | None:
    """The field of the body to which a value is written that makes a reference lead nowhere, and best no other one."""
    sent = [field for field in fields_of(endpoint) if column_of(field) in reference.columns]
    others = {name for one in table.references if one is not reference for name in one.columns}
    alone = [field for field in sent if column_of(field) not in others]
    return next(reversed(alone or sent), None)


def _bad_reference(
    endpoint: Endpoint, service: Service, reference: Reference, table: Table, field: Field
) -> Conflict | None:
    """A value that leads nowhere; None where the endpoint has no such conflict."""
    target = service.table(reference.table)
    if (response := endpoint.response(Cause.BAD_REFERENCE)) is None:
        return None
    sent = {column_of(one): one.name for one in fields_of(endpoint)}
    attributes = [table.column(name).attribute for name in reference.columns]
    problems = [
        Problem(Cause.BAD_REFERENCE.value, (sent.get(name, attribute),))
        for name, attribute in zip(reference.columns, attributes, strict=True)
    ]
    value = unknown_value(target.column(dict(reference.pairs)[column_of(field)]), target)
    shared = sum(column_of(field) in one.columns for one in table.references) > 1  # which of them fails, nobody knows
    in_one = len(problems) > 1 and not service.errors.detailed  # sentence, of those columns that the database tells
    named = literal(field.name) if response.literal is None else None
    name = f"unknown_{'_and_'.join(attributes)}"
    return Conflict(
        name,
        Cause.BAD_REFERENCE,
        frozenset(reference.columns),
        (),
        f"{{{literal(field.name)}: {value}}}",
        failure(response, [] if shared or in_one else problems, service),
        named,
    )
