"""What expressions in documents can speak of, by where they stand."""

from __future__ import annotations

from collections.abc import Mapping

from bkgen.model.expressions import Gives, Row, Value
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import expressions
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.scope import Scope

ROW, ACTOR = "row", "actor"


def of_row(table: Table, scope: Scope, *, signed_in: bool = False) -> expressions.Scope:
    """What an expression about a row can speak of; `signed_in` where nobody gets there who is not."""
    names: dict[str, Gives] = {ROW: Row(table.name), NOW: Value(Type(Kind.DATETIME))}
    if scope.accounts is not None:
        names[ACTOR] = Row(scope.accounts.table, nullable=not signed_in)
    return _scope(names, scope)


def _scope(names: Mapping[str, Gives], scope: Scope) -> expressions.Scope:
    return expressions.Scope(names, scope.tables.by_name, scope.relations.by_table)
