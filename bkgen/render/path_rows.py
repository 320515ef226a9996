"""The rows that the path of an endpoint leads over: how conditions speak of them, and what tests call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation, Parent
from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    Name,
    Operator,
    Related,
    Row,
    Value,
)
from bkgen.model.relations import Pairs, Relation
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.naming import row_word
from bkgen.render.new_rows import without_row
from bkgen.render.policies import may_stay
from bkgen.render.test_views import row_variable
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import rebuilt
from bkgen.resolve.implied import asked_above
from bkgen.resolve.names import parameter
from bkgen.resolve.vocabulary import ROW

Chain = tuple[tuple[str, ...], ...]
"""Columns of references, each of which leads to a row that has the next ones."""


@dataclass(frozen=True, slots=True)
class RowAbove:
    """A row that the path names before the endpoint's own, as `way` leads to it; tests call it `word`."""

    parent: Parent
    way: Expression
    word: str


@dataclass(frozen=True, slots=True)
class PathRows:
    """All of them, as seen from the one that refers to the others: the endpoint's own row, or the link to that.

    Attributes:
        table: of the row that they are seen from, which tests call `word`.
        own: the way to the endpoint's own row, which tests call `own_word`.
        above: the rows above, the nearest first.
        words: what tests call the rows, by the columns that lead to them.
    """

    table: Table
    word: str
    own: Expression
    own_word: str
    above: tuple[RowAbove, ...]
    words: Mapping[Chain, str]


def path_rows(endpoint: Endpoint, service: Service) -> PathRows:
    own_table = service.table(endpoint.table or "")
    own_word = row_variable(endpoint, own_table)
    table, word = own_table, own_word
    own: Expression = Name(ROW, Row(own_table.name), endpoint.span)
    words: dict[Chain, str] = {}
    if (link := endpoint.link) is not None:
        table = service.table(link.table)
        word = row_word(table)
        own = _referred(Name(ROW, Row(table.name), endpoint.span), table, link.pairs, own_table)
        words[(tuple(here for here, _ in link.pairs),)] = own_word
    above = []
    way: Expression = Name(ROW, Row(table.name), endpoint.span)
    chain, child = Chain(), table
    for parent in reversed(endpoint.parents):
        above_it = service.table(parent.table)
        way = _referred(way, child, parent.pairs, above_it)
        chain, child = (*chain, parent.child_columns), above_it
        words[chain] = row_word(child)
        above.append(RowAbove(parent, way, words[chain]))
    return PathRows(table, word, own, own_word, tuple(above), words)


def visible_above(endpoint: Endpoint, rows: PathRows, service: Service) -> list[Expression]:
    """What makes the rows above visible, the nearest first; a row that is to be made does not make them so."""
    found = [said_of(row.way, rule.expression) for row in rows.above if (rule := row.parent.visible) is not None]
    if endpoint.operation is not Operation.CREATE:
        return found
    given = preset_conditions(endpoint, rows, (here for here, _ in endpoint.shared))
    return [*(without_row(one, rows.table, service) for one in found), *given]


def preset_conditions(endpoint: Endpoint, rows: PathRows, names: Iterable[str]) -> list[Expression]:
    """That a new row has what some of its presets give."""
    found: list[Expression] = []
    for name in names:
        column = rows.table.column(name)
        own = ColumnOf(rows.own, name, Value(column.type, column.nullable), endpoint.span)
        found.append(Binary(Operator.EQUAL, own, endpoint.presets[name], BOOLEAN, endpoint.span))
    return found


def allowed_there(endpoint: Endpoint, rows: PathRows, service: Service) -> list[tuple[str, Expression]]:
    """With which rows it may be done, each condition with a word for where it does not hold.

    What is asked before a row is made, that row does not make so. A body of a new row has every column.
    """
    found = []
    if endpoint.allowed is not None:
        policy = endpoint.allowed.expression
        if endpoint.operation is Operation.CREATE and asked_above(endpoint.allowed, endpoint.parents) is not None:
            policy = without_row(policy, rows.table, service)
        found.append(("a_policy_forbids_it", policy))
    if endpoint.operation is Operation.CREATE:
        found += [(may_not_write(column), rule.expression) for column, rule in endpoint.writable.items()]
    return found


def kept_there(endpoint: Endpoint, service: Service) -> list[tuple[str, Expression]]:
    """In which rows the columns that not everyone may write may be sent as they are, likewise.

    A value that is not shown counts as another one.
    """
    if endpoint.operation is Operation.CREATE:
        return []
    found: list[tuple[str, Expression]] = []
    for column, rule in endpoint.writable.items():
        policies = service.policies[endpoint.table or ""]
        if not may_stay(service.table(endpoint.table or "").column(column), rule, policies):
            found.append((not_shown(column), rule.expression))
        elif (sight := policies.visible.get(column)) is not None:
            either = Binary(Operator.OR, rule.expression, sight.expression, BOOLEAN, endpoint.span)
            found.append((not_shown(column), either))
    return found


def may_not_write(column: str) -> str:
    """What tests say of where a column may not be written."""
    return f"{_word(column)}_may_not_be_written"


def not_shown(column: str) -> str:
    """What tests say of where a column may not be sent as it is."""
    return f"{_word(column)}_may_not_be_sent"


def _word(column: str) -> str:
    return parameter(column).strip("_")


def said_of(way: Expression, expression: Expression) -> Expression:
    """The expression, which speaks of `row`, about the row at the end of a way."""
    if isinstance(expression, Name) and expression.name == ROW:
        return way
    return rebuilt(expression, lambda part: said_of(way, part))


def _referred(way: Expression, table: Table, pairs: Pairs, there: Table) -> Expression:
    """The row that columns of the row at the end of a way refer to."""
    optional = any(table.column(name).nullable for name, _ in pairs)
    relation = Relation(there.singular, table.name, there.name, pairs, None, False, optional, way.span)
    return Related(way, relation, Row(there.name, nullable=optional), way.span)
