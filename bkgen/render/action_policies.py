"""Which policies the steps of an action keep, and when each of them is asked."""

from __future__ import annotations

from bkgen.model.actions import Delete, Insert, Load, Update
from bkgen.model.policies import Deed
from bkgen.resolve.vocabulary import ROW, mentions


def deed_of_step(step: Load | Insert | Update | Delete) -> Deed:
    """What a step does with the rows of its table."""
    match step:
        case Load():
            return Deed.READ
        case Insert():
            return Deed.CREATE
        case Update():
            return Deed.UPDATE
        case Delete():
            return Deed.DELETE


def is_asked_of_row(step: Load | Insert | Update | Delete) -> bool:
    """Whether a policy is asked of the row that the step has written."""
    allowed = step.terms.allowed
    if isinstance(step, Insert):
        return (allowed is not None and mentions(allowed.expression, ROW)) or bool(step.terms.writable)
    return step.terms.again
