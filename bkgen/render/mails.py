"""View of the mails that accounts get: `app/auth/mails.py` and `app/auth/mailed_tokens.py`."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import MAIL_REQUESTS, Endpoint, Operation
from bkgen.model.mails import MailKind
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact
from bkgen.render.passwords import fields_of, is_fact
from bkgen.resolve.names import snake


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail: the name of its text in the module, and what it says."""

    constant: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class MailsView:
    """What the templates need; names are attributes of the models unless said otherwise.

    Attributes:
        model: the class of the tokens; `owner` is whom one was mailed to.
        address, verified: of an account; `verified` is empty where nothing verifies addresses.
        required: whether nobody signs in before.
        verifies, resets, changes: whether mails are sent that verify, that reset passwords, that change addresses.
        welcomes: whether who registers is sent a link that verifies the address.
        verify_page, reset_page: the links.
        texts: the mails that are sent.
    """

    model: str
    owner: str
    address: str
    verified: str
    required: bool
    verifies: bool
    resets: bool
    changes: bool
    welcomes: bool
    verification_seconds: int
    reset_seconds: int
    verify_page: str
    reset_page: str
    texts: tuple[MailView, ...]


def mails_view(service: Service) -> MailsView | None:
    """None where accounts get no mail."""
    if service.accounts is None or service.accounts.mails is None:
        return None
    mails = service.accounts.mails
    accounts, tokens = service.table(service.accounts.table), service.table(mails.tokens)
    operations = {endpoint.operation for endpoint in service.endpoints}
    changes = Operation.CHANGE_EMAIL in operations
    welcomes = Operation.REGISTER in operations and mails.verified is not None
    sent = {
        MailKind.VERIFY_EMAIL: welcomes or Operation.REQUEST_VERIFICATION in operations,
        MailKind.RESET_PASSWORD: Operation.REQUEST_PASSWORD_RESET in operations,
        MailKind.CHANGE_EMAIL: changes,
        MailKind.EMAIL_NOTICE: changes,
    }
    return MailsView(
        model=tokens.class_name,
        owner=next(column.attribute for column in tokens.columns if column.reference is not None),
        address=accounts.column(mails.address).attribute,
        verified=accounts.column(mails.verified).attribute if mails.verified else "",
        required=mails.required,
        verifies=sent[MailKind.VERIFY_EMAIL],
        resets=sent[MailKind.RESET_PASSWORD],
        changes=changes,
        welcomes=welcomes,
        verification_seconds=mails.verification_seconds,
        reset_seconds=mails.reset_seconds,
        verify_page=mails.links[MailKind.VERIFY_EMAIL],
        reset_page=mails.links[MailKind.RESET_PASSWORD],
        texts=tuple(
            MailView(snake(kind).upper(), mails.texts[kind].subject, mails.texts[kind].text)
            for kind, is_sent in sent.items()
            if is_sent
        ),
    )


def is_mailed(endpoint: Endpoint, service: Service) -> bool:
    """Whether a mail may go out behind the endpoint's answer."""
    if endpoint.operation is Operation.REGISTER:
        mails = service.accounts.mails if service.accounts else None
        return mails is not None and mails.verified is not None
    return endpoint.operation in MAIL_REQUESTS or endpoint.operation is Operation.CHANGE_EMAIL


def address_in(endpoint: Endpoint, service: Service) -> str:
    """The attribute of a body that is the address of the account; empty where it has none."""
    if service.accounts is None or service.accounts.mails is None:
        return ""
    address = service.accounts.mails.address
    for field in fields_of(endpoint):
        column = field.shape.column if isinstance(field.shape, ColumnValue) else ""
        named = is_fact(field, Fact.IDENTITY) and service.accounts.identity == address
        if named or is_fact(field, Fact.EMAIL) or column == address:
            return field.attribute
    return ""
