"""An issuer of tokens: where it says that its keys are, and which of its signatures are believed."""

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import httpx
import jwt

logger = logging.getLogger(__name__)

# Signatures that only the issuer can make. `none` is not among them, and no secret that both
# sides know.
ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}  # and their keys
LEEWAY = 30  # seconds by which the issuer's clock may differ
ANSWER_SECONDS = 5.0  # that an issuer has for each answer
KEEP_SECONDS = 3_600.0  # that its configuration and its keys are believed
OUTAGE_SECONDS = 86_400.0  # that its keys are believed beyond that while it does not answer
MOST_BYTES = 1_048_576  # of an answer
# Without TLS only an issuer on the same machine is believed.
SAFE_URL = re.compile(r"https://[^\s@]+|http://(localhost|127\.0\.0\.1|\[::1\])([:/][^\s@]*)?")


class Unreachable(Exception):
    """The issuer does not answer, or not as OpenID Connect says."""


class Refused(Exception):
    """A token that the issuer has not signed, or that says something else than it has to."""


def safe_url(value: Any) -> str:
    """
    Raises:
        Unreachable: nobody should follow it.
    """
    if not isinstance(value, str) or not SAFE_URL.fullmatch(value):
        raise Unreachable(f"has an endpoint that is not safe: {value!r}")
    return value


def is_usable(key: Any) -> bool:
    """Whether what an issuer publishes is a key by which a signature of its can be checked."""
    if not isinstance(key, dict) or key.get("kty") not in ALGORITHMS.values():
        return False
    try:
        jwt.PyJWK(key)
    except (jwt.PyJWTError, NotImplementedError):  # the latter for `"alg": "none"`
        return False
    return True


class Issuer:
    """An issuer at a URL, which is asked for its keys at most once in a `pause` of seconds."""

    def __init__(self, http: httpx.AsyncClient, url: str, pause: float = 0.0) -> None:
        self.url = url
        self._http, self._pause = http, pause
        self._configuration: Mapping[str, Any] = {}
        self._configuration_until = 0.0
        self._keys: Sequence[Mapping[str, Any]] = ()
        self._keys_until = 0.0
        self._ask_again = 0.0
        self._failure = ""
        self._asking = asyncio.Lock()

    async def configuration(self) -> Mapping[str, Any]:
        """What the issuer says of itself.

        Raises:
            Unreachable: it does not say it, or it is that of another issuer.
        """
        if self._configuration_until < monotonic():
            found = await self.get(f"{self.url.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.url:
                raise Unreachable(f"calls itself {found.get('issuer')!r}")
            self._configuration = found
            self._configuration_until = monotonic() + KEEP_SECONDS
        return self._configuration

    async def claims(self, token: Any, audience: str, required: list[str]) -> dict[str, Any]:
        """What a token says, if it is the issuer's and for the `audience`.

        Raises:
            Refused: it is none of that, or does not say all that is `required`.
            Unreachable: the issuer does not tell its keys.
        """
        try:
            header = jwt.get_unverified_header(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                await self._key(header),
                list(ALGORITHMS),
                {"require": required},
                audience=audience,
                issuer=self.url,
                leeway=LEEWAY,
            )
        except jwt.PyJWTError as error:
            raise Refused(f"the token is not valid: {error}") from error
        if not re.fullmatch(r"[!-~ ]{1,255}", claims["sub"]):
            raise Refused("the token is about nobody")
        return claims

    async def _key(self, header: Mapping[str, Any]) -> jwt.PyJWK:
        """The key that a token says it is signed by; unknown ones are asked for anew."""
        if header.get("alg") not in ALGORITHMS:
            raise Refused("the token is not signed as it has to be")
        found = self._find_key(header)
        is_old = self._keys_until < monotonic()
        if found is None or (is_old and not self._asking.locked()):  # one asks, others go on
            async with self._asking:
                found = self._find_key(header)
                if found is None or self._keys_until < monotonic():
                    await self._ask_for_keys()
                    found = self._find_key(header)
        if found is not None:
            return jwt.PyJWK(dict(found), header["alg"])
        if self._failure:
            raise Unreachable(self._failure)
        raise Refused("the token is signed by an unknown key")

    async def _ask_for_keys(self) -> None:
        """Keys that are known hold on while the issuer does not answer, for a time."""
        if monotonic() < self._ask_again:
            return
        try:
            url = safe_url((await self.configuration()).get("jwks_uri"))
            answer = (await self.get(url)).get("keys")
            keys = [key for key in answer if is_usable(key)] if isinstance(answer, list) else []
            if not keys:
                raise Unreachable("has no keys that can be used")
            self._keys = keys
            self._keys_until = monotonic() + KEEP_SECONDS
            self._failure = ""
        except Unreachable as error:
            logger.error("The issuer %s %s", self.url, error)
            self._failure = str(error)
            if self._keys_until + OUTAGE_SECONDS < monotonic():
                self._keys = ()
        self._ask_again = monotonic() + self._pause

    def _find_key(self, header: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A token may be silent about its key where there is but one."""
        fit = [
            key
            for key in self._keys
            if key["kty"] == ALGORITHMS[header["alg"]]
            and key.get("use", "sig") == "sig"
            and key.get("alg", header["alg"]) == header["alg"]
        ]
        if (kid := header.get("kid")) is None:
            return fit[0] if len(fit) == 1 else None
        return next((key for key in fit if key.get("kid") == kid), None)

    async def get(self, url: str, **options: Any) -> Mapping[str, Any]:
        """The JSON object at a URL."""
        status, found = await self.call("GET", url, **options)
        if status != 200:
            raise Unreachable(f"answers with {status} to {url}")
        return found

    async def call(self, method: str, url: str, **options: Any) -> tuple[int, Mapping[str, Any]]:
        """The status and the JSON object that the issuer answers with, in time and in bounds."""
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
