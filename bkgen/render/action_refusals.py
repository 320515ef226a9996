"""What the steps of an action raise where they cannot go on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bkgen.model.actions import Delete, Insert, Load, Require, Update
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.service import Service
from bkgen.render.errors import KINDS, bad_token, missing_row, resource
from bkgen.render.literals import literal
from bkgen.render.problems import Problem

_GONE = "The account does not exist any more"
_MESSAGES = {
    400: "The request asks for what cannot be",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible as things are",
    422: "The request asks for what cannot be",
}


class Reason(Enum):
    """Why a step cannot be done with the row that it names."""

    MISSING = "there is none for who asks"
    FORBIDDEN = "who asks may not do this with it"
    OTHERWISE = "it is not as the step needs it"
    NOT_LET_IN = "who asks is not let in to any of it"


@dataclass(frozen=True, slots=True)
class Raised:
    """What a step raises, as expressions; None for nothing.

    Attributes:
        missing: where there is no such row.
        forbidden: where it is there, and who asks may not do this with it.
        otherwise: where it is there, but not as the step needs it.
        not_found: what `NotFound` is told of a plain 404, whichever of the three it is.
        imports: lines that `missing` needs.
    """

    missing: str | None
    forbidden: str | None
    otherwise: str | None
    not_found: str | None
    imports: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether the step goes on without a row."""
        return (self.missing, self.forbidden, self.otherwise) == (None, None, None)

    @property
    def reasons(self) -> list[tuple[tuple[Reason, ...], str]]:
        """What is asked of the row in turn, with what is raised where it does not hold; the last is the rest."""
        found: list[tuple[tuple[Reason, ...], str]] = []
        each = ((Reason.MISSING, self.missing), (Reason.FORBIDDEN, self.forbidden), (Reason.OTHERWISE, self.otherwise))
        for reason, raised_ in each:
            if raised_ is not None and found and found[-1][1] == raised_:
                found[-1] = ((*found[-1][0], reason), raised_)
            elif raised_ is not None:
                found.append(((reason,), raised_))
        return found


def raised_by(step: Load | Insert | Update | Delete, endpoint: Endpoint, service: Service) -> Raised:
    refusal = step.refusal
    absent = missing_row(step.table, service)
    missing = f"NotFound({absent})" if refusal.missing == 404 else _refused(refusal.missing, endpoint)
    imports = frozenset[str]()
    if refusal.gone:
        error = bad_token(service)
        missing = f"{error}({literal(_GONE)}, headers=CHALLENGE)"
        imports = frozenset({"from app.auth.scheme import CHALLENGE", f"from app.errors import {error}"})
    others = {refusal.otherwise, refusal.forbidden}
    plain = refusal.missing == 404 and others <= {None, 404}

    def of(status: int | None) -> str | None:
        return missing if plain and status is not None else _refused(status, endpoint)

    return Raised(missing, of(refusal.forbidden), of(refusal.otherwise), absent if plain else None, imports)


def problem_of(
    step: Load | Insert | Update | Delete | Require, reason: Reason, status: int, endpoint: Endpoint, service: Service
) -> Problem:
    """What is wrong where a step ends an action with a status, or does not begin for who asks."""
    if reason is Reason.NOT_LET_IN and service.accounts is not None:
        return Problem("forbidden", resource=resource(service.accounts.table, service))
    if not isinstance(step, Require):
        if step.refusal.gone and reason is Reason.MISSING:
            return Problem("bad_token", text=_GONE)
        found = raised_by(step, endpoint, service)
        code = {Reason.MISSING: found.missing, Reason.FORBIDDEN: found.forbidden, Reason.OTHERWISE: found.otherwise}
        if (code[reason] or "").startswith("NotFound("):
            return Problem("not_found", resource=resource(step.table, service))
    return Problem(KINDS[status][0], text=_MESSAGES[status])


def raised(status: int, endpoint: Endpoint) -> str:
    """The exception of a status; the route has what the contract says there, if it does."""
    return f"Refused({status})" if _is_said(status, endpoint) else f"Refused({status}, {literal(_MESSAGES[status])})"


def _refused(status: int | None, endpoint: Endpoint) -> str | None:
    return raised(status, endpoint) if status is not None else None


def _is_said(status: int, endpoint: Endpoint) -> bool:
    """Whether the contract has the body for it, whatever is raised."""
    return any(
        one.status == status and Cause.REFUSED in one.causes and one.literal is not None for one in endpoint.responses
    )
