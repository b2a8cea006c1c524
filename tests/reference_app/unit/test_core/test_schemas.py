from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from reference_app.schemas.product import ProductCreate, ProductUpdate
from reference_app.schemas.user import UserCreate, UserUpdate

ALICE = {"email": "alice@example.com", "full_name": "Alice", "password": "correct horse"}


@pytest.mark.parametrize(
    ("sent", "price"),
    [
        ("9.5", "9.50"),
        ("0", "0.00"),
        (3, "3.00"),
        (9.99, "9.99"),
        (0.1 + 0.2, "0.30"),
        (57 * 0.01, "0.57"),
        (-0.0, "0.00"),
        (99999999.99, "99999999.99"),
    ],
)
def test_prices(sent: object, price: str) -> None:
    assert str(ProductCreate.model_validate({"name": "Lamp", "price": sent}).price) == price


@pytest.mark.parametrize(
    "sent",
    [
        True,
        None,
        "",
        " 1",
        "1e2",
        "+1",
        "-1",
        -1,
        1.234,
        "1.234",
        "123456789",
        10**400,
        float("nan"),
        float("inf"),
        "NaN",
        [1],
        [0, [1], 0],
        {},
        Decimal("NaN"),
    ],
    ids=repr,
)
def test_what_is_no_price(sent: object) -> None:
    with pytest.raises(ValidationError):
        ProductCreate.model_validate({"name": "Lamp", "price": sent})


@pytest.mark.parametrize(
    "change",
    [
        {"full_name": " "},
        {"full_name": ""},
        {"full_name": "a\0"},
        {"full_name": "\ud800"},
        {"full_name": "x" * 101},
        {"full_name": 5},
        {"email": "alice"},
        {"email": "alice@example"},
        {"email": "älice@example.com"},
        {"email": "a" * 250 + "@example.com"},
        {"password": "short"},
        {"password": "x" * 129},
        {"password": "correct\0horse"},
        {"is_superuser": True},
        {"is_active": True},
    ],
    ids=repr,
)
def test_what_is_no_registration(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UserCreate.model_validate(ALICE | change)


@pytest.mark.parametrize("field", UserUpdate.model_fields)
def test_a_field_may_be_omitted_but_not_null(field: str) -> None:
    assert UserUpdate().model_dump(exclude_unset=True) == {}
    with pytest.raises(ValidationError):
        UserUpdate.model_validate({field: None})


def test_a_description_may_be_null() -> None:
    assert ProductUpdate(description=None).model_dump(exclude_unset=True) == {"description": None}


def test_what_may_be_omitted_is_not_called_nullable() -> None:
    schema: dict[str, Any] = UserUpdate.model_json_schema()
    assert "required" not in schema
    assert all("anyOf" not in field and "default" not in field for field in schema["properties"].values())
