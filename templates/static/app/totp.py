"""Codes of authenticators (RFC 6238), the secrets that make them, and codes to recover by."""

import hashlib
import logging
import re
import secrets
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Annotated

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Depends, Request
from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError

logger = logging.getLogger(__name__)

WINDOW = 1  # steps of 30 seconds, by which clocks may differ and people be slow
RECOVERY_CODES = 10
RECOVERY_BYTES = 15  # so many random bits that a plain digest cannot be guessed back


def factor_keys(texts: Iterable[str]) -> MultiFernet:
    """What encrypts secrets: the first of `texts` does, all of them decrypt."""
    return MultiFernet([Fernet(derived(text)) for text in texts])


def derived(text: str) -> bytes:
    """A key that is for nothing else."""
    key = HKDF(SHA256(), length=32, salt=None, info=b"second factor").derive(text.encode())
    return urlsafe_b64encode(key)


async def get_factor_keys(request: Request) -> MultiFernet:
    keys: MultiFernet = request.app.state.factor_keys
    return keys


FactorKeysDep = Annotated[MultiFernet, Depends(get_factor_keys)]


def new_secret() -> str:
    """160 random bits, as people can type them."""
    return random_base32()


def otpauth_uri(secret: str, name: str, service: str) -> str:
    """What an authenticator scans."""
    return TOTP(secret).provisioning_uri(name=name, issuer_name=service)


def encrypted(secret: str, keys: MultiFernet) -> str:
    """What is stored of a secret."""
    return keys.encrypt(secret.encode()).decode()


def matching_step(stored: str, code: str, keys: MultiFernet) -> int | None:
    """The step of time whose code it is, by the secret that is `stored`; None if it is of none near now."""
    try:
        secret = keys.decrypt(stored).decode()
    except InvalidToken:
        logger.error("A second factor was encrypted with a key that SECOND_FACTOR_KEYS lacks")
        return None
    try:
        return TOTP(secret).verify_and_get_timecode(code.replace(" ", ""), valid_window=WINDOW)
    except OTPVerificationError:
        return None


def new_recovery_code() -> str:
    """A code for the day an authenticator is lost, in groups that people can copy."""
    text = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(re.findall(".{6}", text))


def recovery_digest(code: str) -> str:
    """What is stored of a recovery code, however it is spaced."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).hexdigest()
