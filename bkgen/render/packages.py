"""The files of one package under `app/`: its router and queries."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.render.accounts import AccountsView
from bkgen.render.answers import Homes, objects
from bkgen.render.drafts import Draft
from bkgen.render.environment import rendered
from bkgen.render.origins import query_origins, route_origins, schema_origins
from bkgen.render.queries import CRUD, query_view, row_constant, selected
from bkgen.render.routes import route_view
from bkgen.render.schemas import Declared


def package_drafts(
    package: str, service: Service, homes: Homes, has_schemas: bool, accounts: AccountsView | None
) -> dict[str, Draft]:
    """path -> draft for everything under `app/<package>/` but its `schemas.py`."""
    endpoints = service.packages[package]
    folder = f"app/{package}"
    drafts = {f"{folder}/__init__.py": Draft("")}
    queries = [query_view(endpoint, service, homes) for endpoint in endpoints if endpoint.operation in CRUD]
    view = {
        "package": package,
        "accounts": accounts,
        "other_packages": sorted(_others(endpoints, package, homes)),
        "has_schemas": has_schemas,
        "has_queries": bool(queries) or package == "auth",
        "models": sorted(table.class_name for table in service.tables),
    }
    routes = [route_view(endpoint, service, homes) for endpoint in endpoints]
    drafts[f"{folder}/router.py"] = Draft(
        rendered("app/package/router.py", routes=routes, **view), route_origins(endpoints)
    )
    if queries:
        text = rendered("app/package/queries.py", queries=queries, rows=_rows(endpoints, service), **view)
        drafts[f"{folder}/queries.py"] = Draft(
            text, query_origins(endpoint for endpoint in endpoints if endpoint.operation in CRUD)
        )
    return drafts


def schemas_draft(package: str, found: Declared, models: str, service: Service) -> Draft:
    """A package's `schemas.py`, which holds `models`."""
    text = f'"""Bodies of requests and responses of {package}."""\n\n{models}'
    return Draft(text, schema_origins(found, service))


def _rows(endpoints: Iterable[Endpoint], service: Service) -> list[tuple[str, list[str]]]:
    """The tuples of columns that the queries select, each once."""
    found: dict[str, list[str]] = {}
    for endpoint in endpoints:
        for shape in objects(endpoint.success.body):
            if shape.table is not None:
                found[row_constant(shape)] = selected(shape, service.table(shape.table))
    return list(found.items())


def _others(endpoints: Iterable[Endpoint], package: str, homes: Homes) -> set[str]:
    """The other packages whose schemas the endpoints use."""
    shapes = (shape for endpoint in endpoints for shape in (*objects(endpoint.body), *objects(endpoint.success.body)))
    return {homes[shape.package, shape.name] for shape in shapes} - {package}
