"""Products in the database."""

from collections.abc import Sequence

from sqlalchemy import or_

from reference_app.models.product import Product
from reference_app.repositories.base import BaseRepository


class ProductRepository(BaseRepository[Product]):
    """The table of products."""

    model = Product

    async def get_products(self, skip: int, limit: int, *, search: str = "") -> tuple[Sequence[Product], int]:
        """A page of the products whose name or description contains `search`, and their number."""
        if not search:
            return await self.get_page(skip, limit)
        found = or_(
            Product.name.icontains(search, autoescape=True),
            Product.description.icontains(search, autoescape=True),
        )
        return await self.get_page(skip, limit, found)
