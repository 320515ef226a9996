"""What the `service` document says: names, limits, accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import RateLimit
from bkgen.model.oauth2 import Provider
from bkgen.model.service import Algorithm, TokenRules
from bkgen.resolve.declared_roles import DeclaredMemberships, DeclaredRole, declared_memberships, declared_roles
from bkgen.resolve.mail_settings import MailSettings, read_mail_settings
from bkgen.resolve.names import words
from bkgen.resolve.nodes import child, flag, number, span_of, strings, text
from bkgen.resolve.outside_issuer import TokensFrom, declared_tokens_from
from bkgen.resolve.password_rules import PASSWORD_MIN_LENGTH
from bkgen.resolve.providers import declared_providers
from bkgen.resolve.rate_limits import service_limit
from bkgen.resolve.texts import check_text, free_text
from bkgen.source import Map, Span

NAME = "Backend"
VERSION = "0.1.0"
BODY_BYTES = 1_048_576
LEAST_BODY_BYTES = 1_024
ACCESS_TOKEN_MINUTES = 30
REFRESH_TOKEN_DAYS = 30

_CORS_SETTING = "env:CORS_ORIGINS"
_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.\-\[\]:]+")


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """`service.auth`, and `service.roles`."""

    table: str | None
    table_span: Span | None
    identity: str | None
    identity_span: Span | None
    scheme: str
    access_token_seconds: int
    refresh_token_seconds: int
    password_min_length: int
    slow_guesses: bool
    slow_guesses_span: Span
    common_passwords: bool
    tokens: TokenRules
    cookies_span: Span
    required: bool
    role: str | None
    role_span: Span
    roles: tuple[DeclaredRole, ...]
    memberships: DeclaredMemberships | None
    mails: MailSettings
    providers: tuple[Provider, ...]
    oauth2_span: Span | None
    tokens_from: TokensFrom | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The service document, with defaults for what it leaves out."""

    name: str
    slug: str
    version: str
    description: str
    auth: AuthSettings
    errors: Map
    max_body_bytes: int
    rate_limit: RateLimit | None
    limits_fail_open: bool
    cors_origins: tuple[str, ...]
    cors_setting: bool


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
    slug = "-".join(re.findall("[a-z0-9]+", " ".join(words(name or NAME)))) or "backend"
    return Settings(
        name=name or NAME,
        slug=slug,
        version=version or VERSION,
        description=free_text(node, "description", diagnostics),
        auth=_auth(
            auth,
            slug,
            declared_roles(node),
            read_mail_settings(name or NAME, auth, child(node, "mail") or empty, diagnostics),
            declared_providers(auth, diagnostics),
            declared_tokens_from(auth, diagnostics),
        ),
        errors=errors,
        max_body_bytes=_body_bytes(limits, diagnostics),
        rate_limit=service_limit(limits, diagnostics),
        limits_fail_open=text(limits, "whenRedisFails") == "open",
        cors_origins=tuple(_origins(node, diagnostics)),
        cors_setting=any(origin == _CORS_SETTING for origin, _ in strings(node.get("cors"))),
    )


def _auth(
    node: Map,
    slug: str,
    roles: tuple[DeclaredRole, ...],
    mails: MailSettings,
    providers: tuple[Provider, ...],
    tokens_from: TokensFrom | None,
) -> AuthSettings:
    return AuthSettings(
        table=text(node, "table"),
        table_span=span_of(node, "table"),
        identity=text(node, "identity"),
        identity_span=span_of(node, "identity"),
        scheme=text(node, "scheme") or "Bearer",
        access_token_seconds=60 * (number(node, "accessTokenMinutes") or ACCESS_TOKEN_MINUTES),
        refresh_token_seconds=86_400 * (number(node, "refreshTokenDays") or REFRESH_TOKEN_DAYS),
        password_min_length=number(node, "passwordMinLength") or PASSWORD_MIN_LENGTH,
        slow_guesses=bool(flag(node, "slowGuesses")),
        slow_guesses_span=span_of(node, "slowGuesses"),
        common_passwords=bool(flag(node, "commonPasswords")),
        tokens=TokenRules(
            algorithm=Algorithm(text(node, "algorithm") or Algorithm.HS256),
            issuer=text(node, "issuer") or slug,
            audience=text(node, "audience") or slug,
            cookies=bool(flag(node, "cookies")),
            outlive_password=bool(flag(node, "tokensOutlivePassword")),
        ),
        cookies_span=span_of(node, "cookies"),
        required=bool(flag(node, "required")),
        role=text(node, "role"),
        role_span=span_of(node, "role"),
        roles=roles,
        memberships=declared_memberships(node),
        mails=mails,
        providers=providers,
        oauth2_span=span_of(node, "oauth2") if "oauth2" in node else None,
        tokens_from=tokens_from,
    )


def _body_bytes(limits: Map, diagnostics: Diagnostics) -> int:
    value = number(limits, "bodyBytes")
    if value is not None and value < LEAST_BODY_BYTES:
        message = f"`bodyBytes` is {value:,}, which no body fits in"
        diagnostics.add("BK602", span_of(limits, "bodyBytes"), message, f"at least {LEAST_BODY_BYTES:,}")
    return value or BODY_BYTES


def _origins(node: Map, diagnostics: Diagnostics) -> list[str]:
    found = []
    listed = list(strings(node.get("cors")))
    for origin, span in listed:
        if origin == "*" and len(listed) > 1:
            message = "`*` lets the pages of every origin in, so the others say nothing"
            diagnostics.add("BK610", span, message, "remove it, or list it alone")
        elif _ORIGIN.fullmatch(origin):
            found.append(origin.lower())  # as browsers write it
        elif origin.startswith("env:"):
            if origin != _CORS_SETTING:
                message = f"`{origin[:60]}` is not the setting that has the origins of a machine"
                diagnostics.add("BK604", span, message, f'write "{_CORS_SETTING}"')
        else:
            host = re.sub(r"^https?://|/.*", "", origin)
            scheme = "http" if re.match(r"localhost|127\.", host) or origin.startswith("http:") else "https"
            near = f"{scheme}://{host}"
            fix = f'write "{near}"' if _ORIGIN.fullmatch(near) else 'write one such as "https://example.com", or "*"'
            diagnostics.add("BK604", span, f"`{origin[:60]}` is no origin: a scheme and a host", fix)
    return found
