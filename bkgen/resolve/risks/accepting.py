"""What documents accept: `"accept": {"BK905": "The phone book is public"}`.

It stands in an endpoint, table, column, view or service, and is for what is found within that object, or about it; in
the service, for all that is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bkgen.codes import CODES, DESIGN
from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.load.documents import Documents
from bkgen.model.risks import AcceptedRisk
from bkgen.resolve.nodes import child
from bkgen.resolve.risks.acceptance import Acceptance, Acceptances, Position
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.texts import free_text
from bkgen.source import List, Map, Span

ACCEPT = "accept"
OF_ENDPOINTS = ("BK419", "BK422", "BK423")
"""Warnings about security that have numbers of endpoints."""

ACCEPTABLE = frozenset(code for code in CODES if "BK900" < code < "BK990") | {*OF_ENDPOINTS}


def acceptances(documents: Documents, diagnostics: Diagnostics) -> list[Acceptance]:
    """All that the documents accept; adds `BK991` for codes that cannot be."""
    found = []
    for node in _holders(documents):
        accept = child(node, ACCEPT)
        for entry in accept or ():
            if entry.key in ACCEPTABLE:
                reason = free_text(accept, entry.key, diagnostics) if accept is not None else ""
                around = node.span if node is not documents.service else None
                found.append(Acceptance(entry.key, reason, entry.key_span, around, _end(node)))
            else:
                known = entry.key in CODES
                message = f"`{entry.key}` is {'no risk that can be accepted' if known else 'no code of a finding'}"
                fix = None if known else did_you_mean(entry.key, sorted(ACCEPTABLE))
                risks = max(ACCEPTABLE - DESIGN.keys())
                listed = f"{', '.join(OF_ENDPOINTS)}, BK901 to {risks} and {min(DESIGN)} to {max(DESIGN)} can be"
                diagnostics.add("BK991", entry.key_span, message, fix or listed)
    return found


def of_security(acceptances: list[Acceptance]) -> list[Acceptance]:
    """Those of what is told of every contract."""
    return [one for one in acceptances if one.code not in DESIGN]


def of_design(acceptances: list[Acceptance]) -> list[Acceptance]:
    """Those of what `bkgen lint` tells."""
    return [one for one in acceptances if one.code in DESIGN]


def accepted(risks: Iterable[Risk], acceptances: list[Acceptance], diagnostics: Diagnostics) -> list[AcceptedRisk]:
    """The risks that an acceptance covers, the narrowest one; adds all others to the diagnostics, and `BK990`."""
    found: list[AcceptedRisk] = []
    of_code = {code: Acceptances([one for one in acceptances if one.code == code]) for code in ACCEPTABLE}
    known: set[tuple[str, Span, str, Acceptance | None]] = set()
    for risk in risks:
        by = of_code[risk.code].of(risk)
        if (key := (risk.code, risk.span, risk.subject, by)) in known:
            continue
        known.add(key)
        if by is None:
            diagnostics.add(risk.code, risk.span, risk.message, risk.fix)
        else:
            found.append(AcceptedRisk(risk.code, risk.message, risk.span, by.reason, by.said))
    used = {by for *_, by in known}
    for one in acceptances:
        if one not in used:
            title = CODES[one.code].title
            where = "here" if one.around is not None else "in the documents"
            message = f"`{one.code}` ({title[0].lower()}{title[1:]}) is accepted, and there is none {where}"
            diagnostics.add("BK990", one.said, message, "remove it, or move it to what it is about")
    return found


def _holders(documents: Documents) -> Iterator[Map]:
    """Every object that can have an `accept`."""
    yield from (*documents.endpoints, *documents.stored, *documents.views)
    for table in documents.tables:
        columns = table.get("columns")
        if isinstance(columns, List):
            yield from (column for column in columns if isinstance(column, Map))
    if documents.service is not None:
        yield documents.service


def _end(node: Map) -> Position:
    """Where an object ends with its values."""
    return max((span.end_line, span.end_column) for span in (node.span, *(entry.value.span for entry in node)))
