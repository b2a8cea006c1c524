"""What services and repositories raise. The API renders each as `{"detail": …}` with its status."""

from typing import ClassVar


class AppException(Exception):  # noqa: N818 - the names are the standard's
    """A request that cannot be fulfilled, in words meant for whoever sent it."""

    status_code: ClassVar[int]
    default_detail: ClassVar[str]
    headers: ClassVar[dict[str, str] | None] = None

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.default_detail
        super().__init__(self.detail)


class BadRequestException(AppException):
    """The request makes no sense."""

    status_code = 400
    default_detail = "Bad request"


class UnauthorizedException(AppException):
    """Nobody has proven who they are."""

    status_code = 401
    default_detail = "Not authenticated"
    headers: ClassVar[dict[str, str] | None] = {"WWW-Authenticate": "Bearer"}


class InvalidTokenException(UnauthorizedException):
    """A token was sent, and it proves nothing (RFC 6750, section 3.1)."""

    default_detail = "Could not validate credentials"
    headers: ClassVar[dict[str, str] | None] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class ForbiddenException(AppException):
    """Known, but not allowed to."""

    status_code = 403
    default_detail = "Not enough permissions"


class NotFoundException(AppException):
    """There is no such thing."""

    status_code = 404
    default_detail = "Resource not found"


class ConflictException(AppException):
    """Something else is in the way."""

    status_code = 409
    default_detail = "Resource already exists"


class TooManyRequestsException(AppException):
    """Too often, and too early: `seconds` later it may be tried again."""

    status_code = 429
    default_detail = "Too many failed attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds
