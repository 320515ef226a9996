"""What the `service` document says of mails: where their links lead, what they say, how long they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.model.mails import MailKind, MailText
from bkgen.report import visible
from bkgen.resolve.nodes import child, number, span_of, text
from bkgen.resolve.texts import check_text
from bkgen.source import Map, Span

VERIFICATION_MINUTES = 24 * 60
PASSWORD_RESET_MINUTES = 30

_LINK = re.compile(r"/[!-z|~]*\{token\}[!-z|~]*")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_MOST_LINK = 200
_MOST_SUBJECT = 150
_LINKS = {
    MailKind.VERIFY_EMAIL: "/verify-email#token={token}",
    MailKind.RESET_PASSWORD: "/reset-password#token={token}",
}
_SHARED_LINKS = {MailKind.CHANGE_EMAIL: MailKind.VERIFY_EMAIL}
_MEANT_FOR_OTHERS = "If this was not you, ignore this mail: nothing changes."
_TEXTS = {
    MailKind.VERIFY_EMAIL: (
        "Please confirm your e-mail address",
        f"Please confirm that this address is yours:\n\n{{link}}\n\n"
        f"The link works once, within {{time}}. {_MEANT_FOR_OTHERS}\n",
    ),
    MailKind.RESET_PASSWORD: (
        "A new password",
        f"Choose a new password here:\n\n{{link}}\n\nThe link works once, within {{time}}. {_MEANT_FOR_OTHERS}\n",
    ),
    MailKind.CHANGE_EMAIL: (
        "Please confirm your new e-mail address",
        f"Please confirm that this is to be the address of your account:\n\n{{link}}\n\n"
        f"The link works once, within {{time}}. {_MEANT_FOR_OTHERS}\n",
    ),
    MailKind.EMAIL_NOTICE: (
        "Your e-mail address is about to change",
        "Someone who knows your password asked to change the address of your account to {address}.\n\n"
        "If this was not you, choose a new password at once: that stops it.\n",
    ),
}
_PLACEHOLDERS = frozenset({"link", "time", "address"})
_OF_NOTICE = frozenset({"address"})  # it brings nothing


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`service.mail`, and what `service.auth` says of its tokens.

    Attributes:
        required: whether nobody signs in before the address is verified; `required_span` is where that is said.
        links, texts: as in `Mails`, for every kind of mail.
    """

    required: bool
    required_span: Span
    verification_seconds: int
    reset_seconds: int
    links: Mapping[MailKind, str]
    texts: Mapping[MailKind, MailText]


def read_mail_settings(name: str, auth: Map, mail: Map, diagnostics: Diagnostics) -> MailSettings:
    """The settings of a service called `name`, with defaults for what the documents leave out."""
    verification = 60 * (number(auth, "verificationMinutes") or VERIFICATION_MINUTES)
    reset = 60 * (number(auth, "passwordResetMinutes") or PASSWORD_RESET_MINUTES)
    links = {kind: _link(kind, child(mail, "links"), diagnostics) for kind in _LINKS}
    links |= {kind: links[other] for kind, other in _SHARED_LINKS.items()}
    lifetimes = {MailKind.RESET_PASSWORD: reset}
    texts = {
        kind: _text(name, kind, lifetimes.get(kind, verification), child(mail, "texts"), diagnostics)
        for kind in MailKind
    }
    return MailSettings(
        required=text(auth, "verification") == "required",
        required_span=span_of(auth, "verification"),
        verification_seconds=verification,
        reset_seconds=reset,
        links=links,
        texts=texts,
    )


def _link(kind: MailKind, node: Map | None, diagnostics: Diagnostics) -> str:
    said = text(node, kind) if node is not None else None
    if node is None or said is None:
        return _LINKS[kind]
    if not _LINK.fullmatch(said) or said.count("{") > 1 or len(said) > _MOST_LINK:
        message = f"`{visible(said[:60])}` is no path of the front end with one `{{token}}` in it"
        diagnostics.add("BK645", span_of(node, kind), message, f'write it like "{_LINKS[kind]}"')
    return said


def _text(name: str, kind: MailKind, seconds: int, node: Map | None, diagnostics: Diagnostics) -> MailText:
    said = child(node, kind) if node is not None else None
    subject, body = _TEXTS[kind]
    subject = f"{name}: {subject[0].lower()}{subject[1:]}"
    if said is not None:
        subject, body = text(said, "subject") or subject, text(said, "text") or body
        _check(kind, said, subject, body, diagnostics)
    return MailText(subject, body.replace("{time}", _duration(seconds)))


def _check(kind: MailKind, said: Map, subject: str, body: str, diagnostics: Diagnostics) -> None:
    check_text("subject", subject, span_of(said, "subject"), diagnostics)
    check_text("text", body, span_of(said, "text"), diagnostics)
    if len(subject.splitlines()) != 1 or len(subject) > _MOST_SUBJECT or _PLACEHOLDER.search(subject):
        message = f"the subject of a mail is one line of 1 to {_MOST_SUBJECT} characters, without placeholders"
        diagnostics.add("BK645", span_of(said, "subject"), message, "put what changes into the text")
    found = set(_PLACEHOLDER.findall(body))
    allowed = _OF_NOTICE if kind is MailKind.EMAIL_NOTICE else _PLACEHOLDERS
    if unknown := sorted(found - allowed):
        known = ", ".join(f"{{{one}}}" for one in sorted(allowed))
        message = f"nothing fills `{{{visible(unknown[0][:40])}}}` in the mail `{kind}`"
        diagnostics.add("BK645", span_of(said, "text"), message, f"it may have {known}")
    if "link" in allowed - found:
        message = f"the mail `{kind}` has no `{{link}}`, so its reader can do nothing with it"
        diagnostics.add("BK645", span_of(said, "text"), message, "put {link} on a line of its own")


def _duration(seconds: int) -> str:
    """`30 minutes`, `24 hours`, `3 days`."""
    minutes = seconds // 60
    count, word = minutes, "minute"
    if minutes % 60 == 0:
        count, word = minutes // 60, "hour"
    if minutes % 1440 == 0 and minutes > 1440:
        count, word = minutes // 1440, "day"
    return f"{count} {word}{'s' if count > 1 else ''}"
