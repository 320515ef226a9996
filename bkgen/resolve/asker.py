"""What is known of who asks before any row is read, and which conditions hold by that alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.model.expressions import Binary, ColumnOf, Expression, ListOf, Literal, Name, Operator
from bkgen.resolve.vocabulary import ACTOR, ROW


@dataclass(frozen=True, slots=True)
class Asker:
    """Who gets to an endpoint.

    Attributes:
        signed_in: nobody gets there who is not.
        filled: the columns that every account has a value in.
        role: the column with the roles; empty where there is none.
        roles: those that the endpoint asks for; none where it asks for no role.
    """

    signed_in: bool
    filled: frozenset[str] = frozenset()
    role: str = ""
    roles: tuple[str, ...] = ()

    def satisfies(self, condition: Expression, written: Mapping[str, Expression] | None = None) -> bool:
        """Whether the condition holds for sure of a row with what is `written` in it, whoever this is."""
        if not self.signed_in:
            return False
        values = written or {}
        match condition:
            case Literal(value=True):
                return True
            case Binary(operator=Operator.OR, left=left, right=right):
                return self.satisfies(left, values) or self.satisfies(right, values)
            case Binary(operator=Operator.AND, left=left, right=right):
                return self.satisfies(left, values) and self.satisfies(right, values)
            case Binary(operator=Operator.NOT_EQUAL, left=Name(name=name), right=Literal(value=None)):
                return name == ACTOR
            case Binary(operator=Operator.EQUAL, left=left, right=Literal(value=value)):
                return self._is_among(left, (value,))
            case Binary(operator=Operator.IN, left=left, right=ListOf(items=items)):
                return self._is_among(left, tuple(item.value for item in items if isinstance(item, Literal)))
            case Binary(operator=Operator.EQUAL, left=left, right=right):
                column = _own(left, values)
                return column in self.filled and column == _own(right, values)
        return False

    def _is_among(self, expression: Expression, values: tuple[object, ...]) -> bool:
        """Whether it is the role of who asks, and that is one of the values."""
        return bool(self.roles) and _own(expression, {}) == self.role and set(self.roles) <= set(values)


ANYONE = Asker(signed_in=False)
"""Of whom nothing is known."""


def _own(expression: Expression, written: Mapping[str, Expression]) -> str | None:
    """The column of the account that asks which an expression is, or which is written where it points to."""
    match expression:
        case ColumnOf(row=Name(name=name), column=column) if name == ACTOR:
            return column
        case ColumnOf(row=Name(name=name), column=column) if name == ROW and column in written:
            return _own(written[column], {})
    return None
