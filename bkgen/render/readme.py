"""View of the backend's README: endpoints, tables and their relations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Access, Endpoint, Mentioned
from bkgen.model.handlers import own_statuses
from bkgen.model.policies import Deed
from bkgen.model.risks import AcceptedRisk
from bkgen.model.roles import Roles
from bkgen.model.service import Service
from bkgen.model.shapes import Fact
from bkgen.model.tables import Column, Reference, Table
from bkgen.render.descriptions import described
from bkgen.render.drafts import Origin, column_origin, endpoint_origin, reference_origin, table_origin
from bkgen.render.literals import markdown
from bkgen.render.scopes import scopes_view
from bkgen.render.state_diagrams import StateDiagram, state_diagrams
from bkgen.render.versions import asks_version
from bkgen.render.who_may import WhoMay
from bkgen.resolve.allowed_deeds import AllowedDeeds, allowed_deeds
from bkgen.resolve.lookup import is_unique


@dataclass(frozen=True, slots=True)
class DiagramTable:
    """An entity of the ER diagram: its columns as Mermaid writes them."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadmeView:
    """Lines of Markdown: `endpoints`, `queries`, `handlers`, `policies`, `columns`, `roles`, `described` and `accepted`
    are rows of tables, `access` whole tables. `versioned` are names of tables.
    """

    endpoints: tuple[str, ...]
    queries: tuple[str, ...]
    keyed: tuple[str, ...]
    versioned: tuple[str, ...]
    handlers: tuple[str, ...]
    policies: tuple[str, ...]
    columns: tuple[str, ...]
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    who_may: tuple[str, ...]
    access: tuple[tuple[str, ...], ...]
    tables: tuple[DiagramTable, ...]
    relations: tuple[str, ...]
    states: tuple[StateDiagram, ...]
    described: tuple[str, ...]
    added: tuple[str, ...]
    accepted: tuple[str, ...]


def readme_view(service: Service, table: WhoMay | None) -> ReadmeView:
    added = [f"the table `{table.name}`: {table.added}" for table in service.tables if table.added]
    added += [
        f"the column `{table.name}.{column.name}`: {column.added}"
        for table in service.tables
        if not (table.added or table.is_collection)
        for column in table.columns
        if column.added
    ]
    return ReadmeView(
        endpoints=tuple(_endpoint_row(e) for e in sorted(service.endpoints, key=lambda e: e.package == "health")),
        queries=tuple(row for endpoint in service.endpoints for row in _query_rows(endpoint, service)),
        keyed=tuple(
            f"- `{endpoint.method} {endpoint.path}`{', which must have one: 400 without' * keys.required}"
            for endpoint in service.endpoints
            if (keys := endpoint.idempotency) is not None
        ),
        versioned=tuple(dict.fromkeys(f"`{one.table}`" for one in service.endpoints if asks_version(one))),
        handlers=tuple(_handler_rows(service)),
        policies=tuple(_policy_rows(service)),
        columns=tuple(_column_rows(service)),
        roles=tuple(_role_rows(service)),
        scopes=tuple(_scope_rows(service)),
        who_may=tuple(_who_may_rows(table)) if table is not None else (),
        access=tuple(tuple(_access_rows(one)) for one in allowed_deeds(service)),
        tables=tuple(_diagram_table(table) for table in service.tables),
        relations=tuple(_relation(table, reference) for table in service.tables for reference in table.references),
        states=tuple(state_diagrams(service)),
        described=tuple(row for table in service.tables for row, _ in _descriptions(table)),
        added=tuple(added),
        accepted=tuple(dict.fromkeys(map(_accepted_row, service.accepted))),
    )


def readme_origins(service: Service) -> dict[str, Origin]:
    """Where the lines about endpoints, tables and columns came from."""
    found = {_endpoint_row(endpoint): endpoint_origin(endpoint) for endpoint in service.endpoints if endpoint.declared}
    for table in service.tables:
        entity = f"{_entity(table.name)} {{"
        found[entity] = table_origin(table)
        for column in table.columns:
            found[f"{entity} {_diagram_column(column, table)}"] = column_origin(column)
        for reference in table.references:
            found[_relation(table, reference)] = reference_origin(reference)
        found |= dict(_descriptions(table))
    return found


def _handler_rows(service: Service) -> Iterator[str]:
    for endpoint in service.endpoints:
        if (handler := endpoint.handler) is not None:
            statuses = " ".join(map(str, own_statuses(endpoint)))
            where = f"`{handler.function}` in `{handler.path}`"
            yield _row(f"`{endpoint.method} {endpoint.path}`", where, f"{statuses}, in `{handler.tests}`")


def _policy_rows(service: Service) -> Iterator[str]:
    for name, policies in service.policies.items():
        conditions = (policies.allowed.get(deed) for deed in Deed)
        cells = (_code(condition.text) if condition else "nobody" for condition in conditions)
        yield _row(_code(name), *cells)


def _column_rows(service: Service) -> Iterator[str]:
    for name, policies in service.policies.items():
        for column in dict.fromkeys([*policies.visible, *policies.writable]):
            conditions = (policies.visible.get(column), policies.writable.get(column))
            cells = (_code(condition.text) if condition else "as its row" for condition in conditions)
            yield _row(_code(f"{name}.{column}"), *cells)


