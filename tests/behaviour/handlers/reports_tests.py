"""What the reports answer."""

from uuid import uuid4

from tests.curl import Curl
from tests.rows import Rows


def test_sales_200(curl: Curl, rows: Rows) -> None:
    product = rows.product(name="Tea", price=3)
    query = {"since": "2026-05-01T23:00:00-02:00", "at_least": "1.50"}
    reply = curl("GET /products/{id}/sales", path={"id": product["id"]}, query=query)
    assert reply.status == 200
    assert reply.json["product"]["name"] == "Tea"
    assert reply.json["days"] == [{"day": "2026-05-02", "total": "1.50"}]
    assert reply.json["extra"] == {"any": ["thing"]}


def test_sales_404(curl: Curl) -> None:
    assert curl("GET /products/{id}/sales", path={"id": uuid4()}).status == 404


def test_cheap_200(curl: Curl, rows: Rows) -> None:
    cheap, dear = rows.product(price=1), rows.product(price=50)
    shown = curl("GET /products/cheap", query={"most": 20})
    assert shown.status == 200
    ids = [row["id"] for row in shown.json]
    assert str(cheap["id"]) in ids
    assert str(dear["id"]) not in ids
