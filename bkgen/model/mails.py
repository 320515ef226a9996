"""Mails about accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MailKind(StrEnum):
    """What a mail is for; those with a link bring a token."""

    VERIFY_EMAIL = "verifyEmail"  # to the address of an account: its link verifies it
    RESET_PASSWORD = "resetPassword"  # its link leads to a new password
    CHANGE_EMAIL = "changeEmail"  # to the new address: its link makes it that of the account
    EMAIL_NOTICE = "emailNotice"  # to the present address, while another one is asked for


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail of plain text, with the placeholders `{link}`, `{minutes}` and `{address}`."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Mails:
    """The mails that accounts get, and the tokens in these.

    Attributes:
        address: the column of the accounts that mails go to.
        verified: the column that says since when the address is known to be the owner's; None where nothing verifies.
        required: whether nobody signs in before that.
        tokens: the table of what was sent and not yet used.
        verification_seconds, reset_seconds: how long the links work.
        links: where they lead, behind the address of the front end; each has `{token}`.
        texts: of every kind of mail that is sent.
    """

    address: str
    verified: str | None
    required: bool
    tokens: str
    verification_seconds: int
    reset_seconds: int
    links: Mapping[MailKind, str]
    texts: Mapping[MailKind, MailText]
