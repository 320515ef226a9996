"""View of `app/idempotency.py`, and what the routes of endpoints that take keys say of them."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.resolve.idempotency import KEYS


@dataclass(frozen=True, slots=True)
class KeysView:
    """What the backend needs to know of idempotency keys.

    Attributes:
        model: of the table that keeps them.
        account: its column that refers to accounts; empty where there are none.
        optional, required: whether some endpoint can do without a key, and whether some cannot.
        anonymous: whether some can be called by nobody.
        bodiless: whether some answer without a body.
    """

    model: str
    account: str
    optional: bool
    required: bool
    anonymous: bool
    bodiless: bool


def keys_view(service: Service) -> KeysView | None:
    """None where no endpoint takes keys."""
    keyed = [endpoint for endpoint in service.endpoints if endpoint.idempotency is not None]
    if not keyed:
        return None
    needs = {endpoint.idempotency.required for endpoint in keyed if endpoint.idempotency is not None}
    table = service.table(KEYS)
    account = next((column.attribute for column in table.columns if column.reference is not None), "")
    return KeysView(
        model=table.class_name,
        account=account,
        optional=False in needs,
        required=True in needs,
        anonymous=not all(endpoint.authenticated for endpoint in keyed),
        bodiless=any(endpoint.success.body is None for endpoint in keyed),
    )


def once(endpoint: Endpoint) -> str:
    """The annotation of what runs the work of an endpoint that takes keys."""
    assert endpoint.idempotency is not None
    return "KeyedOnceDep" if endpoint.idempotency.required else "OnceDep"
