"""Logging in (RFC 6749, section 4.3)."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from reference_app.schemas.common import NO_NUL, ResponseModel

Optional = Annotated[str, Field(max_length=1000)]


class LoginForm(BaseModel):
    """The form of the OAuth2 password flow. The last three are part of it and mean nothing here."""

    username: Annotated[
        str, Field(min_length=1, max_length=254, pattern=NO_NUL, description="The e-mail address")
    ]
    password: Annotated[str, Field(min_length=1, max_length=128, pattern=NO_NUL)]
    grant_type: Literal["password"] = "password"
    scope: Optional = ""
    client_id: Optional = ""
    client_secret: Optional = ""


class TokenResponse(ResponseModel):
    """A token to send as `Authorization: Bearer …`."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
