from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from reference_app.models.user import User
from reference_app.repositories.product_repository import ProductRepository
from reference_app.repositories.user_repository import UserRepository


@pytest.mark.parametrize("price", ["0.00", "0.01", "19.99", "99999999.99"])
async def test_prices_are_exact(
    session: AsyncSession, products: ProductRepository, alice: User, price: str
) -> None:
    product = await products.create({"name": "Lamp", "price": Decimal(price), "owner_id": alice.id})
    await session.refresh(product)
    assert str(product.price) == price


async def test_products_go_with_their_owner(
    session: AsyncSession, users: UserRepository, products: ProductRepository, alice: User, bob: User
) -> None:
    for owner in (alice, bob):
        await products.create({"name": "Lamp", "price": Decimal(1), "owner_id": owner.id})
    await users.delete(alice.id)
    rows, total = await products.get_products(0, 10)
    assert total == 1
    assert rows[0].owner_id == bob.id


@pytest.mark.parametrize(("search", "found"), [("", 2), ("lamp", 1), ("BRIGHT", 1), ("%", 0), ("chair", 1)])
async def test_search(products: ProductRepository, alice: User, search: str, found: int) -> None:
    await products.create(
        {"name": "Lamp", "description": "Bright", "price": Decimal(1), "owner_id": alice.id}
    )
    await products.create({"name": "Chair", "price": Decimal(1), "owner_id": alice.id})
    rows, total = await products.get_products(0, 10, search=search)
    assert len(rows) == total == found
