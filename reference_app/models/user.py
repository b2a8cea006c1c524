"""Who uses the service."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reference_app.models.base import Base


class User(Base):
    """An account. The e-mail address is kept in lower case, so that it is unique whatever its case."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("email"),
        Index(None, "created_at", "id"),
        # Without it SQLite gives a deleted user's id, and with it any token still valid, to the next one.
        {"sqlite_autoincrement": True},
    )

    email: Mapped[str] = mapped_column(String(254))
    full_name: Mapped[str] = mapped_column(String(100))
    hashed_password: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_superuser: Mapped[bool] = mapped_column(default=False)
