"""Sample databases that many know, changed as an architect would change them: their rows outlive it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.behaviour.migrated import Migrated
from tests.behaviour.schema_pairs import Document, Pair, Rows
from tests.behaviour.test_migrations import dialect, follow, two_databases

__all__ = ["dialect", "two_databases"]

DOCUMENTS = Path(__file__).parent / "documents"


def table(document: Document, name: str) -> Document:
    return next(one for one in document["tables"] if one["name"] == name)


def column(document: Document, place: str) -> Document:
    name, _, of = place.partition(".")
    return next(one for one in table(document, name)["columns"] if one["name"] == of)


def changed_films() -> Pair:
    """Pagila: more ratings and features, an earlier first year, and another name for the length."""

    def change(document: Document, rows: Rows) -> None:
        column(document, "film.rating")["type"] = "ENUM('G', 'PG', 'PG-13', 'R', 'NC-17', 'NR')"
        column(document, "film.special_features")["type"][0] += " | Director's Cut"
        column(document, "film.release_year")["type"]["minimum"] = 1888
        column(document, "film.length").update({"name": "minutes", "was": "length"})
        for row in rows["film"]:
            row["minutes"] = row.pop("length")

    film = {
        "film_id": 1,
        "title": "Old and new",
        "description": None,
        "release_year": 2006,
        "language_id": 1,
        "original_language_id": 2,
        "rental_duration": 3,
        "rental_rate": Decimal("4.99"),
        "length": 86,
        "replacement_cost": Decimal("19.99"),
        "rating": "PG-13",
        "special_features": ["Trailers", "Deleted Scenes"],
        "last_update": datetime(2026, 1, 2, tzinfo=UTC),
    }
    rows: Rows = {
        "language": [{"language_id": 1, "name": "English"}, {"language_id": 2, "name": "Italian"}],
        "actor": [{"actor_id": 1, "first_name": "Ann", "last_name": "Lee"}],
        "film": [film, film | {"film_id": 2, "special_features": None, "release_year": None}],
        "film_actor": [{"actor_id": 1, "film_id": 1}, {"actor_id": 1, "film_id": 2}],
    }
    return pair("pagila", rows, change)


def changed_orders() -> Pair:
    """Northwind: a product may be on several lines of an order, and checks become narrower and wider."""

    def change(document: Document, rows: Rows) -> None:
        details = table(document, "order_details")
        line = {"name": "line_no", "type": {"type": "SMALLINT", "minimum": 1}, "default": 1}
        details["columns"].insert(2, line)
        details["primaryKey"].append("line_no")
        column(document, "order_details.quantity")["type"]["maximum"] = 1000
        column(document, "order_details.unit_price").update({"name": "price", "was": "unit_price"})
        column(document, "products.units_in_stock")["type"] = "integer"
        column(document, "employees.reports_to").update({"name": "manager_id", "was": "reports_to"})
        for row in rows["order_details"]:
            row |= {"line_no": 1, "price": row.pop("unit_price")}
        for row in rows["employees"]:
            row["manager_id"] = row.pop("reports_to")

    employee = {"title": None, "hire_date": date(1992, 8, 14)}
    rows: Rows = {
        "employees": [
            employee | {"employee_id": 2, "last_name": "Fox", "first_name": "Andrea", "reports_to": None},
            employee | {"employee_id": 5, "last_name": "Bee", "first_name": "Sam", "reports_to": 2},
            employee | {"employee_id": 6, "last_name": "Sun", "first_name": "Mia", "reports_to": 5},
        ],
        "customers": [{"customer_id": "QUICK", "company_name": "Quick", "city": None, "country": "Peru"}],
        "products": [
            {
                "product_id": 11,
                "product_name": "Cheese",
                "unit_price": Decimal("21.00"),
                "units_in_stock": 22,
                "discontinued": False,
            }
        ],
        "orders": [
            {
                "order_id": 10248,
                "customer_id": "QUICK",
                "employee_id": 6,
                "order_date": date(1996, 7, 4),
                "shipped_date": None,
                "freight": Decimal("32.38"),
            }
        ],
        "order_details": [
            {"order_id": 10248, "product_id": 11, "unit_price": Decimal("14.00"), "quantity": 12, "discount": 0.25}
        ],
    }
    return pair("northwind", rows, change)


def changed_tracks() -> Pair:
    """Chinook: tracks of a playlist are in an order, prices have more digits, and a table has another name."""

    def change(document: Document, rows: Rows) -> None:
        table(document, "PlaylistTrack")["columns"].append({"name": "Position", "type": "integer", "default": 1})
        column(document, "Track.UnitPrice")["type"]["type"] = "NUMERIC(12,3)"
        table(document, "InvoiceLine").update({"name": "Sale", "was": "InvoiceLine"})
        for row in rows["PlaylistTrack"]:
            row["Position"] = 1
        for row in rows["Track"]:
            row["UnitPrice"] = row["UnitPrice"].quantize(Decimal("0.001"))
        rows["Sale"] = rows.pop("InvoiceLine")

    rows: Rows = {
        "Artist": [{"ArtistId": 1, "Name": None}],
        "Album": [{"AlbumId": 1, "Title": "Ü", "ArtistId": 1}],
        "Track": [
            {
                "TrackId": 1,
                "Name": "It's one",
                "AlbumId": 1,
                "Composer": None,
                "Milliseconds": 343719,
                "Bytes": 11170334,
                "UnitPrice": Decimal("0.99"),
            }
        ],
        "Playlist": [{"PlaylistId": 1, "Name": "Music"}],
        "PlaylistTrack": [{"PlaylistId": 1, "TrackId": 1}],
        "Invoice": [{"InvoiceId": 1, "InvoiceDate": datetime(2026, 1, 2, tzinfo=UTC), "BillingCountry": "Chile"}],
        "InvoiceLine": [
            {"InvoiceLineId": 1, "InvoiceId": 1, "TrackId": 1, "UnitPrice": Decimal("0.99"), "Quantity": 2}
        ],
    }
    return pair("chinook", rows, change)


def pair(name: str, rows: Rows, change: Callable[[Document, Rows], None]) -> Pair:
    """The tables of a document before and after a change, which also changes the rows that are expected."""
    before: dict[str, Any] = {"tables": json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))["tables"]}
    after, expected = copy.deepcopy(before), copy.deepcopy(rows)
    change(after, expected)
    return Pair(before, after, rows, expected)


@pytest.mark.parametrize(
    ("changed", "dialect"),
    [
        (changed_films, "postgresql"),
        (changed_orders, "sqlite"),
        (changed_orders, "postgresql"),
        (changed_orders, "mariadb"),
        (changed_tracks, "sqlite"),
    ],
    indirect=["dialect"],
)
def test_rows_outlive_the_change(changed: Callable[[], Pair], tmp_path: Path, two_databases: tuple[str, str]) -> None:
    follow(changed(), Migrated(tmp_path, two_databases[0]), two_databases[1])
