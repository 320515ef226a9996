"""Where the parts of each kind of generated file came from; the keys are names as `bkgen.symbols` gives them.

What no contract declares, such as a health endpoint that bkgen adds, comes from no place in a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bkgen.model.endpoints import ACCOUNT_OPERATIONS, SECOND_FACTOR_OPERATIONS, Access, Endpoint, Operation
from bkgen.model.in_shapes import rows_in
from bkgen.model.schema import constraint_name, index_name
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Field, Object
from bkgen.model.tables import Table
from bkgen.render.accounts import AccountsView, account_rows, begins_session, gives_token
from bkgen.render.building import row_constant
from bkgen.render.columns import targets
from bkgen.render.drafts import Origin, column_origin, endpoint_origin, reference_origin, table_origin
from bkgen.render.entries import entry_names
from bkgen.render.handlers import protocol
from bkgen.render.homes import Homes
from bkgen.render.naming import row_word, snake
from bkgen.render.routes import in_headers, python_path
from bkgen.render.schemas import Declared
from bkgen.render.tables import plain_indexes, unique_rules
from bkgen.render.tokens import takes_password

Origins = dict[str, Origin]

_TEST = re.compile(r"^def ((?:test|valid)_(\w+))\(", re.MULTILINE)


def model_origins(table: Table, service: Service) -> Origins:
    """Of a table's model."""
    name = table.class_name
    found = {name: table_origin(table)}
    found |= {f"{name}.{column.attribute}": column_origin(column) for column in table.columns}
    for reference in table.joint:
        own = [table.column(column).attribute for column in reference.columns]
        ends = " ".join([*own, *targets(reference, service)])
        found[f"{name}.__table_args__.{ends}"] = reference_origin(reference)
    for index in table.indexes:
        attributes = " ".join(table.column(column).attribute for column in index.columns)
        called = f"{index_name(table.name, index.columns, index.where)} " if index.where else ""
        found[f"{name}.__table_args__.{called}{attributes}"] = Origin(index.span, _rule("index", index.columns))
    return found


def migration_origins(service: Service) -> Origins:
    """Of the statements that create and drop tables."""
    found = {}
    for table in service.tables:
        created = f"upgrade.{table.name}"
        found[created] = found[f"downgrade.{table.name}"] = table_origin(table)
        for column in table.columns:
            found[f"{created}.{column.name}"] = column_origin(column)
        for reference in table.references:
            found[f"{created}.{constraint_name('fk', table.name, reference.columns)}"] = reference_origin(reference)
        for index in unique_rules(table):
            rule = Origin(index.span, _rule("unique rule", index.columns))
            found[f"{created}.{constraint_name('uq', table.name, index.columns)}"] = rule
        for index in plain_indexes(table):
            rule = Origin(index.span, _rule("index", index.columns))
            name = index_name(table.name, index.columns, index.where)
            found[f"upgrade.{name} {table.name}"] = rule
    return found


def _rule(kind: str, columns: Iterable[str]) -> str:
    return f"{kind} over {', '.join(f'`{column}`' for column in columns)}"


def schema_origins(declared: Declared, service: Service) -> Origins:
    """Of Pydantic models and their fields."""
    found = {}
    for name, schema in declared.items():
        if any(endpoint.declared for endpoint in schema.endpoints.values()):
            kind = "a request body" if schema.base == "Body" else "a response body"
            found[name] = Origin(schema.shape.span, kind)
            for field in schema.shape.fields:
                found[f"{name}.{field.attribute}"] = _field_origin(field, schema.shape, kind, service)
    return found


def _field_origin(field: Field, shape: Object, kind: str, service: Service) -> Origin:
    """The field in the contract; or its column, where the contract only says `object` or nothing."""
    if isinstance(field.shape, ColumnValue) and field.span == shape.span:
        return column_origin(service.table(field.shape.table).column(field.shape.column))
    return Origin(field.span, f"a field of {kind}")


def route_origins(endpoints: Iterable[Endpoint]) -> Origins:
    """Of the functions of a router, of their parameters, and of the rate limits in their decorators."""
    found: Origins = {}
    for endpoint in endpoints:
        if endpoint.declared:
            found |= _function_origins(endpoint)
            if limit := endpoint.rate_limit:
                key = f"{endpoint.name}.{python_path(endpoint)}.{in_headers(endpoint.name)}"
                found[key] = Origin(limit.span, "rate limit")
    return found


def protocol_origins(endpoints: Iterable[Endpoint]) -> Origins:
    """Of what the handlers have to be."""
    return {protocol(endpoint): endpoint_origin(endpoint) for endpoint in endpoints if endpoint.handler is not None}


def _function_origins(endpoint: Endpoint) -> Origins:
    """Of a function that is called like the endpoint, and has its query parameters."""
    return {endpoint.name: endpoint_origin(endpoint)} | {
        f"{endpoint.name}.{query.attribute}": Origin(query.span, f"query parameter `{query.name}`")
        for query in endpoint.query
    }


def query_origins(endpoints: Iterable[Endpoint], homes: Homes) -> Origins:
    """Of the functions of `queries.py`, and of the tuples of columns that they select."""
    found: Origins = {}
    for endpoint in endpoints:
        found |= _function_origins(endpoint)
        for shape in rows_in(endpoint.success.body):
            if not homes.builds(shape):
                found.setdefault(row_constant(shape), Origin(shape.span, f"a row of `{shape.table}` in an answer"))
    return found


