"""The backend's own tests: every endpoint and status, by curl, against a running server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bkgen.model.endpoints import (
    ACCOUNT_OPERATIONS,
    CRUD,
    HEALTH_OPERATIONS,
    MAIL_OPERATIONS,
    OAUTH2_OPERATIONS,
    SECOND_FACTOR_OPERATIONS,
    STEP_OPERATIONS,
    Endpoint,
    Operation,
)
from bkgen.model.service import Service
from bkgen.model.shapes import groups_in
from bkgen.model.tables import Reference, Table
from bkgen.model.types import Kind
from bkgen.render.accounts import AccountsView
from bkgen.render.action_tests import action_tests
from bkgen.render.api_key_tests import api_key_tests
from bkgen.render.audit import audit_view
from bkgen.render.audit_tests import audit_tests
from bkgen.render.auth_test_views import auth_test, health_test
from bkgen.render.cache_tests import change_tests, kept_tests
from bkgen.render.columns import from_json
from bkgen.render.cookie_tests import cookie_test
from bkgen.render.drafts import Draft, Origin
from bkgen.render.entrances import entrances
from bkgen.render.environment import rendered
from bkgen.render.errors import error_shape
from bkgen.render.group_borders import borders
from bkgen.render.group_tests import group_tests
from bkgen.render.handler_tests import handler_tests
from bkgen.render.key_tests import key_tests, keyed_calls
from bkgen.render.large_values import values
from bkgen.render.link_tests import link_test
from bkgen.render.literals import literal
from bkgen.render.mail_tests import mail_tests, taker
from bkgen.render.mongodb import keeps_in_mongodb
from bkgen.render.naming import row_word, snake
from bkgen.render.nested_tests import nested_test
from bkgen.render.oauth2_tests import oauth2_tests
from bkgen.render.origins import function_origins, tested_endpoint_origins, tested_row_origins
from bkgen.render.plain_callers import plain_caller
from bkgen.render.plan_tests import plan_tests
from bkgen.render.problems import Problem, asserted, told
from bkgen.render.roles import account_with, fixtures
from bkgen.render.rule_tests import is_ruled, rule_tests
from bkgen.render.second_factor_tests import second_factor_tests
from bkgen.render.test_values import (
    is_crowded,
    is_given,
    row_value,
    scarce_name,
    scarce_values,
    sent_value,
    taken,
    unknown,
)
from bkgen.render.test_views import endpoint_tests
from bkgen.render.tested_endpoints import endpoint_arguments, tested_type
from bkgen.render.token_tests import client_tests, token_tests
from bkgen.render.valid_bodies import ValidBody, valid_body
from bkgen.render.veiled import shows_veiled
from bkgen.render.version_tests import version_test, versioned, versioned_calls
from bkgen.render.who_may import WhoMay, signed_in
from bkgen.resolve.collections import DOCUMENT
from bkgen.resolve.idempotency import HEADER, KEYS

_SIGNING = ACCOUNT_OPERATIONS - MAIL_OPERATIONS - OAUTH2_OPERATIONS - SECOND_FACTOR_OPERATIONS - {Operation.TOKEN}
"""Those of accounts whose tests are together; the others have files of their own."""
_MOST_REQUESTS = 2000
"""How many a server answers in a few seconds."""
_MOSTLY_THE_SAME = ("tests/__init__.py", "tests/curl.py", "tests/database.py")
"""Files that depend on the contract only where their views have something."""


def test_drafts(
    service: Service, accounts: AccountsView | None, table: WhoMay | None, everything: tuple[Origin, ...]
) -> dict[str, Draft]:
    """path -> draft for everything under `tests/` that depends on the contract.

    `table` says who may do what; `everything` are the origins of files that depend on the whole contract.
    """
    names = sorted(table.class_name for table in service.tables)
    views: dict[str, dict[str, object]] = {
        "tests/__init__.py": {"hashes": accounts is not None and bool(accounts.hash)},
        "tests/endpoints.py": {
            "service_limit": service.rate_limit,
            "forms": service.largest_form,
            "mongodb": keeps_in_mongodb(service),
            "limited": service.limits_requests,
            "most_requests": min(_MOST_REQUESTS, service.rate_limit.requests) if service.rate_limit else _MOST_REQUESTS,
            "error_shape": error_shape(service.errors.body),
            "error_media_type": "application/problem+json" if service.errors.problem else "application/json",
            "endpoints": [
                TestedEndpoint(tested_type(one), endpoint_arguments(one, service))
                for one in service.endpoints
                if one.operation is not Operation.TOKEN  # it takes no JSON
            ],
        },
        "tests/conftest.py": {
            "mongodb": keeps_in_mongodb(service),
            "caches": any(endpoint.cache for endpoint in service.endpoints),
            "crowded": any(is_crowded(table) for table in service.tables),
            "privileged": [(name, role, account_with(role, service)) for role, name in fixtures(service).items()],
            "callers": [
                (name, role, account_with(role, service)) for role, name in fixtures(service, "caller").items()
            ],
            "entrances": entrances(service),
        },
        "tests/test_settings.py": {
            "cors_setting": service.cors_setting,
            "has_collections": any(table.is_collection for table in service.tables),
        },
        "tests/database.py": {"mongodb": keeps_in_mongodb(service)},
        "tests/curl.py": {
            "service_limit": service.rate_limit,
            "needs_keys": keyed_calls(service, required=True),
            "forms": service.largest_form,
            "downloads": service.has_downloads,
            "needs_version": versioned_calls(service),
            "cookies": accounts is not None and (accounts.tokens.cookies or accounts.oauth2 is not None),
        },
    }
    if service.cors:
        listed = (*service.cors_origins, *(["https://of-this-machine.example"] if service.cors_setting else []))
        views["tests/test_cors.py"] = {"origins": listed}
    if service.limits_requests:
        by_endpoint = any(endpoint.rate_limit for endpoint in service.endpoints)
        views["tests/test_redis_down.py"] = {"by_endpoint": by_endpoint, "fails_open": service.limits_fail_open}
    if linking := link_test(service):
        views["tests/test_links.py"] = {"test": linking}
    if keyed := keyed_calls(service):
        missing = told([Problem("missing", (HEADER,))], 400, service.errors)
        views["tests/test_idempotency_keys.py"] = {
            "keyed": keyed,
            "needs_keys": keyed_calls(service, required=True),
            "without_key": asserted(missing),
        }
    if handled := handler_tests(service):
        views["tests/test_handlers.py"] = {"handled": handled}
    if signing := [auth_test(endpoint, service) for endpoint in service.endpoints if endpoint.operation in _SIGNING]:
        views["tests/auth/test_auth.py"] = {"auth": signing, "verify": taker(Operation.VERIFY_EMAIL, service)}
    if (by_providers := oauth2_tests(service)) is not None:
        views["tests/auth/test_oauth2.py"] = {"test": by_providers}
    if (granting := token_tests(service)) is not None:
        views["tests/auth/test_token.py"] = {"test": granting}
    if opened := api_key_tests(service):
        views["tests/test_api_keys.py"] = views["tests/program_keys.py"] = {"keys": opened}
        if opened.scopes:
            views["tests/test_scopes.py"] = {"keys": opened}
        if (client := client_tests(service)) is not None:
            views["tests/auth/test_client_credentials.py"] = {"keys": opened, "client": client}
    login = next((endpoint for endpoint in service.endpoints if endpoint.operation is Operation.LOGIN), None)
    if accounts is not None and service.accounts is not None and service.accounts.slow_guesses and login is not None:
        holder = service.table(accounts.table_name)
        identity = holder.column(service.accounts.identity)
        nobody = sent_value(identity, holder, identity.type, service)
        views["tests/test_guesses.py"] = {"test": auth_test(login, service), "nobody": nobody}
    if (mailing := mail_tests(service)) is not None:
        views["tests/auth/test_mails.py"] = mailing
        views["tests/test_mail_settings.py"] = {}
    if (factor := second_factor_tests(service)) is not None:
        views["tests/auth/test_second_factor.py"] = factor
    account = _account(service)
    if (audited := audit_tests(service)) is not None:
        views["tests/test_audit.py"] = {
            **audited,
            "audit": audit_view(service),
            "account_key": literal(account["key"]),
            "key_type": accounts.key_type if accounts else "",
        }
    if accounts is not None:
        arguments = _create_arguments(service, accounts)
        refers = any("account[" in value for _, value in arguments)
        like = account["word"] if refers else ""
        views["tests/tokens.py"] = {}
        if accounts.outside and accounts.authenticates:
            views["tests/test_issuer.py"] = {"account": account}
        options = {attribute: literal(option) for attribute, _, option in accounts.new_fields}
        views["tests/test_create_user.py"] = {
            "create_arguments": arguments,
            "create_like": like,
            "identity_option": options[accounts.identity],
            "role_option": options.get(accounts.role, ""),
        }
        if accounts.authenticates:
            views["tests/test_access_tokens.py"] = {"account": account, "refused": _refused(service)}
            if accounts.tokens.cookies:
                views["tests/test_cookies.py"] = {"test": cookie_test(service)}
    if plans := plan_tests(service):
        packages = sorted({test.package for test in plans})
        views["tests/test_plans.py"] = {
            "plans": plans,
            "packages": packages,
            "values": values(service),
            "mongodb": keeps_in_mongodb(service),
        }
    if table is not None:
        views["tests/test_who_may_what.py"] = {"table": table, "signed_in": signed_in((), service)}
    drafts = {"tests/health/test_health.py": _health_draft(service), **_package_drafts(service, names)}
    common = {
        "accounts": accounts,
        "mails": accounts and accounts.mails,
        "oauth2": accounts and accounts.oauth2,
        "model_names": names,
    }
    for path, view in views.items():
        text = rendered(path, **common, **view)
        same = path in _MOSTLY_THE_SAME and not any(view.values())
        drafts[path] = Draft(text, _origins(path, text, service), () if same else everything)
    rows = [_row(table, service) for table in service.tables]
    text = rendered(
        "tests/rows.py",
        accounts=accounts,
        model_names=names,
        rows=rows,
        account=account,
        scarce=[column for row in rows for column in row.scarce],
    )
    drafts["tests/rows.py"] = Draft(text, tested_row_origins(service), everything)
    folders = {path.rpartition("/")[0] for path in drafts} - {"tests"}
    return drafts | {f"{folder}/__init__.py": Draft("") for folder in folders}


def _origins(path: str, text: str, service: Service) -> dict[str, Origin]:
    if path == "tests/endpoints.py":
        return tested_endpoint_origins(service.endpoints)
    return function_origins(text, service.endpoints, service)


def _health_draft(service: Service) -> Draft:
    """Where the contract declares no health endpoint, this is the same in every backend."""
    endpoints = [endpoint for endpoint in service.endpoints if endpoint.operation in HEALTH_OPERATIONS]
    text = rendered("tests/health/test_health.py", health=[health_test(endpoint) for endpoint in endpoints])
    return Draft(text, function_origins(text, endpoints, service))


def _package_drafts(service: Service, names: list[str]) -> dict[str, Draft]:
    """The tests of the endpoints on tables, by package."""
    drafts = {}
    for package, served in service.packages.items():
        nested = [(endpoint, test) for endpoint in served if (test := nested_test(endpoint, service))]
        if nested:
            found = [test for _, test in nested]
            text = rendered("tests/package/test_answers.py", package=package, accounts=service.accounts, tests=found)
            origins = tuple(Origin(endpoint.span, endpoint.rule) for endpoint, _ in nested)
            drafts[f"tests/{package}/test_{package}_answers.py"] = Draft(text, documents=origins)
        if acting := [endpoint for endpoint in served if endpoint.operation in STEP_OPERATIONS]:
            written = [test for endpoint in acting for test in action_tests(endpoint, service)]
            text = rendered("tests/package/test_actions.py", package=package, models=names, tests=written)
            path = f"tests/{package}/test_{package}_actions.py"
            drafts[path] = Draft(text, function_origins(text, acting, service))
        keyed = [endpoint for endpoint in served if endpoint.idempotency and not endpoint.handler]
        if keyed:
            text = rendered(
                "tests/package/test_keys.py",
                package=package,
                models=names,
                keys=service.table(KEYS).class_name,
                key_row=row_word(service.table(KEYS)),
                tests=[key_tests(endpoint, service) for endpoint in keyed],
                bodies=_bodies([endpoint for endpoint in keyed if endpoint.operation in CRUD], service),
            )
            drafts[f"tests/{package}/test_{package}_keys.py"] = Draft(text, function_origins(text, keyed, service))
        if counted := versioned(served, service):
            text = rendered(
                "tests/package/test_versions.py",
                package=package,
                models=names,
                tests=[version_test(endpoint, service) for endpoint in counted],
                bodies=_bodies(counted, service),
            )
            drafts[f"tests/{package}/test_{package}_versions.py"] = Draft(
                text, function_origins(text, counted, service)
            )
        kept = [endpoint for endpoint in served if endpoint.cache is not None]
        changes = change_tests(served, service)
        changing = {test.name for test in changes}
        if concerned := [*kept, *(endpoint for endpoint in served if endpoint.name in changing)]:
            text = rendered(
                "tests/package/test_caches.py",
                package=package,
                models=names,
                kept=kept_tests(kept, service),
                changes=changes,
                bodies=_bodies([one for one in concerned if one.operation in CRUD], service),
            )
            path = f"tests/{package}/test_{package}_caches.py"
            drafts[path] = Draft(text, function_origins(text, concerned, service))
        if grouped := [endpoint for endpoint in served if groups_in(endpoint.success.body) is not None]:
            tests = [group_tests(endpoint, service) for endpoint in grouped]
            text = rendered(
                "tests/package/test_groups.py",
                package=package,
                models=names,
                tests=tests,
                borders={endpoint.name: tuple(borders(endpoint, service)) for endpoint in grouped},
            )
            path = f"tests/{package}/test_{package}_groups.py"
            drafts[path] = Draft(text, function_origins(text, grouped, service))
        endpoints = [endpoint for endpoint in served if endpoint.operation in CRUD and endpoint not in grouped]
        callers = {endpoint.name: plain_caller(endpoint, service) for endpoint in endpoints}
        ruled = [endpoint for endpoint in endpoints if is_ruled(endpoint) or shows_veiled(endpoint, service)]
        if ruled:
            text = rendered(
                "tests/package/test_rules.py",
                package=package,
                models=names,
                tests=[
                    rule_tests(endpoint, service, refused=is_ruled(endpoint) and callers[endpoint.name] is None)
                    for endpoint in ruled
                ],
                bodies=_bodies(ruled, service),
            )
            drafts[f"tests/{package}/test_{package}_rules.py"] = Draft(text, function_origins(text, ruled, service))
        endpoints = [one for one in endpoints if not is_ruled(one) or callers[one.name] is not None]
        if endpoints:
            text = rendered(
                "tests/package/test_package.py",
                package=package,
                models=names,
                tests=[endpoint_tests(endpoint, service, callers[endpoint.name]) for endpoint in endpoints],
                bodies=_bodies(endpoints, service),
            )
            drafts[f"tests/{package}/test_{package}.py"] = Draft(text, function_origins(text, endpoints, service))
    return drafts


def _bodies(endpoints: Iterable[Endpoint], service: Service) -> list[tuple[str, ValidBody]]:
    found = {f"valid_{snake(e.body.name)}": valid_body(e, service) for e in endpoints if e.body is not None}
    return list(found.items())


def _account(service: Service) -> dict[str, str]:
    if service.accounts is None:
        return {}
    table = service.table(service.accounts.table)
    key = table.primary_key[0]
    nobody = unknown(key.type)
    return {
        "word": row_word(table),
        "key": key.name,
        "hash": service.accounts.password_hash or "",
        "subject": literal(service.accounts.identity),
        "nobody": f"str({nobody})" if key.type.kind is Kind.INTEGER else nobody,
    }


def _refused(service: Service) -> dict[str, str]:
    """Why a token is refused -> the assertion on the body of that."""
    outside = service.accounts is not None and service.accounts.outside is not None
    ended = "Nobody here has this token" if outside else "The session has ended"
    problems = {
        "no token": Problem("unauthenticated"),
        "bad token": Problem("bad_token", text="The token is not valid"),
        "ended": Problem("bad_token", text=ended),
    }
    return {why: asserted(told([problem], 401, service.errors)) for why, problem in problems.items()}


def _create_arguments(service: Service, accounts: AccountsView) -> list[tuple[str, str]]:
    """(option, valid value) of the command that adds an account."""
    table = service.table(accounts.table_name)
    columns = {column.attribute: column for column in table.columns}
    found = []
    for attribute, _, option in accounts.new_fields:
        column = columns[attribute]
        value = sent_value(column, table, column.type, service)
        if column.name in table.referring:
            value = f"account[{literal(column.name)}]"
        found.append((literal(option), value if value.startswith(('"', "unique")) else f"str({value})"))
    return found


@dataclass(frozen=True, slots=True)
class TestedEndpoint:
    """An endpoint as the tests know it: an object of a `type`, with the code of its arguments."""

    type: str
    arguments: list[str]


@dataclass(frozen=True, slots=True)
class JointView:
    """A reference of several columns of a row that `Rows` makes.

    Attributes:
        missing: the condition on the given `values` in which the row that it leads to has to be made.
        made: the call that makes it, with those of its values that are given.
        values: (attribute, expression) of what the reference then is.
    """

    missing: str
    made: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """What `Rows` needs to make a row of a table.

    Attributes:
        joint: the references of several columns, the longest first: columns may belong to several.
        where_missing: (attribute, expression) of what is made only where it is not given: rows referred to, and values
            of which there are few.
        defaults: (attribute, value) of all else.
        scarce: (name, values as rows have them) of the columns whose values are shared out.
    """

    name: str
    model: str
    joint: tuple[JointView, ...]
    where_missing: tuple[tuple[str, str], ...]
    defaults: tuple[tuple[str, str], ...]
    scarce: tuple[tuple[str, tuple[str, ...]], ...]
    is_account: bool
    is_document: bool

    @property
    def text(self) -> str:
        return " ".join(value for _, value in self.defaults)


def _row(table: Table, service: Service) -> RowView:
    where_missing: list[tuple[str, str]] = []
    defaults: list[tuple[str, str]] = []
    scarce: list[tuple[str, tuple[str, ...]]] = []
    password_hash = service.accounts.password_hash if is_account(table, service) and service.accounts else None
    given = {name for one in table.joint if not table.is_optional(one) for name in one.columns}
    for column in table.columns:
        if table.is_collection and column.name == DOCUMENT:
            continue
        if column.name in table.referring and (column.nullable or column.name in given):
            continue
        if column.reference is not None:
            target = service.table(column.reference.table)
            made = f"self.{row_word(target)}()[{literal(column.reference.column)}]"
            where_missing.append((column.attribute, made))
        elif values := scarce_values(column, table):
            where_missing.append((column.attribute, taken(column, table, by="self")))
            scarce.append((scarce_name(column, table), tuple(from_json(column.type, literal(v)) for v in values)))
        elif column.name == password_hash:
            defaults.append((column.attribute, "PASSWORD_HASH"))
        elif not is_given(column, table):
            defaults.append((column.attribute, row_value(column, table, service)))
    return RowView(
        name=row_word(table),
        model=table.class_name,
        joint=tuple(_joint(one, table, service) for one in sorted(table.joint, key=lambda one: -len(one.columns))),
        where_missing=tuple(where_missing),
        defaults=tuple(defaults),
        scarce=tuple(scarce),
        is_account=is_account(table, service),
        is_document=table.is_collection,
    )


def _joint(reference: Reference, table: Table, service: Service) -> JointView:
    target = service.table(reference.table)
    pairs = [(table.column(here), target.column(there)) for here, there in reference.pairs]
    missing = f"not values.keys() >= {{{', '.join(literal(here.attribute) for here, _ in pairs)}}}"
    if optional := [literal(here.attribute) for here, _ in pairs if here.nullable]:
        some = f"any(values.get(name) is not None for name in ({', '.join(optional)}))"
        missing = f"{some if len(optional) > 1 else f'values.get({optional[0]}) is not None'} and {missing}"
    known = ", ".join(f"{there.attribute}={literal(here.attribute)}" for here, there in pairs)
    return JointView(
        missing=missing,
        made=f"self.{row_word(target)}(**given(values, {known}))",
        values=tuple((here.attribute, f"row[{literal(there.name)}]") for here, there in pairs),
    )


def is_account(table: Table, service: Service) -> bool:
    return service.accounts is not None and service.accounts.table == table.name
