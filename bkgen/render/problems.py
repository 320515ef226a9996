"""What an endpoint says is wrong, where the contract has words for it: for its documentation and its tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bkgen.model.endpoints import Cause, Endpoint, Operation, Response
from bkgen.model.errors import ErrorShape, keyed, repeats
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue
from bkgen.render.errors import KINDS, resource
from bkgen.render.literals import literal
from bkgen.resolve.words import phrase

# What the backend itself says of a cause, where that is not what it says of every failure of the status.
_OWN_TEXTS = {
    "bad_credentials": "Invalid credentials",
    "bad_refresh_token": "The refresh token is not valid",
    "code_needed": "A code of the second factor is needed",
    "bad_code": "The code is not right",
    "second_factor_on": "The second factor is on already",
    "bad_mailed_token": "The link does not work any more",
    "bad_state": "The sign-in began elsewhere, or took too long",
    "unverified": "The e-mail address is not verified",
    "taken": "already taken",
    "bad_reference": "refers to nothing that exists",
    "referred_to": "Other data still refers to this",
    "missing": "is required",
    "forbidden": "Not allowed",
}
# Those of which it says what it says of every failure of the status.
_AS_STATUS = (
    "unauthenticated",
    "conflict",
    "changed",
    "version_missing",
    "too_large",
    "rate_limited",
    "unavailable",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        cause: as `service.errors.messages` calls it.
        parts: names of the input at fault, from the outside in.
        resource: what the row at fault is called; empty where none is.
        text: what the backend says where the contract has no words for the cause, if that depends on more than it.
    """

    cause: str
    parts: tuple[str, ...] = ()
    resource: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RequestId:
    """What stands for the id of the request in the body of a failure."""


def examples(endpoint: Endpoint, service: Service) -> dict[int, str]:
    """status -> the expression of the problem that documents it, where the status alone does not tell it."""
    found = {}
    if service.errors.detailed:
        for response in endpoint.responses:
            if response.status >= 400 and response.literal is None:
                problem = _example(response, endpoint, service)
                if problem.parts or problem.resource or problem.cause in _OWN_TEXTS:
                    found[response.status] = _code(problem)
    return found


def asserted(body: Any) -> str:
    """The assertion that `reply` has this body, or for None the service's error shape."""
    return "assert_shape(reply.json, ERROR)" if body is None else f"assert reply.json == {_expected(body)}"


def _expected(body: Any) -> str:
    match body:
        case RequestId():
            return 'reply.headers["x-request-id"]'
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {_expected(value)}" for key, value in body.items()) + "}"
        case list():
            return f"[{', '.join(map(_expected, body))}]"
        case _:
            return literal(body)


def _code(problem: Problem) -> str:
    text = _OWN_TEXTS.get(problem.cause, "Not found")
    arguments = [literal(problem.cause), literal(text)]
    if problem.parts:
        arguments.append(literal(problem.parts))
    if problem.resource:
        arguments.append(f"resource={literal(problem.resource)}")
    return f"worded({', '.join(arguments)})"


def _example(response: Response, endpoint: Endpoint, service: Service) -> Problem:
    cause = response.causes[0]
    match cause:
        case Cause.NOT_FOUND | Cause.BAD_PATH:
            return absent_row(endpoint, service)
        case Cause.WRONG_ROLE | Cause.WRONG_SCOPE if service.accounts is not None:
            return Problem("forbidden", resource=resource(service.accounts.table, service))
        case Cause.FORBIDDEN:
            return Problem(cause.value, resource=resource(endpoint.table or "", service))
        case Cause.TAKEN_BELOW:
            return Problem(Cause.TAKEN.value)
        case Cause.TAKEN | Cause.BAD_REFERENCE:
            return Problem(cause.value, _conflicting(cause, endpoint, service))
        case Cause.INVALID | Cause.MALFORMED:
            fields = missing_fields(endpoint)
            return fields[0] if fields else Problem("invalid")
        case _:
            return Problem(cause.value)


def absent_row(endpoint: Endpoint, service: Service, first: bool = False) -> Problem:
    """That the row of the path is not there, or with `first` the outermost one."""
    tables = [parent.table for parent in endpoint.parents] + [parameter.table for parameter in endpoint.key][:1]
    table = tables[0 if first else -1] if tables else endpoint.path_parameters[0].table
    return Problem("not_found", resource=resource(table, service))


