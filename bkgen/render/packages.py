"""The files of one package under `app/`: its router and queries."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import CRUD, STEP_OPERATIONS, Endpoint
from bkgen.model.in_shapes import objects_of, rows_in
from bkgen.model.service import Service
from bkgen.model.shapes import Object
from bkgen.render.accounts import AccountsView, account_modules
from bkgen.render.actions import UPSERT, action_view
from bkgen.render.audit import audit_view
from bkgen.render.building import answer_view, row_constant, selected
from bkgen.render.drafts import Draft, Origin
from bkgen.render.entries import entry_names
from bkgen.render.environment import rendered
from bkgen.render.errors import ErrorsView
from bkgen.render.forms import forms
from bkgen.render.handlers import handler_view
from bkgen.render.homes import Homes
from bkgen.render.nested_writes import writer_views
from bkgen.render.origins import protocol_origins, query_origins, route_origins, schema_origins
from bkgen.render.queries import query_view
from bkgen.render.routes import route_view
from bkgen.render.schemas import Declared


def package_drafts(
    package: str,
    service: Service,
    homes: Homes,
    declared: Declared,
    accounts: AccountsView | None,
    errors: ErrorsView,
) -> dict[str, Draft]:
    """path -> draft for everything under `app/<package>/` but its `schemas.py`, which declares `declared`."""
    endpoints = service.packages.get(package, ())
    folder = f"app/{package}"
    drafts = {f"{folder}/__init__.py": Draft("")}
    built = [schema.shape for schema in declared.values() if homes.builds(schema.shape)]
    if built:
        drafts[f"{folder}/answers.py"] = _answers(package, built, service, homes, accounts)
    if not endpoints:
        return drafts
    queries = [query_view(endpoint, service, homes) for endpoint in endpoints if endpoint.operation in CRUD]
    actions = [action_view(endpoint, service, homes) for endpoint in endpoints if endpoint.operation in STEP_OPERATIONS]
    names = entry_names(service)
    handlers = [handler_view(endpoint, service, homes) for endpoint in endpoints if endpoint.handler is not None]
    view = {
        "package": package,
        "accounts": accounts,
        "errors": errors,
        "other_packages": sorted(_others(endpoints, package, homes)),
        "own_modules": [
            *(account_modules(service) if package == "auth" else []),
            *(["protocols"] if handlers else []),
            *(["queries"] if queries or actions or package == "auth" else []),
            *(["schemas"] if declared else []),
        ],
        "handlers": handlers,
        "audit": audit_view(service),
        "caches": any(endpoint.cache for endpoint in endpoints),
        "entries": sorted({names[one.name] for one in endpoints if one.entry is not None}),
        "models": sorted(table.class_name for table in service.tables),
    }
    routes = [route_view(endpoint, service, homes) for endpoint in endpoints]
    text = rendered("app/package/router.py", routes=routes, forms=forms(endpoints, package, homes), **view)
    drafts[f"{folder}/router.py"] = Draft(text, route_origins(endpoints))
    if handlers:
        text = rendered("app/package/protocols.py", **view)
        drafts[f"{folder}/protocols.py"] = Draft(text, protocol_origins(endpoints))
    if queries or actions:
        text = rendered(
            "app/package/queries.py",
            queries=queries,
            actions=actions,
            writers=writer_views(endpoints, service, homes),
            rows=_rows(endpoints, service, homes),
            imports=sorted(
                frozenset({UPSERT}).union(*(one.imports for one in queries), *(one.imports for one in actions))
            ),
            **view,
        )
        drafts[f"{folder}/queries.py"] = Draft(
            text, query_origins((one for one in endpoints if one.operation in CRUD or one.steps), homes)
        )
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


def schemas_draft(package: str, found: Declared, models: str, service: Service) -> Draft:
    """A package's `schemas.py`, which holds `models`."""
    text = f'"""Bodies of requests and responses of {package}."""\n\n{models}'
    return Draft(text, schema_origins(found, service))


def _shapes(endpoint: Endpoint) -> Iterable[Object]:
    """The objects that the code of an endpoint names."""
    yield from objects_of(endpoint.request)
    for shape in objects_of(endpoint.success.body):
        if shape.table is None:
            yield shape
    yield from rows_in(endpoint.success.body)


def _rows(endpoints: Iterable[Endpoint], service: Service, homes: Homes) -> list[tuple[str, list[str]]]:
    """The tuples of columns that the queries select, each once."""
    found: dict[str, list[str]] = {}
    for endpoint in endpoints:
        if endpoint.handler is not None:
            continue
        for shape in rows_in(endpoint.success.body):
            if shape.table is not None and not homes.builds(shape):
                found[row_constant(shape)] = selected(shape, service.table(shape.table))
    return list(found.items())


def _others(endpoints: Iterable[Endpoint], package: str, homes: Homes) -> set[str]:
    """The other packages whose schemas the endpoints use: what is within these is theirs to import."""
    shapes = (shape for endpoint in endpoints for shape in _shapes(endpoint))
    return {homes[shape] for shape in shapes} - {package}
