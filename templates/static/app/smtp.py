"""The server that takes mails over, as SMTP_URL names it."""

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib

PORTS = {"smtp": 587, "smtps": 465}
SECONDS = 30  # that it may take for each step


@dataclass(frozen=True)
class SmtpServer:
    """Where mails are handed in: encrypted and to a server that proves its name, unless `plain`."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls_at_once: bool
    plain: bool

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """The server of `smtp://user:password@host:587`, or of `smtps://` for TLS from the start.

        Raises:
            ValueError: it is no such URL, or would send a password that everybody can read.
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        plain = options == {"tls": "none"} and parts.scheme == "smtp"
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/"):
            raise ValueError("it must be like smtp://user:password@smtp.example.com:587")
        if options and not plain:
            raise ValueError("behind the host it may have ?tls=none alone, and that with smtp://")
        if plain and parts.username:
            raise ValueError("without TLS, everybody on the way could read the password")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls_at_once=parts.scheme == "smtps",
            plain=plain,
        )

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand the message in for one recipient.

        Raises:
            aiosmtplib.SMTPException: the server refuses it, is not there, or cannot be trusted.
        """
        await aiosmtplib.send(
            message,
            recipients=[recipient],
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.tls_at_once,
            start_tls=not (self.plain or self.tls_at_once),
            timeout=SECONDS,
        )
