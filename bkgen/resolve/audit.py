"""The audit trail: whether the service keeps one, and the table that bkgen adds for it."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.service import Accounts, Audit
from bkgen.model.tables import Default, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.columns import plain_column
from bkgen.resolve.nodes import child, span_of, text
from bkgen.resolve.tables import added_table
from bkgen.resolve.texts import check_sql_name
from bkgen.source import Map

OUTCOMES = ("ok", "failed")
_LENGTHS = {"event": 40, "reason": 200, "actor": 200, "address": 64, "endpoint": 300, "path": 300, "request_id": 64}
_NULLABLE = ("reason", "actor", "address")


def audit_of(
    node: Map | None, accounts: Accounts | None, tables: list[Table], diagnostics: Diagnostics
) -> tuple[Audit | None, list[Table]]:
    """What the service document `node` says of an audit trail, and the tables with the one that it needs."""
    if node is None or "audit" not in node:
        return None, tables
    span = span_of(node, "audit")
    if accounts is None:
        message = "`audit` says nothing here: nobody signs in"
        diagnostics.add("BK675", span, message, "remove it, or add POST /auth/login")
        return None, tables
    said = child(node, "audit")
    name = text(said, "table") if said is not None else None
    if name is None or not check_sql_name("table", name, span, diagnostics):
        return Audit(None), tables
    reason = "the service keeps security events"
    events = added_table(name, reason, f"{reason}, in a table `{name}`", tables, span, diagnostics)
    diagnostics.add("BK674", span, f"{reason}: bkgen adds the table `{name}`")
    texts = {
        key: replace(
            plain_column(key, Type(Kind.STRING, max_length=length), span, private=True), nullable=key in _NULLABLE
        )
        for key, length in _LENGTHS.items()
    }
    instant = plain_column("happened_at", Type(Kind.DATETIME), span, private=True)
    columns = (
        replace(
            plain_column("id", Type(Kind.UUID), span, private=True), primary=True, default=Default.UUID, generated=True
        ),
        replace(instant, default=Default.NOW, generated=True, index=True),
        texts.pop("event"),
        plain_column("outcome", Type(Kind.STRING, enum=OUTCOMES), span, private=True),
        plain_column("status", Type(Kind.INTEGER, bits=16), span, private=True),
        *(replace(column, index=key == "actor") for key, column in texts.items()),
    )
    return Audit(events.name), [*tables, replace(events, columns=columns)]
