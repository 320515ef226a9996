"""Passwords and signed tokens, without knowing whose."""

import os
import secrets
from datetime import timedelta
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import jwt
from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pydantic import SecretStr

from app.models.metadata import utc_now

ALGORITHM = "HS256"

passwords = PasswordHash.recommended()
# Verified when there is no such account, so that both cases take the same time.
ABSENT_HASH = passwords.hash(secrets.token_urlsafe())
# Argon2 fills a core and much memory for tens of milliseconds: never more at once than cores.
hashing = CapacityLimiter(os.cpu_count() or 1)


async def hash_password(password: str) -> str:
    """An argon2 hash to store."""
    password = normalize("NFC", password)  # keyboards write the same characters in several ways
    return await to_thread.run_sync(passwords.hash, password, limiter=hashing)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether `password` is the one; False, just as slowly, where there is no hash."""
    expected, password = password_hash or ABSENT_HASH, normalize("NFC", password)
    matches = await to_thread.run_sync(passwords.verify, password, expected, limiter=hashing)
    return matches and password_hash is not None


def sign_token(claims: dict[str, str], key: SecretStr, lifetime: timedelta) -> str:
    """A token that says `claims` and when it ends; whoever has it can read it."""
    now = utc_now()
    payload = {**claims, "jti": uuid4().hex, "iat": now, "exp": now + lifetime}
    return jwt.encode(payload, key.get_secret_value(), ALGORITHM)


def read_token(token: str, key: SecretStr, *required: str) -> dict[str, Any] | None:
    """What `token` says; None if it was not signed with `key`, has ended or lacks a claim."""
    try:
        return jwt.decode(
            token,
            key.get_secret_value(),
            algorithms=[ALGORITHM],
            options={"require": ["iat", "exp", *required]},
        )
    except jwt.InvalidTokenError:
        return None
