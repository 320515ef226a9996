"""What `place_order` answers."""

import pytest

from app.models import Order, Product
from tests.curl import Curl, Reply
from tests.rows import Rows


def order(curl: Curl, rows: Rows, price: int = 5, quantity: int = 2, **others: object) -> Reply:
    product = rows.product(price=price, stock=10)
    items = [{"product_id": str(product["id"]), "quantity": quantity}]
    token = rows.sign_in().token
    reply = curl("POST /checkout", token=token, json={"items": items, **others})
    left = 10 - quantity if reply.status == 201 else 10
    assert rows.database.has(Product, id=product["id"], stock=left)
    return reply


def test_place_order_201(curl: Curl, rows: Rows) -> None:
    reply = order(curl, rows, note="soon")
    assert reply.status == 201
    assert (reply.json["items"], reply.json["labels"]) == (1, ["new"])
    assert (reply.json["order"]["total"], reply.json["order"]["note"]) == ("10.00", "soon")
    assert rows.database.count(Order) > 0


def test_place_order_402(curl: Curl, rows: Rows) -> None:
    reply = order(curl, rows, price=900)
    assert (reply.status, reply.json) == (402, {"error": "Pay first"})


def test_place_order_409_where_there_is_too_little(curl: Curl, rows: Rows) -> None:
    reply = order(curl, rows, quantity=11)
    assert (reply.status, reply.json) == (409, {"error": "Not enough in stock"})


def test_place_order_500_for_a_status_that_the_contract_lacks(curl: Curl, rows: Rows) -> None:
    assert order(curl, rows, note="undeclared").status == 500


@pytest.mark.parametrize("items", [[{"product_id": "x", "quantity": 1}], [{"quantity": 0}], "none"])
def test_place_order_422(items: object, curl: Curl, token: str) -> None:
    assert curl("POST /checkout", token=token, json={"items": items}).status == 422
