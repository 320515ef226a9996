"""One finding about security, or about the design of a table."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.tables import Column, Table
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Risk:
    """A finding about security, or about the design of a table: what a document can accept.

    Attributes:
        code, span, message, fix: as of a `Diagnostic`.
        about: the other places that it is about: an `accept` that stands around one of them, or the span, is for it.
        subject: what it is about, where one span has several; of the risks with the same code, span and subject the
            first is told.
    """

    code: str
    span: Span
    message: str
    fix: str | None
    about: tuple[Span, ...] = ()
    subject: str = ""

    @property
    def places(self) -> tuple[Span, ...]:
        return (self.span, *self.about)


def called(endpoint: Endpoint) -> str:
    """What messages call an endpoint."""
    return f"{endpoint.method} {endpoint.path}"


def place_of(table: Table, column: Column) -> tuple[Span, ...]:
    """Where a column is declared; its table, where bkgen added it."""
    return (column.span, table.span)
