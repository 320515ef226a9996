"""What the tests of every endpoint need to know about one: the arguments of `Endpoint` in `tests/endpoints.py`."""

from __future__ import annotations

from typing import Any

from bkgen.model.endpoints import OAUTH2_OPERATIONS, Access, Cause, Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Children, ColumnValue, Fact, FactValue, Given, Links, Object, files_in
from bkgen.model.types import Type
from bkgen.render import samples
from bkgen.render.auth_test_views import call_of
from bkgen.render.entrances import entrance_names
from bkgen.render.handler_tests import is_open_handler
from bkgen.render.list_tests import bad_values, valid_value
from bkgen.render.literals import literal
from bkgen.render.mongodb import keeps_in_mongodb
from bkgen.render.problems import Problem, is_worded, told
from bkgen.render.roles import token_fixture
from bkgen.render.test_values import a_file, unknown
from bkgen.render.tokens import refreshes_by_cookie

_ALIKE = (Cause.TOO_LARGE, Cause.RATE_LIMITED, Cause.UNSUPPORTED_MEDIA_TYPE, Cause.UNAVAILABLE)


def endpoint_arguments(endpoint: Endpoint, service: Service) -> list[str]:
    """The arguments of an `Endpoint` of tests/endpoints.py."""
    found = {response.status for response in endpoint.responses} | ({304} if endpoint.cache is not None else set())
    statuses = ", ".join(map(str, sorted(found)))
    arguments = [call_of(endpoint), f"operation={literal(endpoint.name)}", f"statuses=frozenset({{{statuses}}})"]
    path = {p.attribute: unknown(p.type) for p in endpoint.path_parameters}
    bad_path = {p.attribute: samples.impossible(p.type) for p in endpoint.path_parameters}
    if path:
        arguments.append("path={" + ", ".join(f"{literal(name)}: {value}" for name, value in path.items()) + "}")
    if any(bad_path.values()):
        arguments.append(f"bad_path={literal({name: value for name, value in bad_path.items() if value})}")
    if required := [f"{literal(query.name)}: {valid_value(query)}" for query in endpoint.query if query.required]:
        arguments.append(f"query={{{', '.join(required)}}}")
    if endpoint.request is not None:
        arguments.append(f"body={_form(endpoint) if endpoint.files else literal(_body(endpoint.request))}")
    if endpoint.files:
        limits = ", ".join(f"{literal(name)}: {_limits(type_)}" for name, type_ in _file_types(endpoint))
        arguments.append(f"files={{{limits}}}")
    if endpoint.envelope is not None:
        arguments.append(f"envelope={literal(endpoint.envelope.name)}")
    if endpoint.authenticated:
        arguments.append(f"token={literal(token_fixture(endpoint, service))}")
    if endpoint.entry is not None:
        arguments.append(f"entrance={literal(entrance_names(service)[endpoint.name])}")
    if endpoint.access is Access.OPTIONAL:
        arguments.append("reads_token=True")
    if is_open_handler(endpoint) or refreshes_by_cookie(endpoint) or endpoint.operation in OAUTH2_OPERATIONS:
        arguments.append("needs_tables=False")
    elif _asks_documents_alone(endpoint, service):
        arguments.append("needs_tables=not IN_MONGODB")
    if defaults := _defaults(endpoint):
        arguments.append(f"defaults={literal(defaults)}")
    if bad_queries := _bad_queries(endpoint):
        inner = "".join(f"({literal(name)}, {literal(value)}), " for name, value in bad_queries)
        arguments.append(f"bad_queries=({inner})")
    if endpoint.rate_limit is not None:
        arguments.append(f"rate_limit=({endpoint.rate_limit.requests}, {endpoint.rate_limit.seconds})")
        if endpoint.rate_limit.per_user:
            arguments.append("limited_by_account=True")
    literals = _literals(endpoint, service)
    if literals:
        inner = ", ".join(f"{status}: {literal(body)}" for status, body in literals.items())
        arguments.append(f"literals={{{inner}}}")
    for name, cause in (("malformed", Cause.MALFORMED), ("invalid", Cause.INVALID)):
        response = endpoint.response(cause)
        if response is not None and response.status != 422:
            arguments.append(f"{name}={response.status}")
    return arguments


def tested_type(endpoint: Endpoint) -> str:
    """The class of tests that an endpoint is an object of."""
    guarded = "Guarded" if endpoint.entry is not None else ""
    return f"{guarded}{'FormEndpoint' if endpoint.files else 'Endpoint'}"


def _asks_documents_alone(endpoint: Endpoint, service: Service) -> bool:
    """Whether it asks nothing of the database where documents are in MongoDB."""
    if endpoint.table is None or endpoint.access is Access.SIGNED_IN or endpoint.handler is not None:
        return False
    return service.table(endpoint.table).is_collection and keeps_in_mongodb(service)


def _form(endpoint: Endpoint) -> str:
    """A form that is valid in itself."""
    assert endpoint.request is not None
    files = {name: a_file(type_) for name, type_ in _file_types(endpoint)}
    texts = {name: literal(value) for name, value in _body(endpoint.request).items()}
    return "{" + ", ".join(f"{literal(name)}: {value}" for name, value in (texts | files).items()) + "}"


def _file_types(endpoint: Endpoint) -> list[tuple[str, Type]]:
    """The fields that take files, and what they take."""
    return [(one.name, one.shape.type) for one in endpoint.files if isinstance(one.shape, ColumnValue)]


def _limits(type_: Type) -> str:
    return f"({type_.max_bytes}, {literal(list(type_.media_types))})"


def _literals(endpoint: Endpoint, service: Service) -> dict[int, Any]:
    """The bodies that the contract words, of those failures that every endpoint has in the same way."""
    found = {}
    for response in endpoint.responses:
        body = response.literal
        if body is None and len(response.causes) == 1 and response.causes[0] in _ALIKE:
            cause = response.causes[0].value
            body = told([Problem(cause)], response.status, service.errors) if is_worded(cause, service.errors) else None
        if body is not None:
            found[response.status] = body
    return found


def _body(shape: Object) -> dict[str, object]:
    """A body that is valid in itself; what it refers to is nowhere."""
    body: dict[str, object] = {}
    files = files_in(shape.fields)
    for field in shape.fields:
        match field.shape:
            case ColumnValue() if field in files:
                pass
            case FactValue(fact=Fact.REFRESH_TOKEN):
                body[field.name] = "00000000-0000-4000-8000-000000000000.secret"
            case FactValue(fact=Fact.PASSWORD | Fact.CURRENT_PASSWORD | Fact.NEW_PASSWORD):
                body[field.name] = "correct horse battery staple"
            case Links() | Children() if field.required:
                body[field.name] = []
            case Array(items=Object() as item):
                body[field.name] = [_body(item)]
            case Array(items=Given(type=type_)):
                body[field.name] = [samples.valid(type_, field.attribute)]
            case ColumnValue(type=type_) | FactValue(type=type_) | Given(type=type_):
                body[field.name] = samples.valid(type_, field.attribute)
            case Object():
                body[field.name] = _body(field.shape)
            case _:
                pass
    return body


def _defaults(endpoint: Endpoint) -> dict[str, object]:
    """What query parameters with one value are where they are left out."""
    return {
        query.name: query.default for query in endpoint.query if isinstance(query.default, str | int) and not query.many
    }


def _bad_queries(endpoint: Endpoint) -> list[tuple[str, str | list[str]]]:
    return [(query.name, value) for query in endpoint.query for value in bad_values(query)]
