"""View of the backend's README: endpoints, tables and their relations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """A row of the table of endpoints; every cell is Markdown."""

    endpoint: str
    summary: str
    who: str
    statuses: str


@dataclass(frozen=True, slots=True)
class DiagramTable:
    """An entity of the ER diagram: its columns as Mermaid writes them."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadmeView:
    endpoints: tuple[EndpointRow, ...]
    tables: tuple[DiagramTable, ...]
    relations: tuple[str, ...]
    added: tuple[str, ...]


def markdown(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line and inside a table cell too."""
    line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", line)


def readme_view(service: Service) -> ReadmeView:
    added = [f"the table `{table.name}`: {table.added}" for table in service.tables if table.added]
    added += [
        f"the column `{table.name}.{column.name}`: {column.added}"
        for table in service.tables
        if not table.added
        for column in table.columns
        if column.added
    ]
    return ReadmeView(
        endpoints=tuple(_endpoint_row(e) for e in sorted(service.endpoints, key=lambda e: e.package == "health")),
        tables=tuple(_diagram_table(table) for table in service.tables),
        relations=tuple(
            _relation(table, column)
            for table in service.tables
            for column in table.columns
            if column.reference is not None
        ),
        added=tuple(added),
    )


def _endpoint_row(endpoint: Endpoint) -> EndpointRow:
    limit = endpoint.rate_limit
    who = "signed in" if endpoint.authenticated else "anyone"
    return EndpointRow(
        endpoint=f"`{endpoint.method} {endpoint.path}`",
        summary=markdown(endpoint.summary),
        who=f"{who}, {markdown(limit.phrase)}" if limit else who,
        statuses=" ".join(str(status) for status in sorted({response.status for response in endpoint.responses})),
    )


def _entity(name: str) -> str:
    return f'"{name}"'


def _diagram_table(table: Table) -> DiagramTable:
    return DiagramTable(name=_entity(table.name), columns=tuple(_diagram_column(column) for column in table.columns))


def _diagram_column(column: Column) -> str:
    keys = [key for key, holds in (("PK", column.primary), ("FK", column.reference), ("UK", column.unique)) if holds]
    # Mermaid takes only word characters here.
    name = re.sub(r"\W", "_", column.name, flags=re.ASCII)
    return f"{column.type.kind} {name} {', '.join(keys)}".rstrip()


def _relation(table: Table, column: Column) -> str:
    assert column.reference is not None
    one = "|o" if column.nullable else "||"
    many = "o|" if column.unique else "o{"
    label = re.sub(r"\W", "_", column.name, flags=re.ASCII)
    return f'{_entity(column.reference.table)} {one}--{many} {_entity(table.name)} : "{label}"'
