"""Products, in and out."""

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from reference_app.schemas.common import Name, Page, RequestModel, ResponseModel, Text, omitted

CENT = Decimal("0.01")
DECIMAL = r"^[0-9]{1,8}(\.[0-9]{1,2})?$"


def _amount(value: object) -> object:
    """The amount that a JSON string or number stands for. A float stands for the cents it is nearest to."""
    if isinstance(value, str) and re.fullmatch(DECIMAL, value):
        return Decimal(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isclose(value, round(value, 2), rel_tol=1e-12):
        return Decimal(str(round(value, 2)))
    raise PydanticCustomError("price", "Input should be an amount with at most two decimal places")


def _in_cents(value: Decimal) -> Decimal:
    return value.quantize(CENT) + 0  # which turns -0 into 0


Price = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, max_digits=10, decimal_places=2),
    AfterValidator(_in_cents),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": DECIMAL},
                {"type": "number", "minimum": 0, "maximum": 99999999.99, "multipleOf": 0.01},
            ]
        }
    ),
]


class ProductCreate(RequestModel):
    """A new product."""

    name: Name
    description: Text | None = None
    price: Price


class ProductUpdate(RequestModel):
    """What to change."""

    name: Name = omitted()
    description: Text | None = omitted()
    price: Price = omitted()


class ProductResponse(ResponseModel):
    """A product. Its price is a string, since a JSON number would become a float."""

    id: int
    name: str
    description: str | None
    price: Decimal
    owner_id: int
    created_at: datetime
    updated_at: datetime


class ProductListResponse(Page[ProductResponse]):
    """A page of products."""
