"""The order of endpoints: that of the documents, but `/users/me` before `/users/{id}`, which would hide it."""

from __future__ import annotations

from collections import defaultdict
from graphlib import CycleError, TopologicalSorter

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Endpoint


def order_endpoints(endpoints: list[Endpoint], diagnostics: Diagnostics) -> list[Endpoint]:
    """The endpoints package by package, since each package's router is asked as a whole, health and accounts first.

    Adds `BK418` where two packages would hide endpoints of each other.
    """
    before: dict[str, dict[str, Endpoint]] = {}
    for package in ("health", "auth", *(endpoint.package for endpoint in endpoints)):
        before.setdefault(package, {})
    for general, specific in _hiding(endpoints):
        if general.package != specific.package:
            before[general.package][specific.package] = specific
    try:
        packages = list(TopologicalSorter(before).static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        hidden = before[circle[1]][circle[0]]
        message = f"{hidden.method} {hidden.path} would be hidden by another endpoint that has a parameter in its place"
        diagnostics.add("BK418", hidden.span, message, "give one of the two paths another first word")
        packages = list(before)
    ranks = {package: rank for rank, package in enumerate(_stable(packages, before))}
    return sorted(endpoints, key=lambda endpoint: (ranks[endpoint.package], _parameters(endpoint.path)))


def _stable(packages: list[str], before: dict[str, dict[str, Endpoint]]) -> list[str]:
    """The packages in the order of the documents, each preceded by those that have to come before it."""
    order: dict[str, None] = {}

    def place(package: str, seen: frozenset[str]) -> None:
        if package in order:
            return
        for other in before[package]:
            if other not in seen:
                place(other, seen | {other})
        order[package] = None

    for package in before:
        place(package, frozenset({package}))
    return list(order) if len(order) == len(packages) else packages


def _hiding(endpoints: list[Endpoint]) -> list[tuple[Endpoint, Endpoint]]:
    """Pairs of a general and a specific endpoint that match the same request."""
    alike: dict[tuple[str, int, str], list[tuple[Endpoint, list[str]]]] = defaultdict(list)
    for endpoint in endpoints:
        parts = endpoint.path.strip("/").split("/")
        for first in (parts[0], ""):  # by the first word, which keeps the groups small, and all together
            alike[endpoint.method, len(parts), first].append((endpoint, parts))
    found = []
    for (method, length, first), group in alike.items():
        for endpoint, parts in group if first else ():
            if any(part.startswith("{") for part in parts):
                others = alike[method, length, ""] if first.startswith("{") else group
                found += [(endpoint, other) for other, words in others if _hides(parts, words)]
    return found


def _hides(general: list[str], specific: list[str]) -> bool:
    """Whether every request for `specific` is one for `general` too, or could be, and `specific` says more first."""
    first = None
    for one, other in zip(general, specific, strict=True):
        wild, other_wild = one.startswith("{"), other.startswith("{")
        if not wild and not other_wild and one != other:
            return False
        if wild != other_wild and first is None:
            first = wild
    return bool(first)


def _parameters(path: str) -> tuple[bool, ...]:
    return tuple(part.startswith("{") for part in path.strip("/").split("/"))
