"""What generated code calls that which expressions of the document speak of."""

from __future__ import annotations

from bkgen.model.endpoints import Access
from bkgen.model.expressions import Expression
from bkgen.model.service import Service
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.nobody import of_signed_in
from bkgen.resolve.vocabulary import ACTOR

ACCOUNT = "account"
"""The account that sends a request."""

VARIABLES = {ACTOR: ACCOUNT, NOW: "utc_now()"}
"""name in expressions -> the code that stands for it."""


def account_parameter(service: Service) -> str:
    """The parameter for who asks of what several endpoints share: None where somebody may ask without an account."""
    return f"{ACCOUNT}: Caller" if _all_are_known(service) else f"{ACCOUNT}: Caller | None"


def of_caller(expression: Expression, service: Service) -> Expression:
    """An expression that several endpoints share, as it is of that parameter."""
    if service.accounts is None or not _all_are_known(service):
        return expression
    return of_signed_in(expression, service.table(service.accounts.table))


def _all_are_known(service: Service) -> bool:
    return all(endpoint.access is not Access.OPTIONAL for endpoint in service.endpoints)
