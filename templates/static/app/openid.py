"""OpenID Connect: sends people to a provider, and believes what it says of them when they come back."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
from pydantic import validate_email

from app.issuer import Issuer, Refused, Unreachable, safe_url

CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nonce"]


@dataclass(frozen=True)
class RoundTrip:
    """A way to a provider and back: what only the browser that went there has."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "RoundTrip":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """What shows later that the `verifier` was known from the beginning (PKCE, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True)
class Person:
    """Who somebody is, as a provider says."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None


@dataclass(frozen=True)
class Configuration:
    """How a provider is called."""

    authorization: str
    token: str
    userinfo: str | None
    basic: bool
    names_itself: bool

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "Configuration":
        """
        Raises:
            Unreachable: it leads to places that are not safe.
        """
        ways = found.get("token_endpoint_auth_methods_supported")
        return cls(
            authorization=safe_url(found.get("authorization_endpoint")),
            token=safe_url(found.get("token_endpoint")),
            userinfo=safe_url(url) if (url := found.get("userinfo_endpoint")) else None,
            basic=not isinstance(ways, list) or "client_secret_basic" in ways,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        )


def read_address(value: Any) -> str | None:
    """An address as this service writes it; None where it is none."""
    try:
        return validate_email(value)[1] if isinstance(value, str) else None
    except ValueError:
        return None


def read_name(value: Any) -> str | None:
    """A name without what cannot be shown or stored; None where nothing is left."""
    text = "".join(filter(str.isprintable, value)) if isinstance(value, str) else ""
    return text.strip() or None


class Provider:
    """A provider, and this service as a client of it."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        scopes: str,
        redirect_url: str,
    ) -> None:
        self._issuer, self._scopes = Issuer(http, issuer), scopes
        self._client_id, self._client_secret = client_id, client_secret
        self._redirect_url = redirect_url

    async def login_url(self, trip: RoundTrip) -> str:
        """Where the browser goes to sign in.

        Raises:
            Unreachable: the provider does not say where that is.
        """
        endpoint = (await self._configured()).authorization
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_url,
            "scope": self._scopes,
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": trip.challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def identify(self, trip: RoundTrip, code: str | None, issuer: str | None) -> Person:
        """Who has come back with a `code`, and from which `issuer` where that is told.

        Raises:
            Refused: the provider does not say it, or what it says is not for this round trip.
            Unreachable: it does not answer.
        """
        configuration = await self._configured()
        if issuer != self._issuer.url and (issuer is not None or configuration.names_itself):
            raise Refused("another provider answers")
        if code is None:
            raise Refused("the provider sends no code")
        tokens = await self._exchange(code, trip, configuration)
        claims = await self._read(tokens.get("id_token"), trip)
        told = claims  # an address, and whether it is verified, have one source
        if "email" not in claims and configuration.userinfo is not None:
            told = await self._ask_about(tokens.get("access_token"), configuration.userinfo)
            if told.get("sub") != claims["sub"]:
                raise Refused("the provider tells of somebody else")
        return Person(
            issuer=self._issuer.url,
            subject=claims["sub"],
            email=read_address(told.get("email")),
            email_verified=told.get("email_verified") is True,
            name=read_name(claims.get("name", told.get("name"))),
        )

    async def _configured(self) -> Configuration:
        return Configuration.read(await self._issuer.configuration())

    async def _exchange(
        self, code: str, trip: RoundTrip, configuration: Configuration
    ) -> Mapping[str, Any]:
        """The tokens for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_url,
            "code_verifier": trip.verifier,
        }
        auth = None
        if configuration.basic:  # in which both stand as in a form (RFC 6749, 2.3.1)
            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._client_secret))
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        status, found = await self._issuer.call("POST", configuration.token, data=form, auth=auth)
        if status == 400 and found.get("error") == "invalid_grant":
            raise Refused("the provider does not know the code")
        if status != 200:
            raise Unreachable(f"answers with {status} to a code: {found.get('error')!r}")
        return found

    async def _read(self, token: Any, trip: RoundTrip) -> Mapping[str, Any]:
        """What an ID token says, if it is the provider's, for this service, and for this round trip."""
        claims = await self._issuer.claims(token, self._client_id, CLAIMS)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._client_id) != self._client_id:
            raise Refused("the ID token is for another client")
        if claims["nonce"] != trip.nonce:
            raise Refused("the ID token is for another round trip")
        return claims

    async def _ask_about(self, access_token: Any, url: str) -> Mapping[str, Any]:
        """What the provider tells beside the ID token."""
        return await self._issuer.get(url, headers={"Authorization": f"Bearer {access_token}"})
