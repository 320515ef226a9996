"""What an expression can speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bkgen.model.expressions import Expression, Gives
from bkgen.model.relations import Relation
from bkgen.model.service import Accounts
from bkgen.model.tables import Table
from bkgen.resolve.expressions.presence import Path, present_if


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of an expression.

    Attributes:
        names: the variables, such as `row` and `actor`, and what each gives.
        tables: all tables, by name.
        relations: of each table, by the names of table and relation.
        paths: of GET endpoints, each by its pattern: what URLs may lead to; None where there are no URLs.
        hidden: the tables whose rows policies may hide: a row of one counts as absent, so a way to it may lead nowhere.
        veils: whether columns that a policy does not show to everyone may be null for that.
        accounts: whose roles `is` and `can` ask for; None where nobody has an account.
        present: what conditions around the expression say is not null.
    """

    names: Mapping[str, Gives]
    tables: Mapping[str, Table]
    relations: Mapping[str, Mapping[str, Relation]]
    paths: Mapping[str, str] | None = None
    hidden: frozenset[str] = frozenset()
    veils: bool = False
    accounts: Accounts | None = None
    present: frozenset[Path] = frozenset()

    def where(self, condition: Expression, holds: bool) -> Scope:
        """The scope of what is looked at only where `condition` holds, or only where it does not."""
        return replace(self, present=self.present | present_if(condition, holds))

    def binding(self, name: str, gives: Gives) -> Scope:
        """The scope inside a macro, whose variable is `name`."""
        return replace(self, names={**self.names, name: gives})

    def members(self, table: str) -> tuple[str, ...]:
        """What can stand behind a row of the table and a dot."""
        columns = (column.name for column in self.tables[table].public)
        return (*columns, *self.relations.get(table, {}))
