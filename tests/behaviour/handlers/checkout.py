"""How orders are placed."""

from decimal import Decimal

from pydantic import MISSING
from sqlalchemy import Connection, insert, update

from app.auth.caller import Caller
from app.checkout import schemas
from app.errors import Conflict
from app.models import Order, Product
from app.orders import schemas as order_schemas
from app.steps import Refused, find_row, read_row


def place_order(connection: Connection, account: Caller, body: schemas.PlaceOrderRequest) -> schemas.PlaceOrderAnswer:
    """Place an order."""
    total = Decimal(0)
    for item in sorted(body.items, key=lambda item: item.product_id):
        taken = (
            update(Product)
            .where(Product.id == item.product_id, Product.stock >= item.quantity)
            .values(stock=Product.stock - item.quantity)
            .returning(Product.price)
        )
        product = find_row(connection, taken)
        if product is None:
            raise Conflict("Not enough of it")
        total += product["price"] * item.quantity
    if total > 1000:
        raise Refused(402, "Too dear")
    if body.note == "undeclared":
        raise Refused(403, "The contract does not say so")
    values = {
        "user_id": account.id,
        "total": total,
        "note": None if body.note is MISSING else body.note,
    }
    order = read_row(connection, insert(Order).values(values).returning(*Order.__table__.columns))
    return schemas.PlaceOrderAnswer(
        order=order_schemas.Order.model_validate(order),
        items=len(body.items),
        labels=["new"],
    )
