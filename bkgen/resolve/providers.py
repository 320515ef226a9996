"""Providers that people sign in by, as the `service` document declares them, and what comes back from one."""

from __future__ import annotations

import re
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import OAUTH2_OPERATIONS, Mentioned, QueryParameter
from bkgen.model.oauth2 import Provider
from bkgen.model.types import Kind, Type
from bkgen.resolve.nodes import child, span_of, strings, text
from bkgen.resolve.routes import Route
from bkgen.source import Map, Span

_SCOPES = ("openid", "email", "profile")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MOST_NAME = 32
_ISSUER = re.compile(r"https://[^\s/?#@]+(/[^\s?#]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#]*)?")
_SCOPE = re.compile(r"[!#-\[\]-~]+")
MOST_IDENTITY = 255
"""Characters of an issuer, and of what it calls a person: no more is allowed in OpenID Connect."""


def declared_providers(auth: Map, diagnostics: Diagnostics) -> tuple[Provider, ...]:
    """`{"google": {"issuer": "https://accounts.google.com"}}`."""
    found = []
    for entry in child(auth, "oauth2") or ():
        node = entry.value if isinstance(entry.value, Map) else Map((), entry.key_span)
        issuer = text(node, "issuer")
        scopes = tuple(dict.fromkeys(scope for scope, _ in strings(node.get("scopes")))) or _SCOPES
        if not _NAME.fullmatch(entry.key) or len(entry.key) > _MOST_NAME:
            message = f"`{entry.key[:40]}` is no name of a provider, which stands in paths and in names of settings"
            diagnostics.add("BK660", entry.key_span, message, 'write it in small letters, such as "google"')
        elif issuer is not None and (not _ISSUER.fullmatch(issuer) or len(issuer) > MOST_IDENTITY):
            message = f"`{issuer[:80]}` is no issuer: its URL begins with https:// and has no query"
            fix = 'such as "https://accounts.google.com"; leave it out where each machine has its own'
            diagnostics.add("BK660", span_of(node, "issuer"), message, fix)
        elif "openid" not in scopes or not all(map(_SCOPE.fullmatch, scopes)):
            message = f"`{entry.key}` is asked for {' '.join(scopes)[:80]}, and tells who somebody is for `openid` only"
            diagnostics.add("BK660", span_of(node, "scopes"), message, 'write ["openid", "email", "profile"]')
        else:
            found.append(Provider(entry.key, issuer, scopes))
    return tuple(found)


def with_provider_names(routes: list[Route], providers: tuple[Provider, ...]) -> list[Route]:
    """The endpoints, whose paths take the names of `providers` and no others."""
    type_ = Type(Kind.STRING, enum=tuple(provider.name for provider in providers))
    return [
        (
            replace(route, parameters=tuple(replace(one, type=type_) for one in route.parameters))
            if route.operation in OAUTH2_OPERATIONS
            else route
        )
        for route in routes
    ]


def provider_answer(route: Route) -> tuple[QueryParameter, ...]:
    """What the browser brings from a provider: what else is there is not read."""
    return (
        _brought("state", 512, route.span, required=True, told="What the browser took to the provider."),
        _brought("code", 4096, route.span, told="By which the provider tells who it is; it works once."),
        _brought("iss", 2048, route.span, told="The provider that the browser comes from."),
    )


def _brought(name: str, most: int, span: Span, *, told: str, required: bool = False) -> QueryParameter:
    type_ = Type(Kind.STRING, min_length=1, max_length=most)
    return QueryParameter(name, name, type_, Mentioned(), required, None, span, description=told)
