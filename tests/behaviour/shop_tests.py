"""Run beside the tests of the backend that is made of shop.json, on SQLite and on PostgreSQL."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import RowMapping, select

from app.models import CartItem, Order, OrderItem, Parcel, Product, Wallet
from tests.curl import Curl, Reply
from tests.database import ScratchDatabase
from tests.rows import Caller, Rows

AT_ONCE = 50


def stock_of(database: ScratchDatabase, product: RowMapping) -> int:
    statement = select(Product.stock).where(Product.id == product["id"])
    return database.run(lambda connection: connection.execute(statement).scalar_one())


def buys(curl: Curl, caller: Caller, *lines: tuple[RowMapping, int]) -> Reply:
    items = [{"product_id": str(product["id"]), "quantity": quantity} for product, quantity in lines]
    return curl("POST /orders", token=caller.token, json={"items": items})


def at_once(call: Any, arguments: list[Any], most: int = AT_ONCE) -> Counter[int]:
    with ThreadPoolExecutor(most) as threads:
        return Counter(reply.status for reply in threads.map(call, arguments))


def test_ships_a_paid_order_once(curl: Curl, rows: Rows, database: ScratchDatabase) -> None:
    clerk, order = rows.sign_in(rows.user(role="clerk")), rows.order(status="paid")
    reply = curl("POST /orders/{id}/ship", path={"id": order["id"]}, token=clerk.token)
    assert (reply.status, reply.json["order"]["status"]) == (200, "shipped")
    assert reply.json["order"]["id"] == str(order["id"])
    again = curl("POST /orders/{id}/ship", path={"id": order["id"]}, token=clerk.token)
    assert (again.status, again.json) == (409, {"error": "Order is not paid"})
    assert database.has(Order, id=order["id"], status="shipped")


def test_tells_missing_from_refused(curl: Curl, rows: Rows) -> None:
    clerk, customer = rows.sign_in(rows.user(role="clerk")), rows.sign_in(rows.user(role="customer"))
    missing = curl("POST /orders/{id}/ship", path={"id": uuid4()}, token=clerk.token)
    assert missing.status == 404
    assert "Order not found" in missing.text
    order = rows.order(status="paid")
    assert curl("POST /orders/{id}/ship", path={"id": order["id"]}, token=customer.token).status == 403
    assert curl("POST /orders/{id}/refund", path={"id": uuid4()}).status == 409


def test_refund_answers_with_the_row_as_it_is(curl: Curl, rows: Rows) -> None:
    order = rows.order(status="paid", total=5)
    reply = curl("POST /orders/{id}/refund", path={"id": order["id"]})
    assert reply.json == {"status": "refunded", "order": {"id": str(order["id"]), "total": 0}}


def test_a_cart_from_the_first_item_to_the_order(curl: Curl, rows: Rows, database: ScratchDatabase) -> None:
    customer, product = rows.sign_in(), rows.product(stock=10, price=7)
    call: dict[str, Any] = {"path": {"product_id": product["id"]}, "token": customer.token}
    assert curl("POST /checkout", token=customer.token).status == 404
    for quantity in (2, 3):
        reply = curl("PUT /cart/items/{product_id}", json={"quantity": quantity}, **call)
        assert (reply.status, reply.json["price"], reply.json["size"]) == (200, 7 * quantity, 1)
        assert reply.json["item"]["quantity"] == quantity
    reply = curl("POST /checkout", token=customer.token)
    assert (reply.status, reply.json["order"]["total"]) == (201, 21)
    assert stock_of(database, product) == 7
    assert not database.has(CartItem, product_id=product["id"])
    empty = curl("POST /checkout", token=customer.token)
    assert (empty.status, empty.json) == (422, {"error": "The cart is empty"})
    assert curl("DELETE /cart/items/{product_id}", **call).status == 404


def test_what_fails_in_the_middle_leaves_nothing(curl: Curl, rows: Rows, database: ScratchDatabase) -> None:
    customer, enough, few = rows.sign_in(), rows.product(stock=10), rows.product(stock=1)
    refused = buys(curl, customer, (enough, 2), (few, 2))
    assert (refused.status, refused.json) == (409, {"error": "Not enough in stock"})
    assert (stock_of(database, enough), stock_of(database, few)) == (10, 1)
    assert not database.has(Order, user_id=customer.row["id"])
    assert buys(curl, customer).status == 422
    unknown = curl("POST /orders", token=customer.token, json={"items": [{"product_id": str(uuid4()), "quantity": 1}]})
    assert unknown.status == 422
    long = [{"product_id": str(enough["id"]), "quantity": 1}] * 101
    assert curl("POST /orders", token=customer.token, json={"items": long}).status == 422


def test_money_is_exact(curl: Curl, rows: Rows, database: ScratchDatabase) -> None:
    rich, poor = (rows.wallet(balance=Decimal(amount), frozen=False) for amount in ("10.10", "0.20"))
    call = "POST /wallets/{id}/transfer"
    reply = curl(call, path={"id": rich["id"]}, json={"to": str(poor["id"]), "amount": "0.10"})
    assert (reply.status, reply.json["balance"]) == (200, "10.00")
    assert database.has(Wallet, id=poor["id"], balance=Decimal("0.30"))
    assert database.has(Wallet, id=rich["id"], balance=Decimal("10.00"))
    assert curl(call, path={"id": rich["id"]}, json={"to": str(rich["id"]), "amount": 1}).status == 400
    assert curl(call, path={"id": rich["id"]}, json={"to": str(uuid4()), "amount": 1}).status == 422
    assert curl(call, path={"id": poor["id"]}, json={"to": str(rich["id"]), "amount": "0.31"}).status == 409


@pytest.mark.parametrize("pieces", [10])
def test_never_sells_more_than_there_is(curl: Curl, rows: Rows, database: ScratchDatabase, pieces: int) -> None:
    products = [rows.product(stock=pieces) for _ in range(3)]
    customer = rows.sign_in()

    def buy(number: int) -> Reply:
        turned = products[number % 3 :] + products[: number % 3]
        return buys(curl, customer, *((product, 1) for product in turned))

    assert at_once(buy, list(range(AT_ONCE))) == {201: pieces, 409: AT_ONCE - pieces}
    assert [stock_of(database, product) for product in products] == [0, 0, 0]
    sold = select(OrderItem.quantity).where(OrderItem.product_id == products[0]["id"])
    assert len(database.run(lambda connection: connection.execute(sold).all())) == pieces


def test_a_transition_has_one_winner(curl: Curl, rows: Rows) -> None:
    order = rows.order(status="paid", total=1)
    calls = ["POST /orders/{id}/refund"] * AT_ONCE
    assert at_once(lambda call: curl(call, path={"id": order["id"]}), calls) == {200: 1, 409: AT_ONCE - 1}


def test_tells_hidden_forbidden_and_refused_rows_apart(curl: Curl, rows: Rows) -> None:
    owner, other, clerk = rows.sign_in(), rows.sign_in(), rows.sign_in(rows.user(role="clerk"))
    parcel = rows.parcel(user_id=owner.row["id"], state="packed", weight=1)
    path = {"id": parcel["id"]}
    assert curl("POST /parcels/{id}/send", path=path).status == 401
    assert curl("POST /parcels/{id}/send", path=path, token=other.token).status == 404
    assert curl("POST /parcels/{id}/send", path=path, token=clerk.token).status == 403
    lost = curl("PUT /parcels/{id}/lose", path=path, token=clerk.token)
    assert (lost.status, lost.json) == (200, {"state": 'it\'s "gone" {x}'})
    refused = curl("POST /parcels/{id}/send", path=path, token=owner.token)
    assert (refused.status, refused.json) == (409, {"error": "Not packed"})
    assert curl("DELETE /parcels/{id}/drop", path=path, token=clerk.token).status == 403


def test_a_step_without_policies_reaches_every_row(curl: Curl, rows: Rows, database: ScratchDatabase) -> None:
    other, parcel = rows.sign_in(), rows.parcel(state="packed", weight=500)
    assert curl("POST /parcels/{id}/seize", path={"id": parcel["id"]}, token=other.token).status == 204
    assert database.has(Parcel, id=parcel["id"], user_id=other.row["id"])


def test_a_taken_value_is_named_beside_the_text_of_a_guard(curl: Curl, rows: Rows) -> None:
    owner, there = rows.sign_in(), rows.parcel()
    parcel = rows.parcel(user_id=owner.row["id"], state="packed", weight=1)
    body = {"by": 1, "code": there["code"]}
    reply = curl("POST /parcels/{id}/weigh", path={"id": parcel["id"]}, token=owner.token, json=body)
    assert reply.status == 409
    assert reply.json != {"error": "Not packed"}
    assert "code" in reply.text


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70])
def test_numbers_without_room_are_no_failure(curl: Curl, rows: Rows, number: int) -> None:
    owner = rows.sign_in()
    parcel = rows.parcel(user_id=owner.row["id"], state="packed", weight=99)
    body = {"by": number - 99, "code": "new"}
    reply = curl("POST /parcels/{id}/weigh", path={"id": parcel["id"]}, token=owner.token, json=body)
    # SQLite has room for any, and the policy on changed rows has none for such a weight.
    assert reply.status in (403, 422)
    body = {"code": f"at {number % 997}", "weight": 1, "marks": [number]}
    assert curl("POST /pack", token=owner.token, json=body).status in (201, 422)


@pytest.mark.skipif(not os.environ.get("TEST_DATABASE_URL"), reason="SQLite has one writer, and so no deadlocks")
def test_transfers_both_ways_at_once(curl: Curl, rows: Rows, database: ScratchDatabase) -> None:
    wallets = [rows.wallet(balance=Decimal(1000), frozen=False) for _ in range(2)]

    def transfer(number: int) -> Reply:
        here, there = wallets[number % 2], wallets[1 - number % 2]
        body = {"to": str(there["id"]), "amount": 1}
        return curl("POST /wallets/{id}/transfer", path={"id": here["id"]}, json=body)

    # No more than have connections: all of them wait for the same two rows, and 503 would tell of a deadlock alone.
    assert at_once(transfer, list(range(4 * AT_ONCE)), 10) == {200: 4 * AT_ONCE}
    for wallet in wallets:
        assert database.has(Wallet, id=wallet["id"], balance=Decimal(1000))
