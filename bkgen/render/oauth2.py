"""View of signing in by providers: `app/auth/providers.py`, `app/auth/identities.py` and their settings."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.resolve.facts import MOST_EMAIL


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider.

    Attributes:
        setting: what its settings begin with, as attributes.
        issuer: its URL; empty where each machine says it.
        scopes: what it is asked for, with spaces between.
        callback: the path that it sends people back to.
    """

    name: str
    setting: str
    issuer: str
    scopes: str
    callback: str


@dataclass(frozen=True, slots=True)
class OAuth2View:
    """What the templates need; names are attributes of the models unless said otherwise.

    Attributes:
        model: the class of identities; `owner` is whose one is.
        verified: of an account, since when its address is; empty where nothing verifies addresses.
        called: of an account, its name; empty where none has to have one. `called_length` are its most characters.
        address_length: the most characters of an address, where that is less than addresses have; else None.
        redirects: whether the browser ends up at the front end.
    """

    providers: tuple[ProviderView, ...]
    model: str
    owner: str
    verified: str
    called: str
    called_length: int | None
    address_length: int | None
    redirects: bool


def oauth2_view(service: Service) -> OAuth2View | None:
    """None where nobody signs in by a provider."""
    accounts = service.accounts
    if accounts is None or accounts.oauth2 is None:
        return None
    oauth2 = accounts.oauth2
    holder, identities = service.table(accounts.table), service.table(oauth2.identities)
    verified = accounts.mails.verified if accounts.mails else None
    callback = next(one for one in service.endpoints if one.operation is Operation.OAUTH2_CALLBACK)
    (parameter,) = callback.path_parameters
    most = holder.column(accounts.identity).type.max_length
    return OAuth2View(
        providers=tuple(
            ProviderView(
                name=provider.name,
                setting=f"oauth2_{provider.name}",
                issuer=provider.issuer or "",
                scopes=" ".join(provider.scopes),
                callback=callback.path.replace(f"{{{parameter.name}}}", provider.name),
            )
            for provider in oauth2.providers
        ),
        model=identities.class_name,
        owner=identities.column(oauth2.owner).attribute,
        verified=holder.column(verified).attribute if verified else "",
        called=holder.column(oauth2.called).attribute if oauth2.called else "",
        called_length=holder.column(oauth2.called).type.max_length if oauth2.called else None,
        address_length=most if most is not None and most < MOST_EMAIL else None,
        redirects=redirects(callback),
    )


def sends_on(endpoint: Endpoint) -> bool:
    """Whether a browser that has signed in is sent to the front end."""
    return endpoint.operation is Operation.OAUTH2_CALLBACK and redirects(endpoint)


def redirects(endpoint: Endpoint) -> bool:
    """Whether the answer sends the browser elsewhere."""
    return endpoint.success.status == 302
