"""View of access tokens: how they are signed, and how they travel."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Endpoint, Operation
from bkgen.model.service import Accounts, Algorithm, Service
from bkgen.model.shapes import Fact, FactValue
from bkgen.render.answers import facts_of


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The private keys of an algorithm; Python text, but for `kind`.

    Attributes:
        module: of `cryptography`, that has `private`, the class of a key.
        unfit: what holds of a `key` that is of the class and cannot be used.
        made: the expression of a new key.
        algorithm: the class of PyJWT.
        members: the names of the numbers that make a key, as RFC 7638 lists them.
        kind: in words.
    """

    module: str
    private: str
    unfit: str
    made: str
    algorithm: str
    members: tuple[str, ...]
    kind: str


_PAIRS = {
    Algorithm.ES256: KeyPair(
        module="ec",
        private="ec.EllipticCurvePrivateKey",
        unfit="not isinstance(key.curve, ec.SECP256R1)",
        made="ec.generate_private_key(ec.SECP256R1())",
        algorithm="ECAlgorithm",
        members=("crv", "kty", "x", "y"),
        kind="a key on the curve P-256",
    ),
    Algorithm.RS256: KeyPair(
        module="rsa",
        private="rsa.RSAPrivateKey",
        unfit="key.key_size < 2048",
        made="rsa.generate_private_key(65537, 3072)",
        algorithm="RSAAlgorithm",
        members=("e", "kty", "n"),
        kind="an RSA key of at least 2048 bits",
    ),
}

_RENEWING = (Operation.LOGIN, Operation.REFRESH, Operation.CHANGE_PASSWORD, Operation.OAUTH2_CALLBACK)
"""Those after which a browser has another access token."""


@dataclass(frozen=True, slots=True)
class TokensView:
    """What the templates need to know of access tokens.

    Attributes:
        pair: the private keys; None where tokens are signed with a secret.
        rotates: whether secrets that signed before are still believed: only where tokens are read at all.
        cookies: whether they come in cookies, too, from pages of this site and of `origins`.
        refresh_path: where the cookie with the refresh token is sent; empty where none is.
        public_keys_path: where the public keys are; empty where there are none.
        outlives_password: whether tokens stay valid when passwords change.
        marked: whether tokens end with the password that they were given for: only where passwords change.
        keys: the expression of the keys in the settings.
        required: the claims beyond those of every token.
    """

    algorithm: str
    issuer: str
    audience: str
    pair: KeyPair | None
    rotates: bool
    cookies: bool
    origins: tuple[str, ...]
    refresh_path: str
    public_keys_path: str
    outlives_password: bool
    marked: bool
    keys: str
    required: tuple[str, ...]


def tokens_view(accounts: Accounts, service: Service, *, authenticates: bool) -> TokensView:
    rules = accounts.tokens
    pair = _PAIRS.get(rules.algorithm)
    secrets = ["settings.secret_key", *(["settings.previous_secret_keys"] if authenticates else [])]
    keys = "private_keys(settings.jwt_private_keys)" if pair else f"secret_keys({', '.join(secrets)})"
    marked = changes_passwords(service) and not rules.outlive_password
    return TokensView(
        algorithm=rules.algorithm.value,
        issuer=rules.issuer,
        audience=rules.audience,
        pair=pair,
        rotates=pair is None and authenticates,
        cookies=rules.cookies,
        origins=service.cors_origins,
        refresh_path=next((endpoint.path for endpoint in service.endpoints if refreshes_by_cookie(endpoint)), ""),
        public_keys_path=next((e.path for e in service.endpoints if e.operation is Operation.PUBLIC_KEYS), ""),
        outlives_password=rules.outlive_password,
        marked=marked,
        keys=keys,
        required=(*(["sid"] if accounts.sessions else []), *(["pwd"] if marked else [])),
    )


def refreshes_by_cookie(endpoint: Endpoint) -> bool:
    """Whether the endpoint has the refresh token from a cookie."""
    return endpoint.operation is Operation.REFRESH and endpoint.request is None


def changes_passwords(service: Service) -> bool:
    """Whether accounts can get another password."""
    replacing = (Operation.CHANGE_PASSWORD, Operation.RESET_PASSWORD)
    return any(endpoint.operation in replacing or takes_password(endpoint) for endpoint in service.endpoints)


def takes_password(endpoint: Endpoint) -> bool:
    """Whether the body of a change of the own account may have a new password."""
    fields = endpoint.body.fields if endpoint.body and endpoint.operation is Operation.UPDATE_ME else ()
    return any(isinstance(field.shape, FactValue) for field in fields)


def gives_access_token(endpoint: Endpoint, service: Service) -> bool:
    """Whether the endpoint makes an access token: for its answer, or for a cookie where the old one has ended."""
    if endpoint.operation not in ACCOUNT_OPERATIONS:
        return False
    cookies = service.accounts is not None and service.accounts.tokens.cookies
    renews = endpoint.operation in _RENEWING
    return Fact.ACCESS_TOKEN in facts_of(endpoint) or (cookies and (renews or takes_password(endpoint)))
