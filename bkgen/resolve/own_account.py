"""What policies of columns say of the account that asks, where it is the row itself."""

from __future__ import annotations

from bkgen.model.endpoints import Operation
from bkgen.model.tables import Column, Table
from bkgen.resolve.guards import always_of_itself
from bkgen.resolve.policies import writing
from bkgen.resolve.scope import Scope


def writes_own(operation: Operation, column: Column, table: Table, scope: Scope) -> bool:
    """Whether an operation may write a column: one on the own account only if a policy lets every account do so.

    Who registers is no account yet.
    """
    if operation not in (Operation.REGISTER, Operation.UPDATE_ME):
        return True
    rule = writing(table.name, [column.name], scope).get(column.name)
    return rule is None or (operation is Operation.UPDATE_ME and always_of_itself(rule, table))
