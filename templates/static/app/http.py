"""How requests are read and answered, whatever they are about."""

import asyncio
import logging
import re
import sys
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from secrets import token_hex
from typing import Any, get_origin
from urllib.parse import unquote

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute
from jiter import from_json
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooLarge
from app.errors.answers import error_response
from app.headers import browser_headers
from app.settings import Settings

logger = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# What stays encoded in a path until it is cut into segments: a slash in a key ends none.
IN_SEGMENT = re.compile(rb"%(2[Ff]|25)")
# What is wrong with a query parameter, as Pydantic says what is wrong with a field.
UNKNOWN: dict[str, Any] = {"type": "extra_forbidden"}
REPEATED: dict[str, Any] = {"type": "repeated", "msg": "must be sent once", "input": ()}


class JsonRequest(Request):
    """A request whose body is strict JSON of limited size, sent in limited time."""

    async def body(self) -> bytes:
        """The whole body.

        Raises:
            TooLarge: it has more than MAX_BODY_BYTES, whatever Content-Length says.
            HTTPException: 408, for it takes longer than REQUEST_TIMEOUT_SECONDS.
        """
        if not hasattr(self, "_body"):
            settings: Settings = self.app.state.settings
            if int(self.headers.get("Content-Length", 0)) > settings.max_body_bytes:
                raise TooLarge
            body = bytearray()
            try:
                async with asyncio.timeout(settings.request_timeout_seconds):
                    async for chunk in self.stream():
                        body += chunk
                        if len(body) > settings.max_body_bytes:
                            raise TooLarge
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            self._body = bytes(body)
        return self._body

    async def json(self) -> Any:
        """The value of the body, or the ValueError that says why it is not JSON.

        Returned and not raised, so that a missing token is told before a bad body: FastAPI reads
        bodies first. No model accepts an exception, so it never passes for input.
        """
        try:
            return from_json(await self.body(), allow_inf_nan=False, catch_duplicate_keys=True)
        except ValueError as error:
            return error


class JsonRoute(APIRoute):
    """A route that reads JsonRequests, and refuses query parameters that it does not have, or twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        parameters = [
            one for one in get_flat_params(self.dependant) if isinstance(one.field_info, Query)
        ]
        known = {one.alias for one in parameters}
        lists = {one.alias for one in parameters if get_origin(one.field_info.annotation) is tuple}

        async def handle_json(request: Request) -> Response:
            scope = request.scope
            scope["path_params"] = {
                name: unquote(segment) for name, segment in request.path_params.items()
            }
            json_request = JsonRequest(scope, request.receive)
            if scope["query_string"]:
                _check_query(json_request.query_params, known, lists)
            return await handle(json_request)

        return handle_json


def _check_query(sent: QueryParams, known: Collection[str], lists: Collection[str]) -> None:
    """Raise RequestValidationError for what is not `known`, and for what is sent twice but is no list."""
    problems = [
        {"loc": ("query", name), **(REPEATED if name in known else UNKNOWN)}
        for name in sent
        if name not in known or (name not in lists and len(sent.getlist(name)) > 1)
    ]
    if problems:
        raise RequestValidationError(problems)


class RequestMiddleware:
    """Gives requests an id and answers their headers; answers HEAD like GET, and what no handler caught.

    `request.state.headers` are the headers of the answer, whether it succeeds or fails.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, _without_traceback(send))
            return
        sent_id = Headers(scope=scope).get("X-Request-ID", "")
        request_id = sent_id if REQUEST_ID.fullmatch(sent_id) else token_hex(16)
        headers = {"X-Request-ID": request_id, **browser_headers(scope)}
        method = "GET" if scope["method"] == "HEAD" else scope["method"]  # uvicorn sends no body
        state = {**scope.get("state", {}), "headers": headers}
        path = unquote(IN_SEGMENT.sub(rb"%25\1", scope["raw_path"]))
        scope = {**scope, "method": method, "path": path, "state": state}
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _replaced(message["headers"], headers)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            logger.exception("%s %s failed, request %s", method, scope["path"], request_id)
            if started:
                raise
            message = f"Internal server error, request {request_id}"
            response = error_response(Request(scope), 500, message)
            await response(scope, receive, send_with_headers)


def _replaced(
    sent: Iterable[tuple[bytes, bytes]], headers: Mapping[str, str]
) -> list[tuple[bytes, bytes]]:
    """Headers of an answer, with `headers` in place of those that are called alike."""
    own = {
        name.lower().encode("latin-1"): value.encode("latin-1") for name, value in headers.items()
    }
    return [*(header for header in sent if header[0] not in own), *own.items()]


def _without_traceback(send: Send) -> Callable[[Message], Awaitable[None]]:
    """Let a start that ends in SystemExit say its sentence alone."""

    async def send_briefly(message: Message) -> None:
        error = sys.exception()
        if message["type"] == "lifespan.startup.failed" and isinstance(error, SystemExit):
            message = {**message, "message": str(error)}
        await send(message)

    return send_briefly
