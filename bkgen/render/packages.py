"""The files of one package under `app/`: its router, queries and schemas."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Object
from bkgen.model.tables import Table
from bkgen.render.accounts import AccountsView
from bkgen.render.building import answer_view, row_constant, selected
from bkgen.render.drafts import Draft, Origin
from bkgen.render.environment import rendered
from bkgen.render.homes import Homes
from bkgen.render.queries import CRUD, query_view
from bkgen.render.routes import route_view
from bkgen.render.schemas import Declared, schemas_text
from bkgen.render.shapes import objects_of, rows_in


def package_drafts(
    package: str, service: Service, homes: Homes, declared: Declared, accounts: AccountsView | None
) -> dict[str, Draft]:
    """path -> draft for everything under `app/<package>/`, whose schemas are `declared`."""
    endpoints = service.packages.get(package, ())
    folder = f"app/{package}"
    drafts = {f"{folder}/__init__.py": Draft("")}
    schemas = schemas_text(package, declared, homes)
    if schemas:
        drafts[f"{folder}/schemas.py"] = Draft(schemas, _schema_origins(declared))
    built = [shape for shape, _ in declared.values() if homes.builds(shape)]
    if built:
        drafts[f"{folder}/answers.py"] = _answers(package, built, service, homes, accounts)
    if not endpoints:
        return drafts
    queries = [query_view(endpoint, service, homes) for endpoint in endpoints if endpoint.operation in CRUD]
    view = {
        "package": package,
        "accounts": accounts,
        "other_packages": sorted(_others(endpoints, package, homes)),
        "has_schemas": bool(schemas),
        "has_queries": bool(queries) or package == "auth",
        "models": sorted(table.class_name for table in service.tables),
    }
    origins = {endpoint.name: Origin(endpoint.span, endpoint.rule) for endpoint in endpoints if endpoint.declared}
    routes = [route_view(endpoint, service, homes) for endpoint in endpoints]
    drafts[f"{folder}/router.py"] = Draft(rendered("app/package/router.py", routes=routes, **view), origins)
    if queries:
        text = rendered("app/package/queries.py", queries=queries, rows=_rows(endpoints, service, homes), **view)
        named = {query.name: origins[query.name] for query in queries}
        drafts[f"{folder}/queries.py"] = Draft(text, named)
    return drafts


def _answers(
    package: str, built: Iterable[Object], service: Service, homes: Homes, accounts: AccountsView | None
) -> Draft:
    """`answers.py`: how the rows become answers that have other rows in them, or are in others."""
    built = list(built)
    views = [answer_view(shape, service, homes) for shape in built]
    inner = {homes[row] for shape in built for row in objects_of(shape)} - {package}
    text = rendered(
        "app/package/answers.py",
        answers=views,
        imports=sorted(set().union(*(view.imports for view in views))),
        accounts=accounts,
        models=sorted(table.class_name for table in service.tables),
        package=package,
        other_packages=sorted(inner),
    )
    named = zip((view.build for view in views), built, strict=True)
    return Draft(text, {name: Origin(shape.span, f"rows of `{shape.table}`") for name, shape in named})


def _shapes(endpoint: Endpoint) -> Iterable[Object]:
    """The objects that the code of an endpoint names."""
    yield from objects_of(endpoint.body)
    for shape in objects_of(endpoint.success.body):
        if shape.table is None:
            yield shape
    yield from rows_in(endpoint.success.body)


def _rows(endpoints: Iterable[Endpoint], service: Service, homes: Homes) -> list[tuple[str, list[str]]]:
    """The tuples of columns that the queries select, each once."""
    found: dict[str, list[str]] = {}
    for endpoint in endpoints:
        for shape in rows_in(endpoint.success.body):
            if shape.table is not None and not homes.builds(shape):
                found[row_constant(shape)] = selected(shape, service.table(shape.table))
    return list(found.items())


def _others(endpoints: Iterable[Endpoint], package: str, homes: Homes) -> set[str]:
    """The other packages whose schemas the endpoints use: what is within these is theirs to import."""
    shapes = (shape for endpoint in endpoints for shape in _shapes(endpoint))
    return {homes[shape] for shape in shapes} - {package}


def _schema_origins(declared: Declared) -> dict[str, Origin]:
    origins = {}
    for name, (shape, base) in declared.items():
        rule = "a request body" if base == "Body" else "a response body"
        origins[name] = Origin(shape.span, rule)
        origins |= {f"{name}.{item.attribute}": Origin(item.span, f"a field of {rule}") for item in shape.fields}
    return origins


def model_origins(table: Table) -> dict[str, Origin]:
    """The origins of a table's model."""
    rule = table.added or f"table `{table.name}`"
    columns = {
        f"{table.class_name}.{column.attribute}": Origin(column.span, column.added or f"column `{column.name}`")
        for column in table.columns
    }
    return {table.class_name: Origin(table.span, rule), **columns}
