"""Which roles pass for which, and what each may do."""

from __future__ import annotations

import pytest

from bkgen.model.roles import Role, Roles

ROLES = Roles(
    (
        Role("customer"),
        Role("clerk", permissions=("orders:read",)),
        Role("seller", ("clerk",), ("orders:refund",)),
        Role("auditor", ("clerk",)),
        Role("admin", ("seller", "auditor"), ("users:write",)),
    )
)


@pytest.mark.parametrize(
    ("name", "passing"),
    [
        ("customer", ("customer",)),
        ("clerk", ("clerk", "seller", "auditor", "admin")),
        ("seller", ("seller", "admin")),
        ("orders:read", ("clerk", "seller", "auditor", "admin")),
        ("users:write", ("admin",)),
        ("unknown", ()),
    ],
)
def test_who_passes(name: str, passing: tuple[str, ...]) -> None:
    assert ROLES.passing(name) == passing


@pytest.mark.parametrize(
    ("name", "permissions"),
    [
        ("customer", ()),
        ("auditor", ("orders:read",)),
        ("admin", ("orders:read", "orders:refund", "users:write")),
    ],
)
def test_permissions_are_inherited(name: str, permissions: tuple[str, ...]) -> None:
    assert ROLES.permissions_of(name) == permissions


def test_a_circle_ends() -> None:
    circle = Roles((Role("a", ("b",)), Role("b", ("a",), ("x",))))
    assert circle.passing("a") == circle.passing("x") == ("a", "b")
