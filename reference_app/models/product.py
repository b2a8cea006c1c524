"""What users offer."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, Integer, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from reference_app.models.base import Base


class Money(TypeDecorator[Decimal]):
    """Decimal(10, 2), exact on every database. SQLite has no decimals: there it is stored as cents."""

    impl = Numeric(10, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Decimal] | TypeEngine[int]:
        """The column's type in this database."""
        return Integer() if dialect.name == "sqlite" else Numeric(10, 2)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        """Into the database."""
        return int(value.scaleb(2)) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        """Out of the database."""
        return Decimal(value).scaleb(-2) if value is not None and dialect.name == "sqlite" else value  # type: ignore[return-value]


class Product(Base):
    """A thing with a price. It belongs to a user and goes when the user goes."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index(None, "created_at", "id"),
        {"sqlite_autoincrement": True},
    )

    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(String(1000))
    price: Mapped[Decimal] = mapped_column(Money)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
