"""Many requests with one key, run beside the tests of the backend that is made of service.json."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select, update

from app.models import IdempotencyKey, Order, Product
from app.models.metadata import utc_now
from tests.curl import Curl
from tests.rows import Caller, Rows

AT_ONCE = 20


def orders_of(rows: Rows, caller: Caller) -> int:
    statement = select(func.count()).select_from(Order).where(Order.user_id == caller.row["id"])
    return rows.database.run(lambda connection: connection.execute(statement).scalar_one())


def test_twenty_at_once_act_once(curl: Curl, rows: Rows) -> None:
    caller, product = rows.sign_in(), rows.product(price=1, stock=100)
    body = {"items": [{"product_id": str(product["id"]), "quantity": 1}]}
    key = {"Idempotency-Key": "twenty"}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        calls = [
            threads.submit(curl, "POST /checkout", token=caller.token, json=body, headers=key) for _ in range(AT_ONCE)
        ]
        replies = [call.result() for call in calls]
    assert {(reply.status, reply.text) for reply in replies} == {(201, replies[0].text)}
    assert sum("idempotency-replayed" in reply.headers for reply in replies) == AT_ONCE - 1
    assert orders_of(rows, caller) == 1
    assert rows.database.has(Product, id=product["id"], stock=99)


def test_a_failure_is_not_remembered(curl: Curl, rows: Rows) -> None:
    caller, product = rows.sign_in(), rows.product(price=1, stock=0)
    body = {"items": [{"product_id": str(product["id"]), "quantity": 1}]}
    key = {"Idempotency-Key": "failed"}
    assert curl("POST /checkout", token=caller.token, json=body, headers=key).status == 409
    statement = update(Product).where(Product.id == product["id"]).values(stock=5)
    rows.database.run(lambda connection: connection.execute(statement).close())
    assert curl("POST /checkout", token=caller.token, json=body, headers=key).status == 201


def test_a_key_is_of_one_account(curl: Curl, rows: Rows) -> None:
    one, other, product = rows.sign_in(), rows.sign_in(), rows.product(price=1, stock=9)
    body = {"items": [{"product_id": str(product["id"]), "quantity": 1}]}
    key = {"Idempotency-Key": "mine"}
    first = curl("POST /checkout", token=one.token, json=body, headers=key)
    second = curl("POST /checkout", token=other.token, json=body, headers=key)
    assert (first.status, second.status) == (201, 201)
    assert "idempotency-replayed" not in second.headers
    assert first.json["order"]["id"] != second.json["order"]["id"]


def test_spaces_and_order_make_no_difference(curl: Curl) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    sent = ['{"name": "a", "price": "1.00", "stock": 1}', '{ "stock":1,"price":"1.00","name":"a" }']
    first, again = (curl("POST /products", data=body, headers=key) for body in sent)
    assert (first.status, again.status, again.text) == (201, 201, first.text)


def test_a_key_is_forgotten_after_a_day(curl: Curl, rows: Rows) -> None:
    names = [f"forgotten-{number}" for number in range(3)]
    body = {"name": "a", "price": "1.00", "stock": 1}
    first = [curl("POST /products", json=body, headers={"Idempotency-Key": name}) for name in names]
    old = update(IdempotencyKey).where(IdempotencyKey.key.in_(names))
    aged = old.values(created_at=utc_now() - timedelta(hours=24, seconds=1))
    rows.database.run(lambda connection: connection.execute(aged).close())
    again = curl("POST /products", json=body, headers={"Idempotency-Key": names[0]})
    assert again.status == 201
    assert again.json["id"] != first[0].json["id"]
    assert rows.database.has(IdempotencyKey, key=names[0])
    assert not rows.database.has(IdempotencyKey, key=names[1])


def test_400_wins_over_a_bad_body(curl: Curl, rows: Rows) -> None:
    token = rows.sign_in().token
    reply = curl("POST /checkout", token=token, json={}, headers={"Idempotency-Key": ""})
    assert reply.status == 400
    assert "Idempotency-Key" in reply.text
