"""Access tokens as nobody should accept them."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.tokens import KEYS

KEY = next(iter(KEYS.values()))


def forged(
    token: str,
    *,
    key: Any = KEY,
    algorithm: str | None = None,
    kid: object = None,
    typ: object = None,
    **claims: object,
) -> str:
    """The token with what is given changed, signed again; claims that are None are left out."""
    header = jwt.get_unverified_header(token)
    header |= {name: value for name, value in (("kid", kid), ("typ", typ)) if value is not None}
    header |= {} if algorithm is None else {"alg": algorithm}
    said = jwt.decode(token, options={"verify_signature": False}) | claims
    payload = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(payload, key, header["alg"], header)


def tampered(token: str) -> str:
    """The token with another time to end, under the signature that it had."""
    head, said, signature = token.split(".")
    claims = json.loads(urlsafe_b64decode(said + "=="))
    claims["exp"] += 3600
    return f"{head}.{encoded(json.dumps(claims).encode())}.{signature}"


def confused(token: str) -> str:
    """The token, signed with the public key as if it were a secret."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = jwt.get_unverified_header(token) | {"alg": "HS256"}
    text = f"{encoded(json.dumps(header).encode())}.{token.split('.')[1]}"
    return f"{text}.{encoded(hmac.new(public, text.encode(), hashlib.sha256).digest())}"


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")
