"""Views of `router.py`: one function per endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.model.endpoints import (
    CODE_OPERATIONS,
    CRUD,
    FREE_OPERATIONS,
    OAUTH2_OPERATIONS,
    SECOND_FACTOR_OPERATIONS,
    Access,
    Cause,
    Endpoint,
    Grant,
    Operation,
    QueryParameter,
    Sort,
)
from bkgen.model.in_shapes import rows_in
from bkgen.model.service import Service
from bkgen.model.shapes import Fact, FactValue, Field, Object
from bkgen.model.types import Type
from bkgen.render.accounts import RowView, account_rows, begins_session, gives_new_key
from bkgen.render.actions import action_docstring
from bkgen.render.annotations import constrained, repeated
from bkgen.render.answers import annotation, answer, schema
from bkgen.render.arguments import knows_account, takes_account
from bkgen.render.audit import audit_event, audit_events, is_audited
from bkgen.render.caches import CacheView, cache_view
from bkgen.render.columns import from_json
from bkgen.render.descriptions import described
from bkgen.render.entries import entry_dependency, path_parameter
from bkgen.render.forms import form_constant
from bkgen.render.handlers import constant
from bkgen.render.homes import Homes
from bkgen.render.keys import once
from bkgen.render.literals import docstring, literal
from bkgen.render.mails import address_in, is_mailed
from bkgen.render.oauth2 import redirects
from bkgen.render.passwords import named_fields, new_password, place_of
from bkgen.render.problems import examples
from bkgen.render.roles import dependencies
from bkgen.render.sentences import query_docstring
from bkgen.render.tokens import gives_access_token, refreshes_by_cookie
from bkgen.render.transactions import is_alone, reads_one_state
from bkgen.render.versions import asks_version, tells_version

_READS_KEYS = (Operation.PUBLIC_KEYS, Operation.OAUTH2_LOGIN, Operation.OAUTH2_CALLBACK)
_FORMS = {Grant.PASSWORD: "PASSWORD_FORM", Grant.CLIENT_CREDENTIALS: "CLIENT_FORM"}
_GRANT_ERRORS = {
    Grant.PASSWORD: ("invalid_request", "unsupported_grant_type", "invalid_grant"),
    Grant.CLIENT_CREDENTIALS: ("invalid_request", "unsupported_grant_type", "invalid_client", "invalid_scope"),
}
MOST_VALUES = 50
"""How often a query parameter may be repeated."""


@dataclass(frozen=True, slots=True)
class SignInView:
    """What the routes of `app/auth/` and `app/health/` need beyond the others; empty texts stand for absence.

    Attributes:
        sent: where the fields that the operation takes are.
        identity, password, current_password, new_password, refresh_token, address, mailed_token, code: where the body
            has them.
        place: where in the body a new password is; `names` are the attributes of the body that it may not be.
        password_attribute: what a password is called in the body.
        assignment: what becomes of what the query of a write gives: `id, user = `, or `return `, or nothing.
        signs_in: whether the answer has an access token, which the route makes.
        begins: whether a session begins.
        rows: the rows of the account that the answer has.
        answer: the expression of the answer; None for no body.
        grants: those that it takes; `client_answer` is its answer to a program, empty where it takes none of these.
        redirects: whether the answer sends the browser elsewhere.
    """

    sent: str
    identity: str
    password: str
    password_attribute: str
    current_password: str
    new_password: str
    refresh_token: str
    address: str
    mailed_token: str
    code: str
    place: str
    names: tuple[str, ...]
    assignment: str
    signs_in: bool
    begins: bool
    rows: tuple[RowView, ...]
    answer: str | None
    grants: tuple[str, ...]
    client_answer: str
    redirects: bool


@dataclass(frozen=True, slots=True)
class RouteView:
    """A function of `router.py`.

    Attributes:
        operation: names the template of its body; `query` for all that is one call of a query.
        method: in lower case, as FastAPI's decorators are called.
        path, summary: as Python literals.
        options: further arguments of the decorator.
        parameters: of the function, in order.
        runner: what runs the query: a call, up to that argument.
        arguments: the query and what is handed to it.
        returns: its return annotation.
        sent: where the fields of the body are.
        reads_form: whether the body is a form, which the function reads.
        event: what it tells the audit trail that a request is; empty for nothing.
        events: (place in the body, event) of what it tells where the body has that.
        tells_version: whether the query gives the version of its row beside the answer.
        cache: how its answers are kept; None for not at all.
        signing: for the routes of `app/auth/` alone.
    """

    name: str
    operation: str
    method: str
    path: str
    summary: str
    options: tuple[str, ...]
    parameters: tuple[str, ...]
    runner: str
    arguments: tuple[str, ...]
    returns: str
    docstring: str
    sent: str
    reads_form: bool
    event: str
    events: tuple[tuple[str, str], ...]
    tells_version: bool
    cache: CacheView | None
    signing: SignInView | None


def route_view(endpoint: Endpoint, service: Service, homes: Homes) -> RouteView:
    crud = endpoint.operation in CRUD or endpoint.operation in FREE_OPERATIONS
    signing = None if crud else _signing(endpoint, service, homes)
    return RouteView(
        name=endpoint.name,
        operation="query" if crud else endpoint.operation.value,
        method=endpoint.method.lower(),
        path=literal(python_path(endpoint)),
        summary=literal(endpoint.summary),
        options=tuple(_options(endpoint, service, homes)),
        parameters=tuple(_parameters(endpoint, service, homes, signing)),
        runner=_runner(endpoint, service),
        arguments=(constant(endpoint) if endpoint.handler else f"queries.{endpoint.name}", *_arguments(endpoint)),
        returns=_returns(endpoint, homes),
        docstring=docstring(_docstring(endpoint, service)),
        sent=sent(endpoint),
        reads_form=bool(endpoint.files),
        event=audit_event(endpoint, service),
        events=tuple((attribute, event) for attribute, event in audit_events(endpoint, service)),
        tells_version=tells_version(endpoint, service),
        cache=cache_view(endpoint, service),
        signing=signing,
    )


def _returns(endpoint: Endpoint, homes: Homes) -> str:
    if redirects(endpoint):
        return "RedirectResponse"
    if endpoint.cache is not None:
        return "Response"
    return annotation(endpoint.success.body, endpoint.package, homes)


def _docstring(endpoint: Endpoint, service: Service) -> str:
    if endpoint.operation in FREE_OPERATIONS:
        return action_docstring(endpoint)
    if Grant.CLIENT_CREDENTIALS in endpoint.grants:
        return "Give an access token (RFC 6749). An unknown name and a wrong secret look the same."
    return query_docstring(endpoint, service) if endpoint.operation in CRUD else _DOCSTRINGS[endpoint.operation]


_DOCSTRINGS = {
    Operation.REGISTER: "Add an account.",
    Operation.LOGIN: "Begin a session. An unknown account and a wrong password look the same.",
    Operation.TOKEN: "Begin a session (RFC 6749, 4.3). An unknown account and a wrong password look the same.",
    Operation.REFRESH: "Exchange a refresh token for new tokens. One that comes twice ends the session.",
    Operation.LOGOUT: "End the session; its access and refresh tokens are refused from now on.",
    Operation.LOGOUT_EVERYWHERE: "End all sessions of the account, this one among them.",
    Operation.ME: "The account that is signed in.",
    Operation.CHANGE_PASSWORD: "Replace the password.",
    Operation.REQUEST_VERIFICATION: "Mail a link that verifies the address. Nobody is told whether an account has it.",
    Operation.VERIFY_EMAIL: "Verify the address that the token was mailed to.",
    Operation.REQUEST_PASSWORD_RESET: "Mail a link to a new password. Nobody is told whether an account has it.",
    Operation.RESET_PASSWORD: "Replace the password by the token of a mail. All sessions of the account end.",
    Operation.CHANGE_EMAIL: "Mail a link to the new address, which takes effect once it is verified.",
    Operation.BEGIN_SECOND_FACTOR: "Make a secret for an authenticator. It counts for nothing before it is confirmed.",
    Operation.CONFIRM_SECOND_FACTOR: "Ask for codes at login from now on, and give codes for the day they are lost.",
    Operation.DISABLE_SECOND_FACTOR: "Ask for no codes any more. It takes one, or a recovery code.",
    Operation.UPDATE_ME: "Change what was sent of the account that is signed in, and nothing else.",
    Operation.DELETE_ME: "Delete the account that is signed in.",
    Operation.OAUTH2_LOGIN: "The browser goes to the provider, and keeps what it needs to come back.",
    Operation.OAUTH2_CALLBACK: "Begin a session for whoever the provider says has signed in there.",
    Operation.PUBLIC_KEYS: "They are no secret: other services check by them who a token is from.",
    Operation.LIVE: "Asks for nothing else, so a failure means that the process should be restarted.",
    Operation.READY: "A failure means that no requests should be sent here for now.",
}


def _signing(endpoint: Endpoint, service: Service, homes: Homes) -> SignInView:
    accounts = service.accounts
    cookies = accounts is not None and accounts.tokens.cookies and endpoint.operation is not Operation.TOKEN
    signs_in = gives_access_token(endpoint, service)
    rows = tuple(account_rows(endpoint, service, homes))
    body = endpoint.success.body
    values: dict[Fact, str] = {
        Fact.ACCESS_TOKEN: "access_token" if cookies else "sign_token(claims, keys, ACCESS_TOKEN_LIFETIME)",
        Fact.REFRESH_TOKEN: "str(refresh_token)",
        Fact.TOKEN_TYPE: "SCHEME",
        Fact.EXPIRES_IN: str(accounts.access_token_seconds if accounts else 0),
        Fact.HEALTH: '"ok"',
        Fact.PUBLIC_KEYS: "key_set(keys)",
        Fact.SECOND_FACTOR_SECRET: "secret",
        Fact.OTPAUTH_URI: f"otpauth_uri(secret, name, {literal(service.name)})",
        Fact.RECOVERY_CODES: "codes",
    }
    constants = {accounts.scheme.lower(): "SCHEME.lower()", accounts.scheme: "SCHEME"} if accounts else {}
    instances = {shape.name: row.variable for shape, row in zip(_row_shapes(endpoint), rows, strict=False)}
    expression = None
    if body is not None:
        expression = answer(body, endpoint.package, homes, values, instances, constants=constants)
    new_key = ["id"] if gives_new_key(endpoint, service) else []
    given = ", ".join([*new_key, *(row.variable for row in rows)])
    password = _field(endpoint, Fact.PASSWORD)
    return SignInView(
        sent=sent(endpoint),
        identity=_sent(endpoint, Fact.IDENTITY),
        password=_sent(endpoint, Fact.PASSWORD),
        password_attribute=password.attribute if password else "",
        current_password=_sent(endpoint, Fact.CURRENT_PASSWORD),
        new_password=_sent(endpoint, Fact.NEW_PASSWORD),
        address=f"{sent(endpoint)}.{address}" if (address := address_in(endpoint, service)) else "",
        mailed_token=_sent(endpoint, Fact.MAILED_TOKEN),
        code=_sent(endpoint, Fact.CODE),
        place=place_of(chosen, endpoint) if (chosen := new_password(endpoint)) else "",
        names=tuple(field.attribute for field in named_fields(endpoint, service)),
        refresh_token=_sent(endpoint, Fact.REFRESH_TOKEN) or 'cookie or ""',
        assignment="return " if given and given == expression and not signs_in else f"{given} = " if given else "",
        signs_in=signs_in,
        begins=begins_session(endpoint, service),
        rows=rows,
        answer=expression,
        grants=tuple(grant.value for grant in endpoint.grants),
        client_answer=_client_answer(endpoint, values, constants, homes),
        redirects=redirects(endpoint),
    )


def _client_answer(endpoint: Endpoint, values: Mapping[Fact, str], constants: Mapping[str, str], homes: Homes) -> str:
    """The answer to a program: nothing refreshes its token, which may be held to scopes."""
    if Grant.CLIENT_CREDENTIALS not in endpoint.grants or endpoint.success.body is None:
        return ""
    given: dict[Fact, str] = {fact: code for fact, code in values.items() if fact is not Fact.REFRESH_TOKEN}
    given[Fact.SCOPE] = 'claims.get("scope", MISSING)'
    return answer(endpoint.success.body, endpoint.package, homes, given, constants=constants)


def _row_shapes(endpoint: Endpoint) -> list[Object]:
    return list(rows_in(endpoint.success.body))


def sent(endpoint: Endpoint) -> str:
    """Where a route has the fields that the operation takes: in its body, or in the envelope there."""
    return f"body.{endpoint.envelope.attribute}" if endpoint.envelope else "body"


def _sent(endpoint: Endpoint, fact: Fact) -> str:
    """Where the request body has a fact; empty where it has none."""
    found = _field(endpoint, fact)
    return f"{sent(endpoint)}.{found.attribute}" if found else ""


def _field(endpoint: Endpoint, fact: Fact) -> Field | None:
    """The field of the request body that is a fact."""
    for item in endpoint.body.fields if endpoint.body else ():
        if isinstance(item.shape, FactValue) and item.shape.fact is fact:
            return item
    return None


def python_path(endpoint: Endpoint) -> str:
    """The path with its parameters called as the function calls them."""
    path = endpoint.path
    for parameter in endpoint.path_parameters:
        path = path.replace(f"{{{parameter.name}}}", f"{{{parameter.attribute}}}")
    return path


def _options(endpoint: Endpoint, service: Service, homes: Homes) -> list[str]:
    options = []
    if endpoint.cache is not None:
        options.append(f"response_model={annotation(endpoint.success.body, endpoint.package, homes)}")
    if endpoint.success.status != 200:
        options.append(f"status_code={endpoint.success.status}")
    if redirects(endpoint):
        options.append("response_class=RedirectResponse")
    if endpoint.download is not None:
        options.append("response_class=Response")
    if endpoint.description:
        options.append(f"description={literal(endpoint.description)}")
    if endpoint.deprecated:
        options.append("deprecated=True")
    options.append(f"responses={_documented(endpoint, service)}")
    if endpoint.operation is Operation.TOKEN:
        forms = ", ".join(_FORMS[grant] for grant in endpoint.grants)
        options.append(f"openapi_extra=form_of({forms})")
    extra = ["WITHOUT_TOKEN"] if endpoint.access is Access.OPTIONAL else []
    extra += [f"{form_constant(endpoint)}.documented"] if endpoint.files else []
    if extra:
        options.append(f"openapi_extra={' | '.join(extra)}")
    dependencies = []
    if refuses_api_keys(endpoint, service):
        dependencies.append("Depends(without_api_key)")
    limit = endpoint.rate_limit
    counted = f"({literal(in_headers(endpoint.name))}, {limit.requests}, {limit.seconds})" if limit else ""
    if limit is not None and not limit.per_user:
        dependencies.append(f"Depends(RateLimit{counted})")
    asks = endpoint.access is not Access.ANYONE and not knows_account(endpoint)
    if asks and not endpoint.roles and endpoint.entry is None:
        dependencies.append(f"Depends({endpoint.access})")
    if limit is not None and limit.per_user:
        dependencies.append(f"Depends({'KeyRateLimit' if limit.per_key else 'AccountRateLimit'}{counted})")
    if asks and endpoint.roles:
        dependencies.append(f"Depends(requires({', '.join(map(literal, endpoint.roles))}))")
    if asks and endpoint.entry is not None:
        dependencies.append(f"Depends({entry_dependency(endpoint, service)})")
    if dependencies:
        options.append(f"dependencies=[{', '.join(dependencies)}]")
    return options


def refuses_api_keys(endpoint: Endpoint, service: Service) -> bool:
    """Whether a key of an account is not enough, where others of its endpoints take keys."""
    keys = service.accounts is not None and service.accounts.api_keys is not None
    return keys and endpoint.access is not Access.ANYONE and not endpoint.opens_to_keys


def slows_guesses(endpoint: Endpoint, service: Service) -> bool:
    """Whether the endpoint counts attempts at the secrets of one account."""
    slows = service.accounts is not None and service.accounts.slow_guesses
    return endpoint.operation in CODE_OPERATIONS or (slows and endpoint.operation is Operation.LOGIN)


def works_with_codes(endpoint: Endpoint, service: Service) -> bool:
    """Whether the endpoint makes or checks codes of the second factor."""
    has_codes = service.accounts is not None and service.accounts.second_factor is not None
    return has_codes and endpoint.operation in SECOND_FACTOR_OPERATIONS | {Operation.LOGIN}


def _runner(endpoint: Endpoint, service: Service) -> str:
    """What runs the query, up to the query itself."""
    if endpoint.idempotency is None:
        how = "read" if reads_one_state(endpoint) else "autocommit" if is_alone(endpoint, service) else "run"
        return f"database.{how}("
    if service.accounts is None:
        return "once.run("
    return f"once.run({'account' if knows_account(endpoint) else 'None'}, "


def in_headers(name: str) -> str:
    """A name that headers can carry: ASCII, and distinct where names are."""
    return name if name.isascii() else name.encode("punycode").decode("ascii")


def _documented(endpoint: Endpoint, service: Service) -> str:
    """The failures of the route."""
    by_grant = {Cause.BAD_GRANT, Cause.BAD_CLIENT}
    failures = [one for one in endpoint.responses if one.status >= 400 and by_grant.isdisjoint(one.causes)]
    # The limit of the service answers before it is known which endpoint is asked.
    worded = {429} if service.rate_limit is not None else set()
    arguments = [str(failure.status) for failure in failures if failure.literal is None or failure.status in worded]
    literals = {failure.status: failure.literal for failure in failures if failure.literal is not None}
    if literals:
        inner = ", ".join(f"{status}: {literal(body)}" for status, body in literals.items())
        arguments.append(f"literals={{{inner}}}")
    if told := examples(endpoint, service):
        arguments.append(f"examples={{{', '.join(f'{status}: {problem}' for status, problem in told.items())}}}")
    found = f"documented({', '.join(arguments)})"
    if endpoint.download is not None:
        return f"file_of({', '.join(map(literal, endpoint.download.type.media_types))}) | {found}"
    if tells_version(endpoint, service):
        found = f"{found} | {{{endpoint.success.status}: VERSIONED}}"
    if endpoint.cache is not None:
        found = f"CACHED | {found}"
    codes = dict.fromkeys(code for grant in endpoint.grants for code in _GRANT_ERRORS[grant])
    return f"{found} | grant_errors({', '.join(map(literal, codes))})" if codes else found


def _parameters(endpoint: Endpoint, service: Service, homes: Homes, signing: SignInView | None) -> list[str]:
    parameters = [path_parameter(parameter, service) for parameter in endpoint.path_parameters]
    if endpoint.operation is Operation.TOKEN or slows_guesses(endpoint, service) or is_audited(endpoint, service):
        parameters.append("request: Request")
    if endpoint.request is not None and not endpoint.files:
        parameters.append(f"body: {schema(endpoint.request, endpoint.package, homes)}")
    if asks_version(endpoint):
        parameters.append("if_match: IfMatchHeader")
    if knows_account(endpoint):
        parameters.append(f"account: {_account(endpoint, service)}")
    if endpoint.request is not None and endpoint.files:
        model = schema(endpoint.request, endpoint.package, homes)
        parameters.append(f"read_form: Annotated[ReadForm[{model}], Depends({form_constant(endpoint)})]")
    if endpoint.idempotency is not None:
        parameters.append(f"once: {once(endpoint)}")
    elif endpoint.operation not in (Operation.LIVE, Operation.PUBLIC_KEYS, Operation.OAUTH2_LOGIN):
        parameters.append(f"database: {'ReplicaDep' if endpoint.replica else 'DatabaseDep'}")
    if endpoint.cache is not None:
        parameters.append("cached: CachedDep")
    if endpoint.download is not None:
        parameters.append("held: HeldDep")
    if works_with_codes(endpoint, service):
        parameters.append("factor_keys: FactorKeysDep")
    if is_mailed(endpoint, service):
        parameters.append("post: PostDep")
    if endpoint.operation in OAUTH2_OPERATIONS:
        parameters.append("providers: ProvidersDep")
    if signing is not None and (signing.signs_in or endpoint.operation in _READS_KEYS):
        parameters.append("keys: TokenKeysDep")
    if signing is not None and service.accounts is not None:
        parameters += _cookies(endpoint, signing, cookies=service.accounts.tokens.cookies)
    if tells_version(endpoint, service):
        parameters.append("response: Response")
    queries = sorted(endpoint.query, key=lambda query: not query.required)
    return parameters + [_query(query, endpoint, service) for query in queries]


def _cookies(endpoint: Endpoint, signing: SignInView, *, cookies: bool) -> list[str]:
    """The parameters by which a route reads a cookie, and writes some; `cookies` says whether tokens are in some."""
    if endpoint.operation is Operation.OAUTH2_CALLBACK:
        return ["cookie: SignInCookie", "settings: SettingsDep" if signing.redirects else "response: Response"]
    if not cookies or endpoint.operation is Operation.TOKEN:
        return []
    sent = ["cookie: RefreshCookie"] if refreshes_by_cookie(endpoint) else []
    ends = endpoint.operation in (Operation.LOGOUT, Operation.LOGOUT_EVERYWHERE, Operation.DELETE_ME)
    return [*sent, *(["response: Response"] if signing.signs_in or ends else [])]


def _account(endpoint: Endpoint, service: Service) -> str:
    """The annotation of who asks."""
    if endpoint.roles:
        return dependencies(service)[endpoint.roles]
    if endpoint.entry is not None:
        return f"Annotated[Caller, Depends({entry_dependency(endpoint, service)})]"
    return "SignedIn" if endpoint.authenticated else "MaybeSignedIn"


def _query(query: QueryParameter, endpoint: Endpoint, service: Service) -> str:
    arguments = [] if query.name == query.attribute else [f"alias={literal(query.name)}"]
    if description := described(query, endpoint, service):
        arguments.append(f"description={literal(description)}")
    if query.many:
        python = _several(query, arguments)
    else:
        python = constrained(query.type, "Query", arguments, optional=query.optional)
    if query.required:
        return f"{query.attribute}: {python}"
    return f"{query.attribute}: {python} = {default_value(query)}"


def _several(query: QueryParameter, arguments: list[str]) -> str:
    """The annotation of a parameter that may be repeated."""
    if isinstance(query.use, Sort):
        validators = ["BeforeValidator(split_keys)", 'Field(json_schema_extra={"uniqueItems": True})']
        most = len(query.use.keys)
    else:
        validators, most = [], MOST_VALUES
    limits = [*arguments, *(["min_length=1"] if query.required else []), f"max_length={most}"]
    parts = [f"tuple[{repeated(query.type)}, ...]", f"Query({', '.join(limits)})", *validators]
    return f"Annotated[{', '.join(parts)}]"


def default_value(query: QueryParameter) -> str:
    """What a query parameter is where it is absent."""
    match query.default:
        case tuple(values):
            inner = ", ".join(_constant(query.type, value) for value in values)
            return f"({inner}{',' if len(values) == 1 else ''})"
        case None:
            return "()" if query.many else "None"
        case value:
            return _constant(query.type, value)


def _constant(type_: Type, value: object) -> str:
    return from_json(type_, literal(value))


def _arguments(endpoint: Endpoint) -> list[str]:
    arguments = ["account"] if takes_account(endpoint) else []
    arguments += [parameter.attribute for parameter in endpoint.path_parameters]
    arguments += [query.attribute for query in endpoint.query]
    arguments += ["held"] if endpoint.download is not None else []
    arguments += ["if_match"] if asks_version(endpoint) else []
    return arguments + ([sent(endpoint)] if endpoint.body is not None else [])
