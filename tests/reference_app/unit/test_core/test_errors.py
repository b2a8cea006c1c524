"""How the errors that no request provokes reliably are rendered."""

import json

from sqlalchemy.exc import IntegrityError
from starlette.requests import Request

from reference_app.api.errors import render_integrity_error


async def test_a_constraint_that_nobody_expected_is_a_conflict_without_details() -> None:
    error = IntegrityError(
        "INSERT INTO products …", {"owner_id": 7}, Exception("FOREIGN KEY constraint failed")
    )
    response = await render_integrity_error(Request({"type": "http"}), error)
    assert response.status_code == 409
    assert json.loads(bytes(response.body)) == {"detail": "Database integrity error"}
