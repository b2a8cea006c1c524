"""Bodies that are made, and those that are not."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.target.payload import payload

BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
MEDIA: dict[str, Any] = {"type": "string", "contentMediaType": "application/octet-stream"}


def made(required: list[str], file: dict[str, Any], *, fill_all: bool = False) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": required,
        "properties": {"title": {"type": "string"}, "file": file},
    }
    post = {
        "requestBody": {"content": {"multipart/form-data": {"schema": schema}}},
        "responses": {"201": {"description": "made"}},
    }
    contract = understand({"openapi": "3.1.0", "info": {}, "paths": {"/photos": {"post": post}}}, "")
    (operation,) = contract.operations
    return payload(contract, operation, "kit1", {}, fill_all=fill_all)


@pytest.mark.parametrize("file", [BINARY, MEDIA, {"type": "array", "items": BINARY, "minItems": 1}])
def test_a_file_that_is_required_is_not_made_up_as_a_text(file: dict[str, Any]) -> None:
    with pytest.raises(Untested, match="POST /photos takes a file, which the kit does not make"):
        made(["title", "file"], file)


@pytest.mark.parametrize("file", [BINARY, MEDIA])
def test_a_file_that_may_be_left_out_is(file: dict[str, Any]) -> None:
    assert made(["title"], file, fill_all=True) == {"form": {"title": "kit1"}}
