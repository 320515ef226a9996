"""OpenID Connect: sends people to a provider, and believes what it says of them when they come back."""

import asyncio
import hashlib
import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import jwt
from pydantic import validate_email

# Of ID tokens: signatures that only the provider can make. `none` is not among them, and no secret
# that both sides know.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nonce"]
LEEWAY = 30  # seconds by which the provider's clock may differ
ANSWER_SECONDS = 5.0  # that a provider has for each answer
KEEP_SECONDS = 3_600.0  # that its configuration and its keys are believed
MOST_BYTES = 1_048_576  # of an answer
# Without TLS only a provider on the same machine is believed.
SAFE_URL = re.compile(r"https://[^\s@]+|http://(localhost|127\.0\.0\.1|\[::1\])([:/][^\s@]*)?")


class Unreachable(Exception):
    """The provider does not answer, or not as OpenID Connect says."""


class Refused(Exception):
    """The provider does not say who it is."""


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
    """How a provider is called, and what its signatures are checked by; believed until a moment."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    basic: bool
    names_itself: bool
    until: float

    @classmethod
    def read(cls, found: Mapping[str, Any], issuer: str) -> "Configuration":
        """
        Raises:
            Unreachable: it is that of another provider, or leads to places that are not safe.
        """
        if found.get("issuer") != issuer:
            raise Unreachable(f"calls itself {found.get('issuer')!r}")
        ways = found.get("token_endpoint_auth_methods_supported")
        return cls(
            authorization=safe_url(found.get("authorization_endpoint")),
            token=safe_url(found.get("token_endpoint")),
            keys=safe_url(found.get("jwks_uri")),
            userinfo=safe_url(url) if (url := found.get("userinfo_endpoint")) else None,
            basic=not isinstance(ways, list) or "client_secret_basic" in ways,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            until=monotonic() + KEEP_SECONDS,
        )


def safe_url(value: Any) -> str:
    """
    Raises:
        Unreachable: nobody should follow it.
    """
    if not isinstance(value, str) or not SAFE_URL.fullmatch(value):
        raise Unreachable(f"has an endpoint that is not safe: {value!r}")
    return value


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
        self._http, self._issuer, self._scopes = http, issuer, scopes
        self._client_id, self._client_secret = client_id, client_secret
        self._redirect_url = redirect_url
        self._configuration: Configuration | None = None
        self._keys: Sequence[Mapping[str, Any]] = ()
        self._keys_until = 0.0

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
        if issuer != self._issuer and (issuer is not None or configuration.names_itself):
            raise Refused("another provider answers")
        if code is None:
            raise Refused("the provider sends no code")
        tokens = await self._exchange(code, trip, configuration)
        claims = await self._read(tokens.get("id_token"), trip, configuration)
        told = claims  # an address, and whether it is verified, have one source
        if "email" not in claims and configuration.userinfo is not None:
            told = await self._ask_about(tokens.get("access_token"), configuration.userinfo)
            if told.get("sub") != claims["sub"]:
                raise Refused("the provider tells of somebody else")
        return Person(
            issuer=self._issuer,
            subject=claims["sub"],
            email=read_address(told.get("email")),
            email_verified=told.get("email_verified") is True,
            name=read_name(claims.get("name", told.get("name"))),
        )

    async def _configured(self) -> Configuration:
        if self._configuration is None or self._configuration.until < monotonic():
            url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            self._configuration = Configuration.read(await self._get(url), self._issuer)
        return self._configuration

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
        status, found = await self._call("POST", configuration.token, data=form, auth=auth)
        if status == 400 and found.get("error") == "invalid_grant":
            raise Refused("the provider does not know the code")
        if status != 200:
            raise Unreachable(f"answers with {status} to a code: {found.get('error')!r}")
        return found

    async def _read(
        self, token: Any, trip: RoundTrip, configuration: Configuration
    ) -> Mapping[str, Any]:
        """What an ID token says, if it is the provider's, for this service, and for this round trip."""
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(header, configuration)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                ALGORITHMS,
                {"require": CLAIMS},
                audience=self._client_id,
                issuer=self._issuer,
                leeway=LEEWAY,
            )
        except jwt.PyJWTError as error:
            raise Refused(f"the ID token is not valid: {error}") from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._client_id) != self._client_id:
            raise Refused("the ID token is for another client")
        if claims["nonce"] != trip.nonce:
            raise Refused("the ID token is for another round trip")
        if not re.fullmatch(r"[!-~ ]{1,255}", claims["sub"]):
            raise Refused("the ID token is about nobody")
        return claims

    async def _key(self, header: Mapping[str, Any], configuration: Configuration) -> jwt.PyJWK:
        """The key that a token says it is signed by; unknown ones are asked for anew."""
        if header.get("alg") not in ALGORITHMS:
            raise Refused("the ID token is not signed as it has to be")
        found = self._find_key(header)
        if found is None or self._keys_until < monotonic():
            answer = (await self._get(configuration.keys)).get("keys")
            keys = answer if isinstance(answer, list) else []
            self._keys = [key for key in keys if isinstance(key, dict)]
            self._keys_until = monotonic() + KEEP_SECONDS
            found = self._find_key(header)
        if found is None:
            raise Refused("the ID token is signed by an unknown key")
        return jwt.PyJWK(dict(found), header["alg"])

    def _find_key(self, header: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A token may be silent about its key where there is but one."""
        fit = [
            key
            for key in self._keys
            if key.get("use", "sig") == "sig" and key.get("alg", header["alg"]) == header["alg"]
        ]
        if (kid := header.get("kid")) is None:
            return fit[0] if len(fit) == 1 else None
        return next((key for key in fit if key.get("kid") == kid), None)

    async def _ask_about(self, access_token: Any, url: str) -> Mapping[str, Any]:
        """What the provider tells beside the ID token."""
        return await self._get(url, headers={"Authorization": f"Bearer {access_token}"})

    async def _get(self, url: str, **options: Any) -> Mapping[str, Any]:
        status, found = await self._call("GET", url, **options)
        if status != 200:
            raise Unreachable(f"answers with {status} to {url}")
        return found

    async def _call(self, method: str, url: str, **options: Any) -> tuple[int, Mapping[str, Any]]:
        """The status and the JSON object that the provider answers with, in time and in bounds."""
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        body = bytearray()
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                self._http.stream(method, url, headers=headers, **options) as response,
            ):
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise Unreachable(f"answers with too much to {url}")
            found = json.loads(body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            raise Unreachable(f"fails at {url}: {error!r}") from error
        if not isinstance(found, dict):
            raise Unreachable(f"answers with no object to {url}")
        return response.status_code, found
