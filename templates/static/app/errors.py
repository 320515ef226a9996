"""Failures: how code raises them, how they are answered, how OpenAPI describes them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from app.error_body import MEDIA_TYPE, ErrorBody, error_body

# Status: kind, and the message where none more exact is at hand.
KINDS = {
    400: ("malformed", "The request could not be read"),
    401: ("unauthenticated", "Not signed in"),
    403: ("forbidden", "Not allowed"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    409: ("conflict", "The change contradicts other data"),
    413: ("too_large", "The body is too large"),
    415: ("unsupported_media_type", "The body must be JSON, with Content-Type: application/json"),
    422: ("invalid", "The request is not valid"),
    429: ("rate_limited", "Too many requests"),
    500: ("internal", "Internal server error"),
    503: ("unavailable", "Temporarily unavailable, try again soon"),
}

# What an answer tells besides.
HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}

ERROR_SCHEMA = {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}

MAX_PROBLEMS = 10  # told in one answer
MAX_REASON = 200  # characters, for it names a key that is there twice

Responses = dict[int | str, dict[str, Any]]


class ApiError(HTTPException):
    """A failure to answer with `status` and `message`; `field` names the input at fault."""

    status: ClassVar[int]

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(self.status, message or KINDS[self.status][1], headers)
        self.field = field


class Unauthenticated(ApiError):
    """No token, a bad one, or bad credentials."""

    status = 401


class BadRequest(ApiError):
    """What is asked for cannot be."""

    status = 400


class Forbidden(ApiError):
    """Who asks may not do this."""

    status = 403


class Unprocessable(ApiError):
    """The request is well formed, and what it asks for cannot be."""

    status = 422


class NotFound(ApiError):
    """No such row, or no such row above it in the path."""

    status = 404


class Conflict(ApiError):
    """Other rows forbid the change: `reason` says how, of which attributes."""

    status = 409

    def __init__(self, reason: str, attributes: Sequence[str] = ()) -> None:
        super().__init__(_told(reason, attributes), field=" or ".join(attributes) or None)
        self.reason = reason
        self.attributes = attributes

    def named(self, names: Mapping[str, str]) -> "Conflict":
        """The same Conflict with attributes called as clients call them."""
        return type(self)(self.reason, [names.get(name, name) for name in self.attributes])


class BadReference(Conflict):
    """A reference forbids the change, and no unique rule."""


def _told(reason: str, attributes: Sequence[str]) -> str:
    return f"{' or '.join(attributes)}: {reason}" if attributes else reason


class TooLarge(ApiError):
    """The body has more than MAX_BODY_BYTES."""

    status = 413


class RateLimited(ApiError):
    """More requests than the endpoint allows."""

    status = 429


class Unavailable(ApiError):
    """Something that this backend needs does not answer; trying again may help."""

    status = 503

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


def documented(*statuses: int, literals: Mapping[int, dict[str, Any]] | None = None) -> Responses:
    """The failures of a route for its `responses`.

    Those in `literals` are answered with exactly that body, all others with an ErrorBody. A
    conflict that is among both has the literal for a value that is taken alone.
    """
    literals = literals or {}
    return {
        status: _documented_response(status, status in statuses, literals.get(status))
        for status in sorted({*statuses, *literals})
    }


def _documented_response(
    status: int, worded: bool, literal: dict[str, Any] | None
) -> dict[str, Any]:
    content = {}
    if worded:
        kind, message = KINDS[status]
        body = error_body(status=status, kind=kind, message=message, field=None, request_id="")
        content[MEDIA_TYPE] = {"schema": ERROR_SCHEMA, "example": body}
    if literal is not None:
        exact = {"const": literal}
        schema = {"anyOf": [exact, ERROR_SCHEMA]} if "application/json" in content else exact
        content["application/json"] = {"schema": schema, "example": literal}
    header = HEADERS.get(status)
    headers = {"headers": {header: {"schema": {"type": "string"}}}} if header else {}
    return {"content": content, **headers}


# For all routes. Without it FastAPI documents a 422 of its own shape wherever there are parameters.
OTHERWISE: Responses = {
    "default": {
        "description": "Any other failure, such as 422 for an unknown query parameter",
        "content": {MEDIA_TYPE: {"schema": ERROR_SCHEMA}},
    }
}


class Api(FastAPI):
    """FastAPI that knows the schema of errors, which no function returns."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        schema = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
        inner = schema.pop("$defs", {})
        document["components"]["schemas"] |= {**inner, ErrorBody.__name__: schema}
        return document


