"""What the `service` document says: names, limits, accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.resolve.names import words
from bkgen.resolve.nodes import child, flag, number, span_of, strings, text
from bkgen.resolve.texts import check_text
from bkgen.source import Map, Span

NAME = "Backend"
VERSION = "0.1.0"
BODY_BYTES = 1_048_576
ACCESS_TOKEN_MINUTES = 30
REFRESH_TOKEN_DAYS = 30
PASSWORD_MIN_LENGTH = 8

_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.\-*\[\]:]+")


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """`service.auth`."""

    table: str | None
    table_span: Span | None
    identity: str | None
    identity_span: Span | None
    scheme: str
    access_token_seconds: int
    refresh_token_seconds: int
    password_min_length: int
    required: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """The service document, with defaults for what it leaves out."""

    name: str
    slug: str
    version: str
    auth: AuthSettings
    error_body: Map | None
    max_body_bytes: int
    cors_origins: tuple[str, ...]


def read_settings(node: Map | None, empty: Map, diagnostics: Diagnostics) -> Settings:
    """The settings of the service; `empty` stands for objects that are absent."""
    node = node or empty
    auth, limits, errors = (child(node, key) or empty for key in ("auth", "limits", "errors"))
    name, version = text(node, "name"), text(node, "version")
    if name is not None and not (
        check_text("name", name, span_of(node, "name"), diagnostics) and name.strip() and len(name) < 100
    ):
        diagnostics.add(
            "BK603", span_of(node, "name"), "the service needs a name of 1 to 99 characters", 'such as "Shop"'
        )
        name = None
    if version is not None and not re.fullmatch(r"\d+(\.\d+){0,2}([-+.]?[0-9A-Za-z.-]+)?", version):
        diagnostics.add("BK603", span_of(node, "version"), f"`{version[:40]}` is no version", 'write it like "1.0.0"')
        version = None
    return Settings(
        name=name or NAME,
        slug="-".join(re.findall("[a-z0-9]+", " ".join(words(name or NAME)))) or "backend",
        version=version or VERSION,
        auth=_auth(auth, diagnostics),
        error_body=child(errors, "body"),
        max_body_bytes=_within(limits, "bodyBytes", BODY_BYTES, 1024, 2**30, diagnostics),
        cors_origins=tuple(_origins(node, diagnostics)),
    )


def _auth(node: Map, diagnostics: Diagnostics) -> AuthSettings:
    scheme = text(node, "scheme") or "Bearer"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,30}", scheme):
        message = f"`{scheme[:40]}` cannot be the scheme of an Authorization header"
        diagnostics.add("BK602", span_of(node, "scheme"), message, 'such as "Bearer" or "Token"')
    return AuthSettings(
        table=text(node, "table"),
        table_span=span_of(node, "table"),
        identity=text(node, "identity"),
        identity_span=span_of(node, "identity"),
        scheme=scheme,
        access_token_seconds=60 * _within(node, "accessTokenMinutes", ACCESS_TOKEN_MINUTES, 1, 527_040, diagnostics),
        refresh_token_seconds=86_400 * _within(node, "refreshTokenDays", REFRESH_TOKEN_DAYS, 1, 3_660, diagnostics),
        password_min_length=_within(node, "passwordMinLength", PASSWORD_MIN_LENGTH, 1, 128, diagnostics),
        required=bool(flag(node, "required")),
    )


def _within(node: Map, key: str, default: int, least: int, most: int, diagnostics: Diagnostics) -> int:
    value = number(node, key)
    if value is None or least <= value <= most:
        return default if value is None else value
    diagnostics.add("BK602", span_of(node, key), f"`{key}` is out of range", f"from {least:,} to {most:,}")
    return default


def _origins(node: Map, diagnostics: Diagnostics) -> list[str]:
    found = []
    for origin, span in strings(node.get("cors")):
        if _ORIGIN.fullmatch(origin):
            found.append(origin)
        else:
            fix = 'an origin is a scheme and a host, such as "https://example.com", or "*"'
            diagnostics.add("BK604", span, f"`{origin[:60]}` is no origin", fix)
    return found
