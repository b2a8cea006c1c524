"""All models, imported: Alembic compares the database with this metadata."""

from reference_app.models.base import Base
from reference_app.models.product import Product
from reference_app.models.user import User

__all__ = ["Base", "Product", "User"]