def missing_fields(endpoint: Endpoint) -> list[Problem]:
    """One for each field that a body must have."""
    fields = endpoint.body.fields if endpoint.body is not None else ()
    above = (endpoint.envelope.name,) if endpoint.envelope is not None else ()
    return [Problem("missing", (*above, field.name)) for field in fields if field.required]


def _conflicting(cause: Cause, endpoint: Endpoint, service: Service) -> tuple[str, ...]:
    """The first field of the body by which there can be such a conflict."""
    table = service.accounts.table if endpoint.operation is Operation.REGISTER and service.accounts else endpoint.table
    for field in endpoint.body.fields if endpoint.body is not None and table else ():
        if isinstance(field.shape, ColumnValue):
            written = service.table(table or "")
            column = written.column(field.shape.column)
            if column.name in written.referring if cause is Cause.BAD_REFERENCE else column.unique or column.primary:
                return (field.name,)
    return ()


def is_worded(cause: str, shape: ErrorShape) -> bool:
    """Whether the contract has the words for a cause, and nothing in the body depends on the request."""
    return shape.message_of(cause) is not None and "{request_id}" not in str(shape.body)


def told(problems: Sequence[Problem], status: int, shape: ErrorShape) -> Any:
    """The body of a failure, which may have a RequestId in it; None where that takes more than is known here."""
    text = str(shape.body)
    texts = [_text(problem, status, shape) for problem in problems]
    complete = all(t is not None and "{limit}" not in t for t in texts) and len(problems) <= _MOST
    if not problems or not complete or "{request_id}" in text.replace("'{request_id}'", ""):
        return None
    said = [_said(problem, message or "", shape) for problem, message in zip(problems, texts, strict=True)]
    if any(name in text for name in ("{field}", "{path}")) and not all(one.name for one in said):
        return None
    return _filled(shape.body, _Scope(said, status))


def _text(problem: Problem, status: int, shape: ErrorShape) -> str | None:
    """The contract's words for a problem, or what the backend says itself."""
    if (text := shape.message_of(problem.cause)) is not None:
        return text
    if problem.resource and problem.cause == "not_found":
        row = problem.resource.replace("_", " ") if shape.detailed else phrase(problem.resource)
        return f"{row.capitalize()} not found"
    own = problem.text or _OWN_TEXTS.get(problem.cause)
    return own or (KINDS[status][1] if problem.cause in _AS_STATUS else None)


_MOST = 10  # problems in one answer


@dataclass(frozen=True, slots=True)
class _Said:
    """A problem in words: `name` is the last part of `path`."""

    message: str
    name: str
    path: str
    of_input: bool


def _said(problem: Problem, message: str, shape: ErrorShape) -> _Said:
    row = problem.resource or "resource"
    name = (shape.field_of(problem.cause) or "").replace("{resource}", row)
    path = ".".join(problem.parts) or name
    last = problem.parts[-1] if problem.parts else name
    return _Said(message.replace("{resource}", row), last, path, bool(problem.parts))


@dataclass(frozen=True, slots=True)
class _Scope:
    """The problems that a part of the body is about; `named` where something beside the message names the input."""

    problems: Sequence[_Said]
    status: int
    named: bool = False


def _filled(value: Any, scope: _Scope) -> Any:
    match value:
        case "{status}":
            return scope.status
        case "{request_id}":
            return RequestId()
        case str():
            first = scope.problems[0]
            text = value.replace("{message}", "; ".join(_messages(scope))).replace("{status}", str(scope.status))
            text = text.replace("{kind}", KINDS[scope.status][0])
            return text.replace("{field}", first.name).replace("{path}", first.path)
        case dict() if key := keyed(value):
            groups: dict[str, list[_Said]] = {}
            for one in scope.problems:
                groups.setdefault(one.name if key == "{field}" else one.path, []).append(one)
            return {
                name: _filled(value[key], replace(scope, problems=group, named=True)) for name, group in groups.items()
            }
        case dict():
            return {key: _filled(item, scope) for key, item in value.items()}
        case list() if repeats(value):
            named = scope.named or "{field}" in str(value) or "{path}" in str(value)
            return [_filled(value[0], replace(scope, problems=[one], named=named)) for one in scope.problems]
        case list():
            return [_filled(item, scope) for item in value]
        case _:
            return value


def _messages(scope: _Scope) -> Iterable[str]:
    for one in scope.problems:
        yield one.message if scope.named or not one.of_input else f"{one.path}: {one.message}"
