"""What the steps of an action raise where they cannot go on."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.actions import Delete, Load, Update
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.resolve.words import phrase

_ERRORS = {400: "BadRequest", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 422: "Unprocessable"}
_MESSAGES = {
    400: "The request asks for what cannot be",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible as things are",
    422: "The request asks for what cannot be",
}


@dataclass(frozen=True, slots=True)
class Raised:
    """What a step raises, as expressions; None for nothing.

    Attributes:
        missing: where there is no such row.
        otherwise: where it is there, but not as the step needs it.
        not_found: the message of a plain 404, whichever of the two it is.
    """

    missing: str | None
    otherwise: str | None
    not_found: str | None


def raised_by(step: Load | Update | Delete, endpoint: Endpoint, service: Service) -> Raised:
    table, refusal = service.table(step.table), step.refusal
    absent = f"{phrase(table.singular).capitalize()} not found"
    missing = raised(refusal.missing, absent, endpoint)
    plain = refusal.missing == 404 and refusal.otherwise in (None, 404)
    otherwise = missing if plain else raised(refusal.otherwise, "", endpoint)
    return Raised(
        missing, otherwise if refusal.otherwise is not None else None, message(404, absent, endpoint) if plain else None
    )


def raised(status: int | None, text: str, endpoint: Endpoint) -> str | None:
    """The exception of a status, with what the contract says there or else with `text`."""
    return f"{_ERRORS[status]}({literal(message(status, text, endpoint))})" if status is not None else None


def message(status: int, text: str, endpoint: Endpoint) -> str:
    """The sentence that the contract answers with, if it is one; or else `text`, or one that fits the status."""
    found = [one for one in endpoint.responses if one.status == status and Cause.REFUSED in one.causes]
    texts = list(found[0].literal.values()) if found and found[0].literal else []
    return texts[0] if len(texts) == 1 and isinstance(texts[0], str) else text or _MESSAGES[status]
