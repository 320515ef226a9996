"""What tests send to see that texts are tidied."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, FactValue, Field
from bkgen.model.tables import Column
from bkgen.model.types import Sanitize, Type
from bkgen.render.literals import literal
from bkgen.render.test_bodies import fields_of


@dataclass(frozen=True, slots=True)
class TidiedField:
    """A field of text, and what may stand around its value.

    Attributes:
        name, before, behind: literals; `nothing` is what stands around, with nothing in it.
        shown: whether the answer shows it.
        needed: whether something has to be left of it.
        alone: whether no two new rows may have the same there.
    """

    name: str
    before: str
    behind: str
    nothing: str
    shown: bool
    needed: bool
    alone: bool


_HTML = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")


def tidied_fields(endpoint: Endpoint, service: Service, shown: set[str]) -> tuple[TidiedField, ...]:
    """The fields of a body that are tidied so that something around them goes; `shown` is what the answer has."""
    found = []
    for field in fields_of(endpoint):
        column = _column(field, service)
        if column is None or not isinstance(field.shape, ColumnValue | FactValue):
            continue
        type_ = field.shape.type
        before, behind = _around(type_)
        if before:
            makes = endpoint.operation in (Operation.CREATE, Operation.REGISTER)
            alone = makes and column.unique and column.reference is None
            needed = bool(type_.min_length)
            found.append(
                TidiedField(
                    name=literal(field.name),
                    before=literal(before),
                    behind=literal(behind),
                    nothing=literal(before + behind),
                    shown=field.name in shown,
                    needed=needed,
                    alone=alone,
                )
            )
    return tuple(found)


def _around(type_: Type) -> tuple[str, str]:
    """What goes when it stands before and behind a value; nothing where a type takes nothing away."""
    white = (" \t", "\n\u3000") if type_.is_trimmed else ("", "")
    match type_.sanitize:
        case Sanitize.TEXT:
            return f"\u202e{white[0]}\u200b", f"\u2066{white[1]}\ufeff"
        case Sanitize.HTML:
            return white[0] + _HTML[0], _HTML[1] + white[1]
        case _:
            return white


def _column(field: Field, service: Service) -> Column | None:
    """The column that a field of a body is written to."""
    match field.shape:
        case ColumnValue(table=table, column=column):
            return service.table(table).column(column)
        case FactValue(fact=Fact.IDENTITY) if service.accounts is not None:
            return service.table(service.accounts.table).column(service.accounts.identity)
        case _:
            return None
