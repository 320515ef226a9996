"""Signing in by providers of identities: OpenID Connect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that people can sign in by.

    Attributes:
        name: as paths and settings call it.
        issuer: its URL; None where each machine says it.
        scopes: what it is asked for, `openid` among them.
    """

    name: str
    issuer: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OAuth2:
    """How people sign in by providers.

    Attributes:
        identities: the table that says which account is whose at which provider; `owner` is its column that refers to
            the account.
        called: the column of accounts that gets the name which a provider tells; None where none has to have one.
    """

    providers: tuple[Provider, ...]
    identities: str
    owner: str
    called: str | None
