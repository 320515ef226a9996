"""What has to hold of the rows of an action beside what its steps say: by policies, transitions, and what was written.

Each rule is turned into a condition on a row that is there before the action begins, which a test can make: what
a policy says of a new row, or of a changed one, is said of what the steps put into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from bkgen.model.actions import Delete, Insert, Load, Update, every, terms_of
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.expressions import ColumnOf, Expression, Literal, MemberOf, Name, Related, Row, Value
from bkgen.model.service import Service
from bkgen.model.tables import Default, Table
from bkgen.render.action_refusals import Reason
from bkgen.render.let_in import entry_on_first_row
from bkgen.render.path_rows import may_not_write
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import rebuilt, walk
from bkgen.resolve.vocabulary import ACTOR, BODY, ROW

RowStep = Load | Update | Delete
FREE = frozenset({ROW, ACTOR, NOW})
"""What a condition may speak of so that a scene can be made of it by itself."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A condition on the row of a step; rules are told apart by identity.

    Attributes:
        step: that keeps it.
        root: the step whose row it is about, which is there before; None where it is about no such row.
        expression: about `row`, `actor`, `now` and `body`.
        reason: why the step cannot be done where it does not hold, and `status` what the action then ends with.
        word: why, for the name of a test.
    """

    step: RowStep | Insert
    root: RowStep | None
    expression: Expression
    reason: Reason
    status: int
    word: str


def rules_of(endpoint: Endpoint, service: Service) -> tuple[Rule, ...]:
    return tuple(_Reader(endpoint, service).rules())


def roots_of(endpoint: Endpoint) -> Mapping[int, RowStep]:
    """id of a step -> the first step that works on its row; steps on rows that the action makes have none."""
    found: dict[int, RowStep] = {}
    named: dict[str, RowStep] = {}
    for step in every(endpoint.steps):
        if isinstance(step, Load | Update | Delete) and step.which.one:
            root = step
            for column, value in map(key_of, step.which.same):
                match value:
                    case ColumnOf(row=Name(name=name, gives=Row(table=table)), column=there) if name in named and (
                        table,
                        there,
                    ) == (step.table, column):
                        root = named[name]
            found[id(step)] = root
            if step.name:
                named[step.name] = root
    return found


def names_in(expression: Expression) -> set[str]:
    """The variables that are not bound inside."""
    bound = {part.variable for part in walk(expression) if hasattr(part, "variable")}
    return {part.name for part in walk(expression) if isinstance(part, Name)} - bound


class _Reader:
    def __init__(self, endpoint: Endpoint, service: Service) -> None:
        self._endpoint, self._service = endpoint, service
        self._roots = roots_of(endpoint)
        self._named = {
            step.name: self._roots[id(step)]
            for step in every(endpoint.steps)
            if isinstance(step, Load | Update | Delete) and step.name and id(step) in self._roots
        }

    def rules(self) -> Iterator[Rule]:
        yield from self._of_entry()
        for step in every(self._endpoint.steps):
            terms = terms_of(step)
            match step:
                case Load() | Update() | Delete() if id(step) in self._roots:
                    root, refusal = self._roots[id(step)], step.refusal
                    if terms.visible is not None and refusal.missing is not None:
                        word = "of_a_row_that_is_not_there_for_it"
                        yield Rule(step, root, terms.visible.expression, Reason.MISSING, refusal.missing, word)
                    for one, word in (
                        (terms.allowed, "a_policy_forbids_it"),
                        *((rule, may_not_write(column)) for column, rule in terms.writable),
                        (terms.by, "it_may_not_change_the_state"),
                    ):
                        reason, status = Reason.FORBIDDEN, refusal.forbidden
                        if step.which.first:  # which is one that it may be done with, or there is none
                            reason, status = Reason.MISSING, refusal.missing
                        if one is not None and status is not None:
                            yield Rule(step, root, one.expression, reason, status, f"where_{word}")
                    if terms.again and terms.allowed is not None and isinstance(step, Update):
                        values = dict(step.values)
                        after = self._about(terms.allowed.expression, values, self._service.table(step.table))
                        yield from self._rule(step, after, "where_it_would_be_forbidden_then", root)
                case Insert(table=name, values=values):
                    table = self._service.table(name)
                    asked = [(rule, f"where_{may_not_write(column)}") for column, rule in terms.writable]
                    if terms.allowed is not None:
                        asked.insert(0, (terms.allowed, "where_a_policy_forbids_the_new_row"))
                    for rule, word in asked:
                        made = self._about(rule.expression, self._made(dict(values), table), table)
                        yield from self._rule(step, made, word, None)

    def _of_entry(self) -> Iterator[Rule]:
        """What lets somebody in, said of the row that the path names."""
        asked = entry_on_first_row(self._endpoint, self._service)
        if asked is None:
            return
        writing = (step for step in every(self._endpoint.steps) if isinstance(step, Load | Update | Delete | Insert))
        response = self._endpoint.response(Cause.WRONG_ROLE)
        assert response is not None
        for step in islice(writing, 1):
            word, root = "where_the_account_may_not_come_in", self._roots.get(id(step))
            yield Rule(step, root, asked, Reason.NOT_LET_IN, response.status, word)

    def _rule(self, step: Insert | Update, after: Expression, word: str, root: RowStep | None) -> Iterator[Rule]:
        """What holds of a row that was written, said of a row that is there before."""
        owners = names_in(after) - FREE - {BODY}
        if root is None and len(owners) == 1 and (owner := next(iter(owners))) in self._named:
            root, after = self._named[owner], _renamed(after, owner)
        assert step.refusal.forbidden is not None
        yield Rule(step, root, after, Reason.FORBIDDEN, step.refusal.forbidden, word)

    def _made(self, values: dict[str, Expression], table: Table) -> dict[str, Expression]:
        """The values of a new row, with constant defaults."""
        for column in table.columns:
            constant = column.default
            if (
                column.name not in values
                and not isinstance(constant, Default)
                and (constant is not None or column.nullable)
            ):
                values[column.name] = Literal(constant, Value(column.type, constant is None), column.span)
        return values

    def _about(self, expression: Expression, values: Mapping[str, Expression], table: Table) -> Expression:
        """The expression on the row as it is written, by what is written."""
        match expression:
            case ColumnOf(row=Name(name=name), column=column) if name == ROW and column in values:
                return values[column]
            case Related(row=Name(name=name), relation=relation, gives=Row(table=target)) if name == ROW:
                owners = {_owner(values.get(own), there) for own, there in relation.pairs}
                if len(owners) == 1 and (owner := owners.pop()) is not None:
                    return replace(owner, gives=Row(target))
                if any(own in values for own, _ in relation.pairs):
                    return expression
        return rebuilt(expression, lambda part: self._about(part, values, table))


def _owner(value: Expression | None, column: str) -> Name | None:
    """The row that a value is a column of; None where it is anything else."""
    match value:
        case ColumnOf(row=Name() as owner, column=name) if name == column:
            return owner
        case _:
            return None


def _renamed(expression: Expression, name: str) -> Expression:
    """The expression with `row` in place of a name."""
    if isinstance(expression, Name) and expression.name == name:
        return replace(expression, name=ROW)
    return rebuilt(expression, lambda part: _renamed(part, name))


def speaks_of_body(expression: Expression) -> bool:
    return any(isinstance(part, MemberOf) for part in walk(expression))