def account_query_origins(service: Service, homes: Homes) -> Origins:
    """Of the functions of `app/auth/queries.py`: the first endpoint that calls each."""
    found: Origins = {}
    for endpoint in service.endpoints:
        names = ["find_account"] if endpoint.access is not Access.ANYONE else []
        if endpoint.operation in ACCOUNT_OPERATIONS:
            names += _account_queries(endpoint, service)
            names += [
                name
                for row in account_rows(endpoint, service, homes)
                for name in ([row.constant] if row.own else []) + [row.query]
            ]
        for name in names:
            found.setdefault(name, endpoint_origin(endpoint))
    return found


def caller_origins(service: Service) -> Origins:
    """Of who sends a request: the first endpoint that asks for it."""
    asking = next((endpoint for endpoint in service.endpoints if endpoint.access is not Access.ANYONE), None)
    return {"Caller": endpoint_origin(asking)} if asking else {}


def entry_origins(service: Service) -> Origins:
    """Of the functions that let people in: the first endpoint that asks by each."""
    found: Origins = {}
    names = entry_names(service)
    for endpoint in service.endpoints:
        if endpoint.name in names:
            found.setdefault(names[endpoint.name], endpoint_origin(endpoint))
    return found


def _account_queries(endpoint: Endpoint, service: Service) -> list[str]:
    opens = ["open_session"] if begins_session(endpoint, service) else []
    ends = ["revoke_other_sessions"] if service.accounts is not None and service.accounts.sessions is not None else []
    match endpoint.operation:
        case Operation.REGISTER:
            return [endpoint.name, *opens]
        case Operation.LOGIN | Operation.TOKEN:
            return ["Credentials", "find_credentials", *opens]
        case Operation.OAUTH2_CALLBACK:
            return ["Credentials", *opens]
        case Operation.REFRESH:
            return ["rotate_session"]
        case Operation.LOGOUT:
            return ["revoke_session"]
        case Operation.CHANGE_EMAIL | Operation.BEGIN_SECOND_FACTOR:
            return ["get_password_hash"]
        case Operation.LOGOUT_EVERYWHERE:
            return ["revoke_sessions"]
        case Operation.CHANGE_PASSWORD:
            return ["get_password_hash", "change_password", *ends]
        case Operation.UPDATE_ME:
            return [endpoint.name, *(ends if takes_password(endpoint) else [])]
        case Operation.DELETE_ME:
            return ["delete_me"]
        case _:
            return []


def settings_origins(service: Service) -> Origins:
    """Of the settings that not every backend has."""
    found: Origins = {}
    for endpoint in service.endpoints:
        if endpoint.operation in ACCOUNT_OPERATIONS and gives_token(endpoint):
            for name in ("secret_key", "previous_secret_keys", "jwt_private_keys"):
                found.setdefault(f"Settings.{name}", endpoint_origin(endpoint))
        if endpoint.operation in SECOND_FACTOR_OPERATIONS:
            found.setdefault("Settings.second_factor_keys", endpoint_origin(endpoint))
        if endpoint.rate_limit:
            found.setdefault("Settings.redis_url", Origin(endpoint.rate_limit.span, "the first rate limit"))
    if service.counts_requests and service.span is not None:
        found.setdefault("Settings.redis_url", Origin(service.span, "the service"))
    for table in service.tables:
        if table.is_collection:
            found.setdefault("DatabaseSettings.mongodb_url", table_origin(table))
    return found


def new_account_origins(service: Service, accounts: AccountsView | None) -> Origins:
    """Of what the command that adds an account takes."""
    if accounts is None:
        return {}
    table = service.table(accounts.table_name)
    fields = {attribute for attribute, _, _ in accounts.new_fields}
    columns = [column for column in table.columns if column.attribute in fields]
    return {"NewAccount": table_origin(table)} | {
        f"NewAccount.{column.attribute}": column_origin(column) for column in columns
    }


def application_origins(service: Service) -> Origins:
    """Of `app/main.py`."""
    return {"app": Origin(service.span, "the service")} if service.span else {}


def function_origins(text: str, endpoints: Iterable[Endpoint], service: Service) -> Origins:
    """Of the test functions in Python text, which are called after endpoints, and of the bodies that they send."""
    named = {endpoint.name: endpoint for endpoint in endpoints if endpoint.declared}
    bodies = {snake(endpoint.body.name): endpoint.body for endpoint in named.values() if endpoint.body is not None}
    found = {}
    for function, rest in _TEST.findall(text):
        if function.startswith("valid_") and rest in bodies:
            kind, body = "a request body", bodies[rest]
            found[function] = Origin(body.span, kind)
            found |= {f"{function}.{field.name}": _field_origin(field, body, kind, service) for field in body.fields}
        elif endpoint := named.get(re.sub(r"_\d{3}(_[a-z].*)?$", "", rest)):
            found[function] = endpoint_origin(endpoint)
    return found


def tested_endpoint_origins(endpoints: Iterable[Endpoint]) -> Origins:
    """Of the entries of tests/endpoints.py."""
    return {
        f"ENDPOINTS.{endpoint.method} {python_path(endpoint)}": endpoint_origin(endpoint)
        for endpoint in endpoints
        if endpoint.declared
    }


def tested_row_origins(service: Service) -> Origins:
    """Of the methods of `Rows` in tests/rows.py, and of the values in the rows that they make."""
    found = {}
    for table in service.tables:
        method = f"Rows.{row_word(table)}"
        found[method] = table_origin(table)
        found |= {f"{method}.{column.attribute}": column_origin(column) for column in table.columns}
    return found
