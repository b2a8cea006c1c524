"""A path that nothing serves, below the prefix of an API."""

from __future__ import annotations

import pytest

from compliance.contract import understand
from compliance.target.unknown import unknown_path


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (
            ["/health", "/api/v1/users", "/api/v1/users/{id}", "/api/v1/notes/{id}"],
            "/api/v1/compliance-x-unknown",
        ),
        (["/users", "/users/{id}", "/users/{id}/notes", "/users/{id}/notes/{note}"], "/compliance-x-unknown"),
        (["/api/users", "/api/users/{id}", "/api/users/{id}/notes"], "/api/compliance-x-unknown"),
        (["/users/{id}/notes", "/users/{id}/songs"], "/compliance-x-unknown"),
        (["/users", "/notes"], "/compliance-x-unknown"),
        (["/{user}", "/{user}/notes"], ""),
    ],
)
def test_it_is_none_of_the_documents(paths: list[str], expected: str):
    answer = {"get": {"responses": {"200": {"description": "well"}}}}
    contract = understand({"openapi": "3.1.0", "info": {}, "paths": dict.fromkeys(paths, answer)}, "")

    path, below_a_prefix = unknown_path(contract, "x")

    assert path == expected
    assert below_a_prefix == path.startswith("/api")
