"""View of the error body: the expression that builds it, the models that describe it, and the contract's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.errors import CAUSES, EACH, OF_INPUT, OF_SECOND_FACTOR, OF_VERSIONS, PLACEHOLDERS, keyed, repeats
from bkgen.model.service import Service
from bkgen.render.literals import docstring, literal
from bkgen.resolve import names
from bkgen.resolve.words import phrase

# Failures of signing in that have a class of their own where the contract tells causes apart.
_REFUSALS = {
    Cause.BAD_CREDENTIALS: ("BadCredentials", "A wrong name or password."),
    Cause.BAD_REFRESH_TOKEN: ("BadRefreshToken", "A refresh token that is unknown, expired, used or revoked."),
}
KINDS = {
    400: ("malformed", "The request could not be read"),
    401: ("unauthenticated", "Not signed in"),
    403: ("forbidden", "Not allowed"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    408: ("request_timeout", "The request took too long to arrive"),
    409: ("conflict", "The change contradicts other data"),
    412: ("precondition_failed", "It has been changed since; read it again"),
    413: ("too_large", "The body is too large"),
    414: ("uri_too_long", "The query is too long"),
    415: ("unsupported_media_type", "The body must be JSON, with Content-Type: application/json"),
    422: ("invalid", "The request is not valid"),
    428: ("precondition_required", "If-Match is required: the ETag of what is to be changed"),
    429: ("rate_limited", "Too many requests"),
    431: ("request_header_fields_too_large", "There are too many headers, or too long ones"),
    500: ("internal", "Internal server error"),
    503: ("unavailable", "Temporarily unavailable, try again soon"),
}
"""The statuses of failures that bkgen knows: kind, and the message where none more exact is at hand."""
_OF_VERSIONS = frozenset({412, 428})
"""Those of them that only backends with versions of rows know."""
_BAD_TOKEN = ("BadToken", "An access token that is not valid, or not any more.")
_UNAUTHENTICATED = "Unauthenticated"
_RAISED = ("bad_token", *(cause.value for cause in _REFUSALS))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A class of exceptions for one cause of a 401."""

    name: str
    cause: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ErrorsView:
    """What the templates of errors need.

    Attributes:
        detailed: whether failures are told apart by cause and by input, and not only by status.
        names_rows: whether some text says what the row at fault is called.
        forbids: whether an endpoint refuses by a role or a policy.
        invalid_as_400: whether an endpoint has 400 for whatever is wrong with a request.
        repeats: whether a query parameter may have several values.
        models: the classes that describe the error body, `ErrorBody` last.
        body: the expression that builds it.
        messages, fields: the words for every cause that has some, be it those of a wider one.
        refusals: the classes beside `Unauthenticated`.
        raised: cause of a 401 -> the class that is raised for it.
        kinds: status -> kind and message; `more_kinds` whether only handlers answer with some of them.
        example, reason: what the body is, and why, for the README.
    """

    detailed: bool
    names_rows: bool
    forbids: bool
    invalid_as_400: bool
    repeats: bool
    media_type: str
    models: str
    body: str
    messages: dict[str, str]
    fields: dict[str, str]
    refusals: tuple[Refusal, ...]
    raised: dict[str, str]
    kinds: dict[int, tuple[str, str]]
    more_kinds: bool
    example: str
    reason: str


def errors_view(service: Service) -> ErrorsView:
    shape = service.errors
    refusals = _refusals(service) if shape.detailed else ()
    more_kinds = dict(_more_kinds(service))
    causes = [cause for cause in CAUSES if cause not in _RAISED or cause in {refusal.cause for refusal in refusals}]
    if service.accounts is None or service.accounts.second_factor is None:
        causes = [cause for cause in causes if cause not in OF_SECOND_FACTOR]
    kinds = KINDS
    if not service.has_versions:
        causes = [cause for cause in causes if cause not in OF_VERSIONS]
        kinds = {status: words for status, words in KINDS.items() if status not in _OF_VERSIONS}
    return ErrorsView(
        detailed=shape.detailed,
        names_rows=shape.names_rows,
        forbids=any(_forbids(endpoint, service) for endpoint in service.endpoints),
        invalid_as_400=any(_has_400_alone(endpoint) for endpoint in service.endpoints),
        repeats=any(parameter.many for endpoint in service.endpoints for parameter in endpoint.query),
        media_type="application/problem+json" if shape.problem else "application/json",
        models="\n\n".join(_models("ErrorBody", shape.body).values()),
        body=_filled(shape.body, _Scope(_DETAILED if shape.detailed else _ARGUMENTS)),
        messages={cause: text for cause in causes if (text := shape.message_of(cause)) is not None},
        fields={c: text for c in causes if c not in OF_INPUT and (text := shape.field_of(c)) is not None},
        refusals=refusals,
        raised=dict.fromkeys(_RAISED, _UNAUTHENTICATED) | {refusal.cause: refusal.name for refusal in refusals},
        kinds=kinds | more_kinds,
        more_kinds=bool(more_kinds),
        example=json.dumps(shape.body, ensure_ascii=False),
        reason=shape.reason,
    )


def bad_token(service: Service) -> str:
    """The class that is raised for an access token that is not valid any more."""
    return _BAD_TOKEN[0] if service.errors.detailed else _UNAUTHENTICATED


def _has_400_alone(endpoint: Endpoint) -> bool:
    statuses = {response.status for response in endpoint.responses}
    return 400 in statuses and 422 not in statuses


def _more_kinds(service: Service) -> Iterator[tuple[int, tuple[str, str]]]:
    """Those that only handlers answer with."""
    known = {status.value: status.phrase for status in HTTPStatus}
    found = {one.status for endpoint in service.endpoints if endpoint.handler for one in endpoint.responses}
    for status in sorted(found - KINDS.keys()):
        if status >= 400:
            phrase_ = known.get(status, f"Failure {status}")
            yield status, (names.snake(phrase_), phrase_.capitalize())


