"""All findings about security of one service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.load.documents import Documents
from bkgen.model.service import Accounts, Service
from bkgen.model.tables import Table
from bkgen.resolve.nodes import text
from bkgen.resolve.risks.accepting import acceptances, accepted, of_security
from bkgen.resolve.risks.accounts import guesses_without_limit, weak_settings
from bkgen.resolve.risks.answers import told_to_anyone
from bkgen.resolve.risks.arrays import arrays_without_end
from bkgen.resolve.risks.collisions import values_that_tell_of_hidden_rows
from bkgen.resolve.risks.deeds import ways
from bkgen.resolve.risks.others import (
    accounts_that_others_change,
    roles_that_clients_choose,
    rows_that_others_change,
)
from bkgen.resolve.risks.parameters import secrets_in_addresses, telling_parameters
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.risks.writes import nobody_signs_in, open_write, policies_of_everyone


def review(service: Service, documents: Documents, likely: Table | None, diagnostics: Diagnostics) -> Service:
    """The service with the risks that its documents accept; those that they do not are added to the diagnostics.

    `likely` is the table that would hold accounts, if there were any.
    """
    risks = _risks(service, documents, likely)
    found = of_security(acceptances(documents, diagnostics))
    return replace(service, accepted=tuple(accepted(risks, found, diagnostics)))


def _risks(service: Service, documents: Documents, likely: Table | None) -> Iterator[Risk]:
    yield from guesses_without_limit(service)
    if service.accounts is None:
        yield from nobody_signs_in(service, likely)
    else:
        yield from _writes(service, service.accounts, documents)
    yield from roles_that_clients_choose(service)
    yield from arrays_without_end(service)
    yield from told_to_anyone(service)
    yield from secrets_in_addresses(service)
    yield from telling_parameters(service)
    yield from values_that_tell_of_hidden_rows(service)
    yield from weak_settings(service, documents.service)


def _writes(service: Service, accounts: Accounts, documents: Documents) -> Iterator[Risk]:
    """Each write that is for too many is told once: of a policy, of others' rows, or else of the endpoint."""
    nodes = {text(node, "name") or "": node for node in documents.stored}
    by_policy = list(policies_of_everyone(ways(service), nodes, accounts, service))
    yield from (risk for risk, _ in by_policy)
    told = frozenset(deed for _, deed in by_policy)
    for endpoint in service.endpoints:
        found = [
            *accounts_that_others_change(endpoint, accounts, service),
            *rows_that_others_change(endpoint, accounts, service),
        ]
        yield from found or open_write(endpoint, told, accounts, service)