def _who_may_rows(table: WhoMay) -> Iterator[str]:
    """The rows of the table, behind its head and the line under that."""
    head, *rows = table.readme()
    yield _row(*(markdown(cell) for cell in head))
    yield _row(*("---" for _ in head))
    yield from (_row(*cells) for cells in rows)


def _access_rows(access: AllowedDeeds) -> Iterator[str]:
    """The table of who may do what with the rows of one table."""
    yield _row(_code(access.table), *map(markdown, access.kinds))
    yield _row(*["---"] * (len(access.kinds) + 1))
    for done, cells in access.cells:
        yield _row(markdown(done), *cells)


def _code(text: str) -> str:
    """Text of a document as code in the cell of a table."""
    fence = "``" if "`" in text else "`"
    return fence + " ".join(text.split()).replace("|", "\\|") + fence


_WHO = {Access.ANYONE: "anyone", Access.OPTIONAL: "anyone; a token tells who asks", Access.SIGNED_IN: "signed in"}


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _endpoint_row(endpoint: Endpoint) -> str:
    limit = endpoint.rate_limit
    who = _who(endpoint)
    from_replica = "From the replica." if endpoint.replica else ""
    return _row(
        f"`{endpoint.method} {endpoint.path}`",
        _sentences(endpoint.summary, " ".join(filter(None, (endpoint.description, from_replica)))),
        f"{who}, {markdown(limit.phrase)}" if limit else who,
        " ".join(str(status) for status in sorted({response.status for response in endpoint.responses})),
    )


def _who(endpoint: Endpoint) -> str:
    """Who gets to an endpoint."""
    if (entry := endpoint.entry) is not None:
        return markdown(entry.condition.text) if entry.place else f"where {_code(entry.condition.text)}"
    return " or ".join(map(markdown, endpoint.roles)) or _WHO[endpoint.access]


def _scope_rows(service: Service) -> Iterator[str]:
    """What each scope of API keys opens, and for which roles."""
    scopes = scopes_view(service)
    roles = dict(scopes.roles) if scopes is not None else {}
    for scope, _ in scopes.all if scopes is not None else ():
        calls = [f"`{one.method} {one.path}`" for one in service.endpoints if scope in one.scopes]
        yield _row(_code(scope), ", ".join(calls), ", ".join(map(markdown, roles.get(scope, ("any",)))))


def _role_rows(service: Service) -> Iterator[str]:
    """A row for each role, where one passes for another or has permissions."""
    roles = service.accounts.roles if service.accounts is not None else Roles()
    if not any(role.inherits or role.permissions for role in roles.all):
        return
    for role in roles.all:
        passes = [other.name for other in roles.all if other is not role and role.name in roles.passing_for(other.name)]
        may = map(_code, roles.permissions_of(role.name))
        yield _row(markdown(role.name), ", ".join(map(markdown, passes)), ", ".join(may))


def _query_rows(endpoint: Endpoint, service: Service) -> Iterator[str]:
    """A row for each query parameter that does more than to choose a page by its number."""
    for query in endpoint.query:
        text = described(query, endpoint, service, markdown, _code)
        if isinstance(query.use, Mentioned) and not text:
            continue  # it is for the steps or the code of the endpoint
        if query.fact in (None, Fact.CURSOR):
            needed = "Has to be there. " if query.required else ""
            where = f"`{endpoint.method} {endpoint.path}`"
            yield _row(where, f"`{query.name}`", needed + (text or f"Keeps those with this {markdown(query.name)}."))


def _sentences(summary: str, description: str) -> str:
    end = "" if summary.endswith((".", "!", "?")) else "."
    return markdown(f"{summary}{end} {description}" if description else summary)


def _accepted_row(risk: AcceptedRisk) -> str:
    return _row(risk.code, markdown(risk.message), markdown(risk.reason))


def _descriptions(table: Table) -> Iterator[tuple[str, Origin]]:
    """A row for the table and for each of its columns that the document describes."""
    if table.description:
        yield _row(f"`{table.name}`", markdown(table.description)), table_origin(table)
    for column in table.columns:
        if column.description:
            yield _row(f"`{table.name}.{column.name}`", markdown(column.description)), column_origin(column)


def _entity(name: str) -> str:
    return f'"{name}"'


def _diagram_table(table: Table) -> DiagramTable:
    columns = tuple(_diagram_column(column, table) for column in table.columns)
    return DiagramTable(name=_entity(table.name), columns=columns)


def _diagram_column(column: Column, table: Table) -> str:
    refers = column.name in table.referring
    keys = [key for key, holds in (("PK", column.primary), ("FK", refers), ("UK", column.unique)) if holds]
    return f"{column.type.kind} {_diagram_word(column.name)} {', '.join(keys)}".rstrip()


def _diagram_word(name: str) -> str:
    """A name as Mermaid takes it: word characters only."""
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def _relation(table: Table, reference: Reference) -> str:
    one = "|o" if table.is_optional(reference) else "||"
    many = "o|" if is_unique(table, reference.columns) else "o{"
    label = ", ".join(map(_diagram_word, reference.columns))
    return f'{_entity(reference.table)} {one}--{many} {_entity(table.name)} : "{label}"'
