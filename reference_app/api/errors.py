"""Every error is `{"detail": …}`, as JSON: a text, or for a 422 the list of what is wrong."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException

from reference_app.core.exceptions import AppException, TooManyRequestsException
from reference_app.schemas.common import ErrorResponse, FieldError, ValidationErrorResponse
from reference_app.utils.logger import get_logger

logger = get_logger(__name__)

UNREADABLE_BODY = FieldError(loc=["body"], msg="There was an error parsing the body", type="body_unreadable")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The part of an operation's documentation that says how it fails."""
    responses: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        model = ValidationErrorResponse if status == HTTPStatus.UNPROCESSABLE_ENTITY else ErrorResponse
        responses[status] = {"model": model, "description": HTTPStatus(status).phrase}
        if status == HTTPStatus.UNAUTHORIZED:
            responses[status]["headers"] = {
                "WWW-Authenticate": {"required": True, "schema": {"type": "string"}}
            }
    return responses


def created() -> dict[int | str, dict[str, Any]]:
    """The part that says where to find what was created."""
    return {201: {"headers": {"Location": {"required": True, "schema": {"type": "string"}}}}}


async def render_app_exception(_request: Request, exc: AppException) -> JSONResponse:
    """An exception of ours."""
    return JSONResponse({"detail": exc.detail}, exc.status_code, exc.headers)


async def render_too_many_requests(_request: Request, exc: TooManyRequestsException) -> JSONResponse:
    """One that says when to come again."""
    return JSONResponse({"detail": exc.detail}, exc.status_code, {"Retry-After": str(exc.seconds)})


async def render_http_exception(_request: Request, exc: HTTPException) -> JSONResponse:
    """The framework's own: no such path, body too large, a body that cannot be read."""
    if exc.status_code == HTTPStatus.BAD_REQUEST:
        return _unprocessable([UNREADABLE_BODY])
    return JSONResponse({"detail": exc.detail}, exc.status_code, exc.headers)


async def render_validation_error(_request: Request, exc: RequestValidationError) -> JSONResponse:
    """What is wrong and where. Never the input, which may be secret, nor the context: it may repeat it."""
    return _unprocessable(
        [
            FieldError(loc=[_printable(part) for part in error["loc"]], msg=error["msg"], type=error["type"])
            for error in exc.errors()
        ]
    )


async def render_integrity_error(_request: Request, exc: IntegrityError) -> JSONResponse:
    """A constraint no repository expected, such as the owner of a new product being deleted meanwhile."""
    logger.warning("integrity_error", error=type(exc.orig).__name__)
    return JSONResponse({"detail": "Database integrity error"}, HTTPStatus.CONFLICT)


def install_error_handlers(app: FastAPI) -> None:
    """Have the application render errors as above."""
    app.exception_handler(AppException)(render_app_exception)
    app.exception_handler(TooManyRequestsException)(render_too_many_requests)
    app.exception_handler(HTTPException)(render_http_exception)
    app.exception_handler(RequestValidationError)(render_validation_error)
    app.exception_handler(IntegrityError)(render_integrity_error)


def _unprocessable(errors: list[FieldError]) -> JSONResponse:
    return JSONResponse(ValidationErrorResponse(detail=errors).model_dump(), HTTPStatus.UNPROCESSABLE_ENTITY)


def _printable(part: str | int) -> str | int:
    """An unknown field's name is the client's: shorten it, and replace what UTF-8 cannot hold."""
    return part if isinstance(part, int) else part[:100].encode("utf-8", "replace").decode()
