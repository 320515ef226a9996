"""What resolving an endpoint needs to know about all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.model.errors import ErrorShape
from bkgen.model.policies import Policies
from bkgen.model.service import Accounts
from bkgen.model.states import Transition
from bkgen.model.tables import Table
from bkgen.resolve.lookup import Tables
from bkgen.resolve.relations import Relations
from bkgen.resolve.routes import Route
from bkgen.resolve.views import Views


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for all endpoints.

    Attributes:
        refreshes: whether one of them takes refresh tokens.
        paths: of GET endpoints, each by its pattern.
    """

    tables: Tables
    relations: Relations
    views: Views
    accounts: Accounts | None
    policies: Mapping[str, Policies]
    transitions: Mapping[str, tuple[Transition, ...]]
    refreshes: bool
    paths: Mapping[str, str]
    errors: ErrorShape
    diagnostics: Diagnostics

    def table_of(self, route: Route) -> Table | None:
        """The table that the endpoint works on, with what was added to it."""
        return self.tables[route.table.name] if route.table else None
