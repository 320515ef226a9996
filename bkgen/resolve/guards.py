"""Expressions over no more than may be read: rows that a policy hides count as absent."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Condition,
    Conditional,
    Expression,
    Filtered,
    Literal,
    Mapped,
    Name,
    Not,
    Operator,
    Quantified,
    Related,
    Row,
    Rows,
    Sorted,
    Value,
)
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names
from bkgen.resolve.asker import ANYONE, Asker
from bkgen.resolve.expressions.parts import rebuilt, walk
from bkgen.resolve.nobody import is_presence, of_signed_in
from bkgen.resolve.policies import shown, visible
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ACTOR, ROW
from bkgen.source import Span

_BOOLEAN = Value(Type(Kind.BOOLEAN))
_EQUALITIES = (Operator.EQUAL, Operator.NOT_EQUAL)


def guarded(expression: Expression, scope: Scope, asker: Asker = ANYONE, *, veils: bool = True) -> Expression:
    """The expression, to which related rows that may not be read are not there: one is null, of many it is none.

    Where it `veils`, columns that are not shown to who asks are null, too. Rules that hold for whoever the `asker` is
    are not asked.
    """

    def of(part: Expression) -> Expression:
        match part:
            case ColumnOf(row=row):
                rules = [*_rules(row, scope, asker), *(_veil(part, scope, asker) if veils else [])]
                return _if_all(rules, rebuilt(part, of), part.gives)
            case Binary(operator=operator, left=left, right=right) if operator in _EQUALITIES and isinstance(
                left.gives, Row
            ) | isinstance(right.gives, Row):
                row = left if isinstance(left.gives, Row) else right
                there = replace(part, operator=Operator.NOT_EQUAL, left=left, right=right)
                seen = _all([there, *_rules(row, scope, asker)])
                return seen if operator is Operator.NOT_EQUAL else Not(seen, _BOOLEAN, part.span)
            case Related(gives=Rows() as gives):
                return _filtered(part, gives, expression, scope, asker)
            case _:
                return rebuilt(part, of)

    return of(expression)


def about(expression: Expression, row: Expression) -> Expression:
    """The expression, which speaks of `row`, about another row."""

    def of(part: Expression) -> Expression:
        return row if isinstance(part, Name) and part.name == ROW else rebuilt(part, of)

    return of(_apart(expression, {part.name for part in walk(row) if isinstance(part, Name)}))


def _apart(expression: Expression, taken: set[str]) -> Expression:
    """The expression, whose macros have no variable that is called like something else."""
    found = rebuilt(expression, lambda part: _apart(part, taken))
    if not isinstance(found, Quantified | Filtered | Mapped | Sorted) or found.variable not in taken:
        return found
    used = {part.name for part in walk(found) if isinstance(part, Name)}
    old, new = found.variable, names.unique(found.variable, taken | used)

    def of(part: Expression) -> Expression:
        return replace(part, name=new) if isinstance(part, Name) and part.name == old else rebuilt(part, of)

    renamed = rebuilt(found, lambda part: part if part is found.source else of(part))
    assert isinstance(renamed, Quantified | Filtered | Mapped | Sorted)
    return replace(renamed, variable=new)


def of_itself(expression: Expression) -> Expression:
    """The expression where the row is the account that asks."""
    if isinstance(expression, Binary) and expression.operator is Operator.AND and is_presence(expression.left):
        return of_itself(expression.right)
    if isinstance(expression, Name) and expression.name == ACTOR and isinstance(expression.gives, Row):
        return Name(ROW, replace(expression.gives, nullable=False), expression.span)
    return rebuilt(expression, of_itself)


def always_of_itself(condition: Condition, table: Table) -> bool:
    """Whether a condition on the rows of the accounts holds for sure of the account that asks."""
    account = Asker(signed_in=True, filled=frozenset(column.name for column in table.columns if not column.nullable))
    return account.satisfies(about(condition.expression, Name(ACTOR, Row(table.name), condition.expression.span)))


def _veil(column: ColumnOf, scope: Scope, asker: Asker) -> list[Expression]:
    """What has to hold for whoever asks to see a column, wherever its row may be seen."""
    if not isinstance(column.row.gives, Row):
        return []
    table = column.row.gives.table
    rule = shown(table, column.column, scope)
    if rule is None or asker.satisfies(rule.expression):
        return []
    is_own = isinstance(column.row, Name) and column.row.name == ACTOR
    if is_own and always_of_itself(rule, scope.tables[table]):
        return []
    found = about(rule.expression, column.row)
    if not asker.signed_in or scope.accounts is None:
        return [found]
    return [of_signed_in(found, scope.tables[scope.accounts.table])]


def _rules(row: Expression, scope: Scope, asker: Asker) -> list[Expression]:
    """What has to hold for whoever asks to get to a row by the relations that lead to it."""
    if not isinstance(row, Related):
        return []
    rule = _rule(row.relation.target, scope, asker)
    return [*_rules(row.row, scope, asker), *([about(rule.expression, row)] if rule is not None else [])]


def _rule(table: str, scope: Scope, asker: Asker) -> Condition | None:
    """What has to hold of the rows of a table that may be read; None where it does for sure."""
    rule = visible(table, scope)
    return None if rule is not None and asker.satisfies(rule.expression) else rule


def _filtered(related: Related, gives: Rows, around: Expression, scope: Scope, asker: Asker) -> Expression:
    """The rows of a relation that may be read, if what they belong to may be."""
    rule = _rule(related.relation.target, scope, asker)
    rules = _rules(related.row, scope, asker)
    if rule is None and not rules:
        return related
    said = [around, *rules, *([rule.expression] if rule is not None else [])]
    taken = {one.name for part in said for one in walk(part) if isinstance(one, Name)}
    variable = names.unique(names.parameter(related.relation.name), taken)
    if rule is not None:
        rules.append(about(rule.expression, Name(variable, Row(gives.table), related.span)))
    return Filtered(related, variable, _all(rules), gives, related.span)


def _if_all(rules: list[Expression], found: Expression, gives: Value) -> Expression:
    """What is found if all rules hold, or else null."""
    if not rules:
        return found
    return Conditional(_all(rules), found, _null(found.span), replace(gives, nullable=True), found.span)


def _all(parts: list[Expression]) -> Expression:
    first, *others = parts
    for part in others:
        first = Binary(Operator.AND, first, part, _BOOLEAN, part.span)
    return first


def _null(span: Span) -> Literal:
    return Literal(None, Value(None, nullable=True), span)