def _refusals(service: Service) -> tuple[Refusal, ...]:
    """The causes of 401 that some endpoint can have."""
    found = []
    if any(endpoint.authenticated for endpoint in service.endpoints):
        found.append(Refusal(_BAD_TOKEN[0], "bad_token", _BAD_TOKEN[1]))
    for cause, (name, meaning) in _REFUSALS.items():
        if any(endpoint.response(cause) for endpoint in service.endpoints):
            found.append(Refusal(name, cause.value, meaning))
    return tuple(found)


# placeholder -> the expression that fills it
_ARGUMENTS = {f"{{{name}}}": name for name in PLACEHOLDERS}
_DETAILED = _ARGUMENTS | {
    "{message}": "sentences(problems)",
    "{field}": "problems[0].field",
    "{path}": "problems[0].path",
}


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a part of the error shape stands: what fills its placeholders, and the problems that it is about."""

    filled: dict[str, str]
    problems: str = "problems"
    named: bool = False  # whether a key above says which field it is about


def _filled(value: Any, scope: _Scope) -> str:
    """The expression that fills the placeholders of the error shape."""
    match value:
        case str() if value in scope.filled:
            return scope.filled[value]
        case str() if any(placeholder in value for placeholder in scope.filled):
            parts = (part for part in re.split(r"(\{\w+\})", value) if part)
            return " + ".join(f"str({scope.filled[p]})" if p in scope.filled else literal(p) for p in parts)
        case dict() if key := keyed(value):
            name = key.strip("{}")
            inner = {"{message}": '"; ".join(problem.message for problem in group)', key: name}
            below = replace(scope, filled=scope.filled | inner, problems="group", named=True)
            groups = f"grouped({scope.problems}, lambda problem: problem.{name} or kind)"
            return f"{{{name}: {_filled(value[key], below)} for {name}, group in {groups}}}"
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {_filled(item, scope)}" for key, item in value.items()) + "}"
        case list() if repeats(value):
            return f"[{_filled(value[0], _of_each(value[0], scope))} for problem in {scope.problems}]"
        case list():
            return "[" + ", ".join(_filled(item, scope) for item in value) + "]"
        case _:
            return literal(value)


def _of_each(item: Any, scope: _Scope) -> _Scope:
    """The scope of an item for each problem; its message names the field where nothing else does."""
    named = scope.named or "{field}" in str(item) or "{path}" in str(item)
    filled = {f"{{{name}}}": f"problem.{name}" for name in EACH}
    filled["{message}"] = "problem.message" if named else "problem.sentence"
    return replace(scope, filled=scope.filled | filled, problems="[problem]")


def placeholder_type(text: str) -> str:
    """The Python type of a string in the error shape, once it is filled."""
    return PLACEHOLDERS.get(_ARGUMENTS.get(text, ""), "str")


def error_shape(body: Any) -> str:
    """The shape of an error body as the generated tests compare it."""
    match body:
        case dict() if key := keyed(body):
            return f"{{str: {error_shape(body[key])}}}"
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {error_shape(value)}" for key, value in body.items()) + "}"
        case list():
            return f"[{', '.join(error_shape(item) for item in body)}]"
        case str():
            return placeholder_type(body)
        case bool() | int() | float():
            return type(body).__name__
        case _:
            return "Any"


def _models(name: str, body: dict[str, Any]) -> dict[str, str]:
    """Pydantic models of the error shape, inner ones first: they tell OpenAPI, nothing validates by them."""
    models: dict[str, str] = {}
    text = docstring("What went wrong, in a sentence for people." if name == "ErrorBody" else "A part of an error.")
    if keyed(body):
        annotation = _annotation(name, "field", body, models)
        return {**models, name: f"class {name}(RootModel[{annotation}]):\n    {text}\n"}
    fields: dict[str, str] = {}
    for key, value in body.items():
        attribute = names.unique(names.attribute(key), fields)
        alias = "" if attribute == key else f" = Field(alias={literal(key)})"
        fields[attribute] = f"    {attribute}: {_annotation(name, key, value, models)}{alias}"
    lines = [f"class {name}(Answer):", f"    {text}", "", *fields.values()]
    return {**models, name: "\n".join(lines) + "\n"}


def _annotation(name: str, key: str, value: Any, models: dict[str, str]) -> str:
    match value:
        case str():
            return placeholder_type(value)
        case dict() if placeholder := keyed(value):
            return f"dict[str, {_annotation(name, key, value[placeholder], models)}]"
        case dict():
            inner = names.unique(f"{name}{names.pascal(key)}", models, "")
            models.update(_models(inner, value))
            return inner
        case list():
            return f"list[{_annotation(name, key, value[0], models)}]" if value else "list[Any]"
        case bool() | int() | float():
            return type(value).__name__
        case _:
            return "None"


def resource(table: str, service: Service) -> str:
    """What `{resource}` calls the rows of a table."""
    return service.errors.resources.get(table, service.table(table).singular)


def missing_row(table: str, service: Service) -> str:
    """What `NotFound` is told of a row that is not there, as a literal: the message, or what such rows are called."""
    if service.errors.detailed:
        return literal(resource(table, service))
    return literal(f"{phrase(service.table(table).singular).capitalize()} not found")


def _forbids(endpoint: Endpoint, service: Service) -> bool:
    by_steps = bool(service.policies) and any(
        response.status == 403 and Cause.REFUSED in response.causes for response in endpoint.responses
    )
    return by_steps or any(endpoint.response(cause) for cause in (Cause.WRONG_SCOPE, Cause.WRONG_ROLE, Cause.FORBIDDEN))
