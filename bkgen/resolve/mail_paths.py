"""Endpoints that work by mailed tokens, known by the last words of their path and by what they are sent."""

from __future__ import annotations

from bkgen.model.endpoints import Operation
from bkgen.model.shapes import Fact
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.facts import fact_called
from bkgen.resolve.names import fold
from bkgen.resolve.paths import Segment
from bkgen.resolve.words import listed
from bkgen.source import Node

_POST = frozenset({"POST"})
_CHANGES = frozenset({"POST", "PUT", "PATCH"})
_LAST_WORDS: dict[Operation, tuple[frozenset[str], frozenset[str]]] = {
    Operation.REQUEST_VERIFICATION: (_POST, listed("requestverification resendverification sendverification")),
    Operation.VERIFY_EMAIL: (_POST, listed("verifyemail confirmemail emailverification emailconfirmation")),
    Operation.REQUEST_PASSWORD_RESET: (_POST, listed("forgotpassword forgottenpassword requestpasswordreset")),
    Operation.RESET_PASSWORD: (_POST, listed("resetpassword passwordreset")),
    Operation.CHANGE_EMAIL: (_CHANGES, listed("changeemail updateemail")),
}
_AFTER: dict[Operation, tuple[frozenset[str], frozenset[tuple[str, str]]]] = {
    Operation.REQUEST_VERIFICATION: (_POST, frozenset({("verifyemail", "resend"), ("verification", "resend")})),
    Operation.VERIFY_EMAIL: (_POST, frozenset({("auth", "verify"), ("email", "verify"), ("email", "confirm")})),
    Operation.REQUEST_PASSWORD_RESET: (_POST, frozenset({("password", "forgot"), ("passwordreset", "request")})),
    Operation.RESET_PASSWORD: (_POST, frozenset({("password", "reset"), ("passwordreset", "confirm")})),
    Operation.CHANGE_EMAIL: (_CHANGES, frozenset({("me", "email"), ("auth", "email"), ("account", "email")})),
}
_ASKED_FOR_BY = {
    Operation.VERIFY_EMAIL: Operation.REQUEST_VERIFICATION,
    Operation.RESET_PASSWORD: Operation.REQUEST_PASSWORD_RESET,
}


def mail_operation(method: str, segments: tuple[Segment, ...], body: Node | None) -> Operation | None:
    """The operation that a path without parameters ends in; None where its words say nothing.

    What takes a token elsewhere, and is sent an address alone, asks for the mail: `POST /password-reset`.
    """
    if not segments or any(segment.parameter for segment in segments):
        return None
    words = [fold(segment.text) for segment in segments]
    found = next((one for one, (methods, last) in _LAST_WORDS.items() if method in methods and words[-1] in last), None)
    if found is None:
        pair = tuple(words[-2:])
        found = next((one for one, (methods, pairs) in _AFTER.items() if method in methods and pair in pairs), None)
    fields = [entry.key for entry in fields_in(body) or ()]
    if len(fields) == 1 and fact_called(fields[0], (Fact.EMAIL,)) and found in _ASKED_FOR_BY:
        return _ASKED_FOR_BY[found]
    return found
