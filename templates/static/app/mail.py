"""Mails: what they are, where they go, and that they go once the answer is out."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from functools import partial
from pathlib import Path
from typing import Annotated, Concatenate, ParamSpec

from anyio import to_thread
from fastapi import BackgroundTasks, Depends, Request

from app.database import Database
from app.settings import Settings
from app.smtp import SmtpServer

P = ParamSpec("P")

logger = logging.getLogger(__name__)

NOWHERE = (
    "Mails have nowhere to go. Set SMTP_URL and MAIL_FROM; or in development MAIL_FILE, which gets "
    "each of them as a line of JSON, or MAIL_LOG=true."
)


@dataclass(frozen=True)
class Mail:
    """A mail of plain text to one address."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Template:
    """What a mail says; `{name}` in the text stands for a value."""

    subject: str
    text: str

    def to(self, recipient: str, /, **values: str) -> Mail:
        """The mail with these values, to the address `recipient`."""
        text = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), self.text)
        return Mail(recipient, self.subject, text)


class Mailer:
    """Sends mails to where the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._server = (
            SmtpServer.parse(settings.smtp_url.get_secret_value()) if settings.smtp_url else None
        )
        self._sender = settings.mail_from
        self._file = settings.mail_file
        self._frontend = settings.frontend_url

    def link(self, page: str, token: str) -> str:
        """The URL of a page of the front end, with the token in it."""
        return self._frontend + page.replace("{token}", token)

    async def send(self, mail: Mail) -> None:
        """Send the mail, or write it down where no server is set."""
        if self._server is not None:
            await self._server.send(self._message(mail), mail.to)
        elif self._file is not None:
            await to_thread.run_sync(_append, self._file, mail)
        else:
            logger.warning("Mail to %s: %s\n%s", mail.to, mail.subject, mail.text)

    def _message(self, mail: Mail) -> EmailMessage:
        _, address = parseaddr(self._sender)
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # nobody's absence note comes back
        message.set_content(mail.text)
        return message


def _append(file: Path, mail: Mail) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(mail)) + "\n")


def open_mailer(settings: Settings) -> Mailer:
    """What sends mails, or the end of the process with a sentence that says what to set."""
    if settings.smtp_url and not settings.mail_from:
        raise SystemExit("MAIL_FROM is not set. It is who writes, such as: me@example.com")
    if not (settings.smtp_url or settings.mail_file or settings.mail_log):
        raise SystemExit(NOWHERE)
    return Mailer(settings)


class Post:
    """A dependency that sends mails when the request has been answered.

    So an answer takes as long whether there is a mail or not, and no mail server keeps it waiting or
    makes it fail.
    """

    def __init__(self, request: Request, tasks: BackgroundTasks) -> None:
        self._state = request.app.state
        self._tasks = tasks

    def later(
        self,
        send: Callable[Concatenate[Database, Mailer, P], Awaitable[None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `send` behind the answer; a failure is logged."""
        work = partial(send, self._state.database, self._state.mailer, *args, **kwargs)
        self._tasks.add_task(_logged, work)


async def _logged(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception:
        logger.exception("A mail was not sent")


PostDep = Annotated[Post, Depends()]
