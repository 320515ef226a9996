"""Access tokens that an outside issuer signs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutsideIssuer:
    """Whose tokens the service takes instead of signing any.

    Attributes:
        makes_accounts: whether somebody who comes for the first time gets an account.
    """

    makes_accounts: bool
