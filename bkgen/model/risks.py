"""Risks of a service that its documents accept, with the reason that they give."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class AcceptedRisk:
    """A finding about security that is not told, because a document accepts it.

    Attributes:
        code, message, span: of the finding.
        reason: why it is accepted: a sentence of the document.
        said: where the document says so.
    """

    code: str
    message: str
    span: Span
    reason: str
    said: Span
