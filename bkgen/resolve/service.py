"""The whole service from its documents."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.load.documents import Documents
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Access, Endpoint, Operation
from bkgen.model.service import Service
from bkgen.resolve.accounts import likely_account_table, resolve_accounts
from bkgen.resolve.api_keys import (
    api_key_operation,
    api_key_route,
    api_keys_of,
    api_keys_table,
    own_keys,
    with_api_keys,
)
from bkgen.resolve.audit import audit_of
from bkgen.resolve.caches import with_cache
from bkgen.resolve.collections import resolve_collections, with_used_values
from bkgen.resolve.endpoints import HEALTH_PATHS, health_endpoint, resolve_endpoint
from bkgen.resolve.error_shape import resolve_errors
from bkgen.resolve.handlers.endpoint import report_shared
from bkgen.resolve.idempotency import keys_table
from bkgen.resolve.indexes import check_names, index_service
from bkgen.resolve.infer import route_of
from bkgen.resolve.lookup import Tables
from bkgen.resolve.mails import with_mails
from bkgen.resolve.mariadb import tell_of_mariadb
from bkgen.resolve.naming import name_endpoints, name_objects
from bkgen.resolve.oauth2 import with_oauth2
from bkgen.resolve.ordering import order_endpoints
from bkgen.resolve.outside_issuer import check_unchanged
from bkgen.resolve.paths import pattern, pattern_of
from bkgen.resolve.policies import resolve_policies
from bkgen.resolve.providers import with_provider_names
from bkgen.resolve.references import check_references, insert_order, with_whole_references
from bkgen.resolve.registering import registers
from bkgen.resolve.relations import Relations
from bkgen.resolve.replicas import with_replica
from bkgen.resolve.risks import review
from bkgen.resolve.routes import Route
from bkgen.resolve.rows import check_views
from bkgen.resolve.scope import Scope
from bkgen.resolve.second_factor import check_second_factor, with_second_factor
from bkgen.resolve.settings import read_settings
from bkgen.resolve.signing_in import access_of
from bkgen.resolve.states import resolve_states
from bkgen.resolve.statuses import report_added
from bkgen.resolve.tables import distinct_tables, resolve_tables
from bkgen.resolve.tokens import check_tokens, public_keys_route
from bkgen.resolve.versions import check_versions
from bkgen.resolve.views import Views
from bkgen.source import Map


def resolve(documents: Documents, diagnostics: Diagnostics) -> Service | None:
    """The service that the documents describe; None where `diagnostics` has an error."""
    first = next(
        iter((*documents.endpoints, *documents.stored, *([documents.service] if documents.service else []))), None
    )
    if first is None:
        diagnostics.add(
            "BK605", None, "the documents describe no endpoint and no table", "write a contract and a schema"
        )
        return None
    settings = read_settings(documents.service, Map((), first.span), diagnostics)
    tables = [*resolve_tables(documents.tables, diagnostics), *resolve_collections(documents.collections, diagnostics)]
    tables = with_whole_references(distinct_tables(tables, diagnostics), diagnostics)
    check_references(tables, diagnostics)
    declared = Tables(tables)
    holder = likely_account_table(tables, settings.auth)
    on_keys = {node.span: (node, what) for node in documents.endpoints if (what := api_key_operation(node, declared))}
    users = [node for node, _ in on_keys.values()]
    api_keys = api_keys_table(users, tables, holder, diagnostics) if users else None
    told = [
        (
            api_key_route(node, api_keys, on_keys[node.span][1], diagnostics)
            if node.span in on_keys
            else route_of(node, declared, holder, diagnostics)
        )
        for node in documents.endpoints
    ]
    routes = [route for route in told if route is not None]
    tables = [*tables, *([api_keys] if api_keys is not None else [])]
    routes = _without_repeated(routes, diagnostics)
    routes = with_provider_names([registers(route) for route in routes], settings.auth.providers)
    access = {str(route): access_of(route, settings.auth.required, diagnostics) for route in routes}
    needing = [
        route for route in routes if route.operation in ACCOUNT_OPERATIONS or access[str(route)] is not Access.ANYONE
    ]
    accounts, tables = resolve_accounts(tables, needing, settings.auth, diagnostics)
    accounts, tables = with_mails(accounts, tables, needing, settings.auth.mails, diagnostics)
    accounts, tables = with_second_factor(accounts, tables, needing, diagnostics)
    accounts, tables = with_oauth2(accounts, tables, routes, settings, diagnostics)
    if accounts is not None and api_keys is not None:
        accounts = replace(accounts, api_keys=api_keys_of(api_keys, settings.slug, routes, accounts.roles, diagnostics))
    check_tokens(routes, settings, accounts, diagnostics)
    check_versions(documents.stored, tables, accounts, diagnostics)
    keys = keys_table(routes, tables, accounts, diagnostics)
    tables = [*tables, *([keys] if keys is not None else [])]
    audit, tables = audit_of(documents.service, accounts, tables, diagnostics)
    scope = Scope(
        tables=Tables(tables),
        relations=Relations(Tables(tables)),
        views=Views(documents.views, diagnostics),
        accounts=accounts,
        policies={},
        transitions={},
        refreshes=any(route.operation is Operation.REFRESH for route in routes),
        paths={pattern_of(route.path): route.path for route in routes if route.method == "GET"},
        errors=resolve_errors(settings.errors, documents.endpoints, tables, diagnostics),
        diagnostics=diagnostics,
    )
    scope = replace(scope, policies=resolve_policies([*documents.stored, *own_keys(api_keys)], scope))
    scope = replace(scope, transitions=resolve_states(documents.tables, scope))
    found = [(route, resolve_endpoint(route, access[str(route)], scope)) for route in routes]
    endpoints = [
        with_replica(with_cache(one, route, scope.tables, diagnostics), route, diagnostics)
        for route, one in found
        if one is not None
    ]
    endpoints += _added(routes, scope, first)
    endpoints = with_api_keys(endpoints, routes, accounts, diagnostics)
    check_unchanged(endpoints, accounts, diagnostics)
    check_second_factor(endpoints, accounts, diagnostics)
    endpoints = order_endpoints(endpoints, diagnostics)
    report_shared(endpoints, scope)
    check_views(scope)
    if diagnostics.has_errors:
        return None
    for endpoint in endpoints:
        report_added(endpoint, diagnostics)
    service = Service(
        name=settings.name,
        slug=settings.slug,
        version=settings.version,
        description=settings.description,
        tables=tuple(tables),
        insert_order=insert_order(tables),
        endpoints=tuple(name_objects(name_endpoints(endpoints, scope.tables), scope)),
        accounts=accounts,
        policies=scope.policies,
        transitions=scope.transitions,
        errors=scope.errors,
        max_body_bytes=settings.max_body_bytes,
        rate_limit=settings.rate_limit,
        limits_fail_open=settings.limits_fail_open,
        cors_origins=settings.cors_origins,
        cors_setting=settings.cors_setting,
        documents=documents.files,
        span=documents.service.span if documents.service else None,
        audit=audit,
    )
    service = index_service(with_used_values(service))
    check_names(service, diagnostics)
    tell_of_mariadb(service, diagnostics)
    service = review(service, documents, holder, diagnostics)
    return None if diagnostics.has_errors else service


def _without_repeated(routes: list[Route], diagnostics: Diagnostics) -> list[Route]:
    found: dict[tuple[str, str], Route] = {}
    for route in routes:
        first = found.setdefault((route.method, pattern(route.segments)), route)
        if first is not route:
            place = f"{first.span.file.name}:{first.span.line}"
            message = f"{route} answers the same requests as {first} at {place}"
            diagnostics.add("BK402", route.span, message, "remove one of them")
    return list(found.values())


def _added(routes: list[Route], scope: Scope, first: Map) -> list[Endpoint]:
    """The endpoints that the contract leaves out: those with public keys, and with the service's health."""
    declared = {(route.method, route.path) for route in routes}
    keys = public_keys_route(routes, scope.accounts, first.span)
    public = resolve_endpoint(keys, Access.ANYONE, scope) if keys is not None else None
    return [
        *([replace(public, declared=False)] if public is not None else []),
        *_health(declared, scope, first),
    ]


def _health(declared: set[tuple[str, str]], scope: Scope, first: Map) -> list[Endpoint]:
    return [
        health_endpoint(operation, scope, first.span)
        for operation, path in HEALTH_PATHS.items()
        if ("GET", path) not in declared
    ]
