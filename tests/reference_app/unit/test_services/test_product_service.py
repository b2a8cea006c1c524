from decimal import Decimal

import pytest

from reference_app.core.exceptions import ForbiddenException, NotFoundException
from reference_app.models.user import User
from reference_app.schemas.product import ProductCreate, ProductUpdate
from reference_app.services.product_service import ProductService

LAMP = ProductCreate(name="Lamp", price=Decimal("19.99"))


async def test_a_product_belongs_to_its_creator(product_service: ProductService, alice: User) -> None:
    product = await product_service.create_product(alice, LAMP)
    assert (product.owner_id, product.name, product.description) == (alice.id, "Lamp", None)
    assert await product_service.get_product(product.id) is product
    assert await product_service.get_products(0, 10) == ([product], 1)


async def test_an_unknown_product(product_service: ProductService, alice: User) -> None:
    with pytest.raises(NotFoundException, match="Product with id 99 not found"):
        await product_service.get_product(99)
    with pytest.raises(NotFoundException):
        await product_service.update_product(alice, 99, ProductUpdate())
    with pytest.raises(NotFoundException):
        await product_service.delete_product(alice, 99)


@pytest.mark.parametrize("who", ["alice", "admin"])
async def test_owners_and_superusers_may_change_and_delete(
    product_service: ProductService, alice: User, admin: User, who: str
) -> None:
    actor = {"alice": alice, "admin": admin}[who]
    product = await product_service.create_product(alice, LAMP)
    changed = await product_service.update_product(actor, product.id, ProductUpdate(description="Bright"))
    assert (changed.name, changed.description, changed.owner_id) == ("Lamp", "Bright", alice.id)
    await product_service.delete_product(actor, product.id)
    assert await product_service.get_products(0, 10) == ([], 0)


async def test_others_may_not(product_service: ProductService, alice: User, bob: User) -> None:
    product = await product_service.create_product(alice, LAMP)
    with pytest.raises(ForbiddenException):
        await product_service.update_product(bob, product.id, ProductUpdate(name="Mine"))
    with pytest.raises(ForbiddenException):
        await product_service.delete_product(bob, product.id)
    assert product.name == "Lamp"