def error_response(
    request: Request,
    status: int,
    message: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
    bad_reference: bool = False,
) -> JSONResponse:
    """The answer to a failure: the literal that the route documents, or an ErrorBody."""
    if literal := _literal(request, status, bad_reference):
        return JSONResponse(literal, status, headers)
    body = error_body(
        status=status,
        kind=KINDS.get(status, ("error",))[0],
        message=message,
        field=field,
        request_id=request.state.headers["X-Request-ID"],
    )
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    """Answer every failure that a route or the framework raises."""
    app.exception_handler(HTTPException)(_on_http_exception)
    app.exception_handler(RequestValidationError)(_on_invalid_request)


async def _on_http_exception(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        return _method_not_allowed(request)
    if isinstance(error, Conflict):
        error = error.named(_sent_names(request))
    if isinstance(error, ApiError):
        message, field = error.detail, error.field
    else:
        message, field = KINDS.get(error.status_code, ("", error.detail))[1], None
    return error_response(
        request,
        error.status_code,
        message,
        field=field,
        headers=error.headers,
        bad_reference=isinstance(error, BadReference),
    )


def _sent_names(request: Request) -> dict[str, str]:
    """Attribute of the body -> name of the field that a client sends it in."""
    body = getattr(request.scope.get("route"), "body_field", None)
    fields = body.field_info.annotation.model_fields if body is not None else {}
    return {attribute: field.alias or attribute for attribute, field in fields.items()}


def _method_not_allowed(request: Request) -> Response:
    """405 with every method that the path has; OPTIONS asks for just that."""
    path = request.scope["path"]
    methods = {"OPTIONS"}
    for route in iter_route_contexts(request.app.routes):
        if route.path_regex.match(path):
            methods.update(route.methods or ())
    if "GET" in methods:
        methods.add("HEAD")
    headers = {"Allow": ", ".join(sorted(methods))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    return error_response(request, 405, KINDS[405][1], headers=headers)


async def _on_invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
    problems = error.errors()
    documented_statuses = _documented(request)
    if any(problem["loc"][0] == "path" for problem in problems):  # no row can have such a key
        return error_response(request, 404, KINDS[404][1])
    if isinstance(error.body, bytes):  # FastAPI parses JSON only
        return error_response(request, 415, KINDS[415][1])
    if isinstance(error.body, ValueError):  # from JsonRequest.json
        status = 400 if 400 in documented_statuses else 422
        reason = str(error.body)[:MAX_REASON]
        return error_response(request, status, f"The body is not valid JSON: {reason}")
    status = 400 if 400 in documented_statuses and 422 not in documented_statuses else 422
    message = "; ".join(describe(_name(problem), problem) for problem in problems[:MAX_PROBLEMS])
    return error_response(request, status, message, field=_name(problems[0]))


def describe(name: str, problem: Mapping[str, Any]) -> str:
    """What is wrong with the field `name`, without the value that was sent."""
    if not name:
        return "The body must be a JSON object"
    match problem["type"]:
        case "missing":
            return f"{name}: is required"
        case "extra_forbidden" if problem["loc"][0] == "query":
            return f"{name}: is not a known query parameter"
        case "extra_forbidden":
            return f"{name}: is not a known field"
        case "value_error" if "reason" in problem["ctx"]:  # it repeats what was sent
            return f"{name}: must be a valid email address"
    message = problem["msg"].removeprefix("Value error, ")
    for subject in ("Input should", "String should", "Value should"):
        message = message.replace(subject, "must")
    return f"{name}: {message}"


def _name(problem: Mapping[str, Any]) -> str:
    """Where the problem is, as `address.city`; empty for the body as a whole."""
    return ".".join(str(part)[:100] for part in problem["loc"][1:])


def _documented(request: Request) -> Responses:
    route = request.scope.get("route")
    responses: Responses = getattr(route, "responses", {})
    return responses


def _literal(request: Request, status: int, bad_reference: bool) -> Any:
    """The body that the route documents; for a bad reference only if it documents no other."""
    media = _documented(request).get(status, {}).get("content", {}).values()
    schemas = [one for each in media for one in each["schema"].get("anyOf", [each["schema"]])]
    if bad_reference and ERROR_SCHEMA in schemas:
        return None
    return next((schema["const"] for schema in schemas if "const" in schema), None)
