"""What endpoints take from a request: who sent it, and which page they want."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from reference_app.core.exceptions import InvalidTokenException, UnauthorizedException
from reference_app.dependencies import AuthServiceDep
from reference_app.models.user import User
from reference_app.schemas.common import NO_NUL
from reference_app.utils.helpers import MAX_ID

MAX_PAGE = 100_000
MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 10

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login", auto_error=False)


async def get_current_user(
    request: Request, token: Annotated[str | None, Depends(oauth2_scheme)], auth: AuthServiceDep
) -> User:
    """The user whose token came with the request. Raises UnauthorizedException or ForbiddenException."""
    if token is None:
        raise UnauthorizedException
    # Which of two headers counts is a matter of taste, and a proxy's may be another one.
    if len(request.headers.getlist("authorization")) > 1:
        raise InvalidTokenException
    return await auth.get_current_user(token)


CurrentUser = Annotated[User, Depends(get_current_user)]


def _digits(value: object) -> object:
    """Refuse what Python takes for an integer and no one else does: "1.0", "1_000", " 1"."""
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value):
        raise PydanticCustomError("int_parsing", "Input should be a valid integer")
    return value


def _true_or_false(value: object) -> object:
    """Refuse what Pydantic takes for a boolean and no one else does: "yes", "1", "T"."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise PydanticCustomError("bool_parsing", "Input should be a valid boolean")
    return value


RowId = Annotated[int, Field(ge=1, le=MAX_ID), BeforeValidator(_digits), Path()]
PageNumber = Annotated[int, Field(ge=1, le=MAX_PAGE), BeforeValidator(_digits), Query()]
PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE), BeforeValidator(_digits), Query()]
Boolean = Annotated[bool, BeforeValidator(_true_or_false)]
Search = Annotated[str, Query(max_length=100, pattern=NO_NUL)]


@dataclass(frozen=True)
class Pagination:
    """Which page of a list, and how long a page is."""

    page: PageNumber = 1
    page_size: PageSize = DEFAULT_PAGE_SIZE

    @property
    def skip(self) -> int:
        """How many items come before the page."""
        return (self.page - 1) * self.page_size


PaginationDep = Annotated[Pagination, Depends()]
