"""Users, in and out."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool

from reference_app.schemas.common import NO_NUL, Email, Name, Page, RequestModel, ResponseModel, omitted

Password = Annotated[str, Field(min_length=8, max_length=128, pattern=NO_NUL)]


class UserCreate(RequestModel):
    """A registration."""

    email: Email
    full_name: Name
    password: Password


class UserUpdate(RequestModel):
    """What to change. Only a superuser may send the last two."""

    email: Email = omitted()
    full_name: Name = omitted()
    password: Password = omitted()
    is_active: StrictBool = omitted()
    is_superuser: StrictBool = omitted()


class UserResponse(ResponseModel):
    """A user as others may see them."""

    id: int
    email: str
    full_name: str
    is_active: bool
    is_superuser: bool
    created_at: datetime
    updated_at: datetime


class UserListResponse(Page[UserResponse]):
    """A page of users."""
