"""Types and envelopes that several schemas share. What a type refuses, its JSON schema says."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from reference_app.utils.helpers import count_pages

Item = TypeVar("Item")

# PostgreSQL cannot store NUL; what looks empty is no name.
NO_NUL = r"^[^\x00]*$"
VISIBLE = r"^[^\x00]*[^\s\x00-\x1f][^\x00]*$"


def omitted() -> Any:  # noqa: ANN401 - a field of any type may be left out
    """The default of a field that may be left out but not be null, in a body that updates something."""
    return Field(default_factory=lambda: None)


def _email(value: str) -> str:
    try:
        parts = validate_email(value, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        raise PydanticCustomError("email", "Value is not a valid e-mail address") from None
    return str(parts.ascii_email).lower()


Email = Annotated[str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_email)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=VISIBLE), AfterValidator(str.strip)]
Text = Annotated[str, Field(max_length=1000, pattern=NO_NUL), AfterValidator(str.strip)]


class RequestModel(BaseModel):
    """A body. Fields it does not declare are refused."""

    model_config = ConfigDict(extra="forbid")


class ResponseModel(BaseModel):
    """An answer: the declared fields and no others, all of them always there."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


class Page(ResponseModel, Generic[Item]):
    """Some of the items, and how many there are."""

    items: list[Item]
    total: int
    page: int
    page_size: int
    total_pages: int

    @classmethod
    def build(cls, rows: Sequence[object], total: int, page: int, page_size: int) -> Self:
        """The envelope around one page's rows, which become items."""
        return cls.model_validate(
            {
                "items": rows,
                "total": total,
                "page": page,
                "page_size": page_size,
                "total_pages": count_pages(total, page_size),
            }
        )


class ErrorResponse(ResponseModel):
    """Why a request failed."""

    detail: str


class FieldError(ResponseModel):
    """What is wrong with one part of a request, without repeating it."""

    loc: list[str | int]
    msg: str
    type: str


class ValidationErrorResponse(ResponseModel):
    """All that is wrong with a request."""

    detail: list[FieldError]


class HealthResponse(ResponseModel):
    """The service answers, and so does its database."""

    status: Literal["ok"] = "ok"
    database: Literal["up"] = "up"


class UnhealthyResponse(ErrorResponse):
    """The service answers, its database does not."""

    status: Literal["unavailable"] = "unavailable"
    database: Literal["down"] = "down"
    detail: str = "Database unavailable"
