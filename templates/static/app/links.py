"""Absolute URLs of this backend, as its answers have them."""

from contextvars import ContextVar
from urllib.parse import quote

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

_base: ContextVar[str] = ContextVar("base", default="http://localhost")


def absolute_url(*parts: object) -> str:
    """The URL of the path that has these parts, as whoever sent the present request can call it."""
    return "/".join([_base.get(), *(quote(str(part), safe="") for part in parts)])


class LinkMiddleware:
    """Has `absolute_url` begin with PUBLIC_URL, or else with the scheme and host that a request came to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            public_url: str = scope["app"].state.settings.public_url
            _base.set(public_url or str(Request(scope).base_url).rstrip("/"))
        await self.app(scope, receive, send)
