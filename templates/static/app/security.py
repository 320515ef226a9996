"""Passwords, without knowing whose."""

import hashlib
import os
import secrets
from unicodedata import normalize

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.settings import PasswordSettings, load_settings

passwords = PasswordHash(
    [Argon2Hasher(memory_cost=load_settings(PasswordSettings).password_hash_mib * 1024)]
)
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


def password_mark(password_hash: str) -> str:
    """What tokens carry, so that those from before a change of the password are refused.

    A digest of the stored hash, whose salt nobody knows: no password can be guessed from it.
    """
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]
