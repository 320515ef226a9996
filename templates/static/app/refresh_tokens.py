"""Refresh tokens: the name of a session and its present secret."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class RefreshToken:
    """What prolongs a session, once. The secret is stored only as a hash."""

    session_id: UUID
    secret: str

    @classmethod
    def new(cls, session_id: UUID) -> "RefreshToken":
        return cls(session_id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, token: str) -> "RefreshToken | None":
        """The token that `str` wrote; None if it is none."""
        session_id, _, secret = token.partition(".")
        try:
            return cls(UUID(session_id), secret)
        except ValueError:
            return None

    @property
    def hash(self) -> str:
        """What is stored. The secret is random, so a plain digest cannot be guessed back."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.session_id}.{self.secret}"
