"""Whether MongoDB can keep the documents of a backend, whose tables stay in the database."""

from __future__ import annotations

from bkgen.model.service import Service


def obstacle_in(service: Service) -> str | None:
    """The first reason why it cannot, as a sentence without a full stop; empty where it can, None without documents."""
    collections = {table.name for table in service.tables if table.is_collection}
    if not collections:
        return None
    for table in service.tables:
        for reference in table.references:
            if reference.table in collections:
                return f"`{table.name}` refers to documents of `{reference.table}`, which would be in another database"
    return ""
