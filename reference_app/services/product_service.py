"""Creating, finding, changing and deleting products."""

from collections.abc import Sequence

from reference_app.core.exceptions import ForbiddenException, NotFoundException
from reference_app.models.product import Product
from reference_app.models.user import User
from reference_app.repositories.product_repository import ProductRepository
from reference_app.schemas.product import ProductCreate, ProductUpdate


class ProductService:
    """The rules about products. `actor` is the user on whose behalf something happens."""

    def __init__(self, products: ProductRepository) -> None:
        self._products = products

    async def get_product(self, product_id: int) -> Product:
        """The product with this id. Raises NotFoundException."""
        product = await self._products.get_by_id(product_id)
        if product is None:
            raise NotFoundException(f"Product with id {product_id} not found")
        return product

    async def get_products(self, skip: int, limit: int, *, search: str = "") -> tuple[Sequence[Product], int]:
        """A page of products and the number of all."""
        return await self._products.get_products(skip, limit, search=search)

    async def create_product(self, actor: User, data: ProductCreate) -> Product:
        """Create a product that belongs to the actor."""
        return await self._products.create({**data.model_dump(), "owner_id": actor.id})

    async def update_product(self, actor: User, product_id: int, data: ProductUpdate) -> Product:
        """Change the fields that were sent.

        Raises NotFoundException, and ForbiddenException unless the actor is the owner or a superuser.
        """
        product = await self.get_product(product_id)
        _require_owner_or_superuser(actor, product)
        return await self._products.update(product, data.model_dump(exclude_unset=True))

    async def delete_product(self, actor: User, product_id: int) -> None:
        """Delete a product. Raises as `update_product` does."""
        product = await self.get_product(product_id)
        _require_owner_or_superuser(actor, product)
        if not await self._products.delete(product_id):
            raise NotFoundException(f"Product with id {product_id} not found")


def _require_owner_or_superuser(actor: User, product: Product) -> None:
    if actor.id != product.owner_id and not actor.is_superuser:
        raise ForbiddenException
