"""What may be asked of new passwords: NIST SP 800-63B, section 3.1.1."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.types import Type
from bkgen.source import Span

PASSWORD_MIN_LENGTH = 8
"""The least that there may be; 15 where nothing but the password protects the account is better."""

LEAST_MOST = 64
"""Characters that every service has to let a password have: long ones are what people can remember."""


def check_new_password(name: str, said: Type, span: Span, diagnostics: Diagnostics) -> None:
    """Adds `BK640` where a field for a new password asks for what makes passwords worse."""
    if said.min_length is not None and said.min_length < PASSWORD_MIN_LENGTH:
        message = f"`{name}` lets people choose {said.min_length} characters, which are found by trying"
        diagnostics.add("BK640", span, message, f"ask for {PASSWORD_MIN_LENGTH} at least, better for 15")
    if said.max_length is not None and said.max_length < LEAST_MOST:
        message = f"`{name}` lets nobody use a long password: it may have {said.max_length} characters"
        diagnostics.add("BK640", span, message, f"allow {LEAST_MOST} at least, or remove the limit")
    if said.pattern is not None:
        message = f"`{name}` says which characters a password has, which makes it easier to guess and harder to keep"
        fix = "remove `pattern`: bkgen refuses the most common passwords instead"
        diagnostics.add("BK640", span, message, fix)
