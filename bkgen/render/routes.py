"""Views of `router.py`: one function per endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Access, Endpoint, Operation, QueryParameter
from bkgen.model.service import Service
from bkgen.model.shapes import Fact, FactValue, Object
from bkgen.model.types import Type
from bkgen.render.accounts import RowView, account_rows
from bkgen.render.actions import action_docstring
from bkgen.render.annotations import constrained
from bkgen.render.answers import annotation, answer, facts_of, schema
from bkgen.render.homes import Homes
from bkgen.render.literals import docstring, literal
from bkgen.render.queries import CRUD, query_docstring, takes_account
from bkgen.render.shapes import rows_in


@dataclass(frozen=True, slots=True)
class SignInView:
    """What the routes of `app/auth/` and `app/health/` need beyond the others; empty texts stand for absence.

    Attributes:
        identity, password, current_password, new_password, refresh_token: where the body has them.
        assignment: what becomes of what the query of `register` gives: `id, user = `, or `return `, or nothing.
        signs_in: whether the answer has tokens that the route makes.
        rows: the rows of the account that the answer has.
        answer: the expression of the answer; None for no body.
    """

    identity: str
    password: str
    current_password: str
    new_password: str
    refresh_token: str
    assignment: str
    signs_in: bool
    rows: tuple[RowView, ...]
    answer: str | None


@dataclass(frozen=True, slots=True)
class RouteView:
    """A function of `router.py`.

    Attributes:
        operation: names the template of its body; `query` for all that is one call of a query.
        method: in lower case, as FastAPI's decorators are called.
        path, summary: as Python literals.
        options: further arguments of the decorator.
        parameters: of the function, in order.
        arguments: the query and what is handed to it.
        returns: its return annotation.
        signing: for the routes of `app/auth/` alone.
    """

    name: str
    operation: str
    method: str
    path: str
    summary: str
    options: tuple[str, ...]
    parameters: tuple[str, ...]
    arguments: tuple[str, ...]
    returns: str
    docstring: str
    signing: SignInView | None


def route_view(endpoint: Endpoint, service: Service, homes: Homes) -> RouteView:
    crud = endpoint.operation in CRUD or endpoint.operation is Operation.ACTION
    signing = None if crud else _signing(endpoint, service, homes)
    return RouteView(
        name=endpoint.name,
        operation="query" if crud else endpoint.operation.value,
        method=endpoint.method.lower(),
        path=literal(python_path(endpoint)),
        summary=literal(endpoint.summary),
        options=tuple(_options(endpoint)),
        parameters=tuple(_parameters(endpoint, homes, signing)),
        arguments=(f"queries.{endpoint.name}", *_arguments(endpoint)),
        returns=annotation(endpoint.success.body, endpoint.package, homes),
        docstring=docstring(_docstring(endpoint, service)),
        signing=signing,
    )


def _docstring(endpoint: Endpoint, service: Service) -> str:
    if endpoint.operation is Operation.ACTION:
        return action_docstring(endpoint)
    return query_docstring(endpoint, service) if endpoint.operation in CRUD else _DOCSTRINGS[endpoint.operation]


_DOCSTRINGS = {
    Operation.REGISTER: "Add an account.",
    Operation.LOGIN: "Begin a session. An unknown account and a wrong password look the same.",
    Operation.REFRESH: "Exchange a refresh token for new tokens. One that comes twice ends the session.",
    Operation.LOGOUT: "End the session; its access and refresh tokens are refused from now on.",
    Operation.ME: "The account that is signed in.",
    Operation.CHANGE_PASSWORD: "Replace the password.",
    Operation.LIVE: "Asks for nothing else, so a failure means that the process should be restarted.",
    Operation.READY: "A failure means that no requests should be sent here for now.",
}


def _signing(endpoint: Endpoint, service: Service, homes: Homes) -> SignInView:
    accounts = service.accounts
    rows = tuple(account_rows(endpoint, service, homes))
    body = endpoint.success.body
    names: dict[str, str] = {
        Fact.ACCESS_TOKEN: "sign_token(claims, settings.secret_key, ACCESS_TOKEN_LIFETIME)",
        Fact.REFRESH_TOKEN: "str(refresh_token)",
        Fact.TOKEN_TYPE: "SCHEME",
        Fact.EXPIRES_IN: str(accounts.access_token_seconds if accounts else 0),
        Fact.HEALTH: '"ok"',
    }
    if accounts:
        names |= {accounts.scheme.lower(): "SCHEME.lower()", accounts.scheme: "SCHEME"}
    instances = {shape.name: row.variable for shape, row in zip(_row_shapes(endpoint), rows, strict=False)}
    signs_in = Fact.ACCESS_TOKEN in facts_of(endpoint)
    expression = answer(body, endpoint.package, homes, names, instances) if body is not None else None
    registered = ", ".join([*(["id"] if signs_in else []), *(row.variable for row in rows)])
    return SignInView(
        identity=_sent(endpoint, Fact.IDENTITY),
        password=_sent(endpoint, Fact.PASSWORD),
        current_password=_sent(endpoint, Fact.CURRENT_PASSWORD),
        new_password=_sent(endpoint, Fact.NEW_PASSWORD),
        refresh_token=_sent(endpoint, Fact.REFRESH_TOKEN),
        assignment="return " if registered and registered == expression else f"{registered} = " if registered else "",
        signs_in=signs_in,
        rows=rows,
        answer=expression,
    )


def _row_shapes(endpoint: Endpoint) -> list[Object]:
    return list(rows_in(endpoint.success.body))


def _sent(endpoint: Endpoint, fact: Fact) -> str:
    """Where the request body has a fact; empty where it has none."""
    for item in endpoint.body.fields if endpoint.body else ():
        if isinstance(item.shape, FactValue) and item.shape.fact is fact:
            return f"body.{item.attribute}"
    return ""


def python_path(endpoint: Endpoint) -> str:
    """The path with its parameters called as the function calls them."""
    path = endpoint.path
    for parameter in endpoint.path_parameters:
        path = path.replace(f"{{{parameter.name}}}", f"{{{parameter.attribute}}}")
    return path


def _options(endpoint: Endpoint) -> list[str]:
    options = []
    if endpoint.success.status != 200:
        options.append(f"status_code={endpoint.success.status}")
    if endpoint.description:
        options.append(f"description={literal(endpoint.description)}")
    if endpoint.deprecated:
        options.append("deprecated=True")
    options.append(f"responses={_documented(endpoint)}")
    if endpoint.access is Access.OPTIONAL:
        options.append("openapi_extra=WITHOUT_TOKEN")
    dependencies = []
    limit = endpoint.rate_limit
    counted = f"({literal(in_headers(endpoint.name))}, {limit.requests}, {limit.seconds})" if limit else ""
    if limit is not None and not limit.per_user:
        dependencies.append(f"Depends(RateLimit{counted})")
    if endpoint.access is not Access.ANYONE and not takes_account(endpoint):
        dependencies.append(f"Depends({endpoint.access})")
    if limit is not None and limit.per_user:
        dependencies.append(f"Depends(AccountRateLimit{counted})")
    if dependencies:
        options.append(f"dependencies=[{', '.join(dependencies)}]")
    return options


def in_headers(name: str) -> str:
    """A name that headers can carry: ASCII, and distinct where names are."""
    return name if name.isascii() else name.encode("punycode").decode("ascii")


def _documented(endpoint: Endpoint) -> str:
    """The failures of the route."""
    failures = [response for response in endpoint.responses if response.status >= 400]
    arguments = [str(failure.status) for failure in failures if failure.literal is None]
    literals = {failure.status: failure.literal for failure in failures if failure.literal is not None}
    if literals:
        inner = ", ".join(f"{status}: {literal(body)}" for status, body in literals.items())
        arguments.append(f"literals={{{inner}}}")
    return f"documented({', '.join(arguments)})"


def _parameters(endpoint: Endpoint, homes: Homes, signing: SignInView | None) -> list[str]:
    parameters = [_path(p.attribute, p.type) for p in endpoint.path_parameters]
    if endpoint.body is not None:
        parameters.append(f"body: {schema(endpoint.body, endpoint.package, homes)}")
    if takes_account(endpoint):
        parameters.append(f"account: {'SignedIn' if endpoint.authenticated else 'MaybeSignedIn'}")
    if endpoint.operation is not Operation.LIVE:
        parameters.append("database: DatabaseDep")
    if signing is not None and signing.signs_in:
        parameters.append("settings: SettingsDep")
    return parameters + [_query(query) for query in sorted(endpoint.query, key=lambda query: not query.required)]


def _path(attribute: str, type_: Type) -> str:
    return f"{attribute}: {constrained(type_, 'Path')}"


def _query(query: QueryParameter) -> str:
    alias = "" if query.name == query.attribute else f"alias={literal(query.name)}"
    default = query.default
    python = constrained(query.type, "Query", alias, optional=not query.required and default is None)
    if query.required:
        return f"{query.attribute}: {python}"
    return f"{query.attribute}: {python} = {literal(default)}"


def _arguments(endpoint: Endpoint) -> list[str]:
    arguments = ["account"] if takes_account(endpoint) else []
    arguments += [parameter.attribute for parameter in endpoint.path_parameters]
    arguments += [query.attribute for query in endpoint.query]
    return arguments + (["body"] if endpoint.body is not None else [])
