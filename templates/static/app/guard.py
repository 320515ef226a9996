"""Requests that are refused before anybody looks at them."""

import re
from collections.abc import Collection

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors.answers import error_response
from app.errors.statuses import KINDS
from app.settings import Settings

MAX_QUERY_BYTES = 8192
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768  # of all of them


class GuardMiddleware:
    """Refuses what no endpoint is meant to see, and more at once than MAX_CONCURRENT_REQUESTS.

    `probes` are the paths that orchestrators ask, whatever host they name and however busy the
    server is. To wait for a slow client is no work, so such clients do not keep others out.
    """

    def __init__(self, app: ASGIApp, probes: Collection[str]) -> None:
        self.app = app
        self.probes = probes
        self.working: set[object] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.probes:
            await self.app(scope, receive, send)
            return
        settings: Settings = scope["app"].state.settings
        work = object()

        def begin() -> None:
            if len(self.working) >= settings.max_concurrent_requests:
                raise HTTPException(503, KINDS[503][1], {"Retry-After": "1"})
            self.working.add(work)

        async def receive_without_working() -> Message:
            self.working.discard(work)
            message = await receive()
            begin()
            return message

        try:
            check_head(scope, settings)
            begin()
        except HTTPException as error:
            status, message = error.status_code, error.detail
            response = error_response(Request(scope), status, message, headers=error.headers)
            await response(scope, receive, send)
            return
        try:
            await self.app(scope, receive_without_working, send)
        finally:
            self.working.discard(work)


def check_head(scope: Scope, settings: Settings) -> None:
    """Look at all of a request but its body.

    Raises:
        HTTPException: it names another host, has too much of something, or has a compressed body.
    """
    headers = Headers(scope=scope)
    if not _is_own(headers.get("Host", ""), settings):
        raise HTTPException(400, "The host is none of this server's")
    if len(scope["query_string"]) > MAX_QUERY_BYTES:
        raise HTTPException(414, KINDS[414][1])
    size = sum(len(name) + len(value) for name, value in headers.raw)
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        raise HTTPException(431, KINDS[431][1])
    if headers.get("Content-Encoding", "identity") != "identity":
        raise HTTPException(415, "The body must not be compressed", {"Accept-Encoding": "identity"})


def _is_own(host: str, settings: Settings) -> bool:
    """Whether ALLOWED_HOSTS has the host of a request, or PUBLIC_URL; without both any will do."""
    if not settings.hosts:
        return True
    name = re.sub(r":\d*$", "", host.lower())
    return any(
        name.endswith(own[1:]) if own.startswith("*.") else name == own for own in settings.hosts
    )
