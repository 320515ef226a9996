"""What the steps of an action raise where they cannot go on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bkgen.model.actions import Delete, Insert, Load, Update
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.service import Service
from bkgen.render.errors import bad_token, missing_row
from bkgen.render.literals import literal

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
    absent = _absent(step.table, endpoint, service)
    missing = f"NotFound({absent})" if refusal.missing == 404 else _refused(refusal.missing, endpoint)
    imports = frozenset[str]()
    if refusal.gone:
        error = bad_token(service)
        missing = f'{error}("The account does not exist any more", headers=CHALLENGE)'
        imports = frozenset({"from app.auth.scheme import CHALLENGE", f"from app.errors import {error}"})
    others = {refusal.otherwise, refusal.forbidden}
    plain = refusal.missing == 404 and others <= {None, 404}

    def of(status: int | None) -> str | None:
        return missing if plain and status is not None else _refused(status, endpoint)

    return Raised(missing, of(refusal.forbidden), of(refusal.otherwise), absent if plain else None, imports)


def raised(status: int, endpoint: Endpoint) -> str:
    """The exception of a status, with what the contract says there."""
    return f"Refused({status}, {literal(_said(status, endpoint) or _MESSAGES[status])})"


def _refused(status: int | None, endpoint: Endpoint) -> str | None:
    return raised(status, endpoint) if status is not None else None


def _absent(table: str, endpoint: Endpoint, service: Service) -> str:
    """What `NotFound` is told, as Python text."""
    said = _said(404, endpoint)
    return literal(said) if said is not None and not service.errors.detailed else missing_row(table, service)


def _said(status: int, endpoint: Endpoint) -> str | None:
    """The sentence that the contract answers with, if it is one."""
    found = [one for one in endpoint.responses if one.status == status and Cause.REFUSED in one.causes]
    texts = list(found[0].literal.values()) if found and found[0].literal else []
    return texts[0] if len(texts) == 1 and isinstance(texts[0], str) else None
