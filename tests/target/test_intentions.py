"""A GET that says that it changes things is never sent; one that only reads is not kept back."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.contract import understand
from compliance.target.intentions import _changed, changes_things


def says(path: str, method: str = "get", operation_id: str = "", beside: str = "") -> bool:
    described: dict[str, Any] = {method: {"responses": {}, "operationId": operation_id}}
    if beside:
        described[beside] = {"responses": {}}
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {path: described}}
    contract = understand(document, "")
    return changes_things(contract.operations, contract.operations[0])


@pytest.mark.parametrize(
    "path",
    [
        *("/createdb", "/seed-data", "/api/seedData", "/initdb", "/drop_all", "/db-reset", "/database/reset"),
        *("/users/{id}/activate", "/users/activate/{token}", "/delete/user/{id}", "/users/delete/{id}"),
        *("/logout", "/auth/logout", "/auth/refresh", "/auth/callback", "/send-email", "/sendmail"),
        *("/jobs/run", "/run", "/populate", "/admin/purge", "/export", "/verify/{token}", "/clear-cache"),
        *(
            "/token/revoke",
            "/deleteAll",
            "/password-reset",
            "/unsubscribe/{token}",
            "/sync",
            "/articles/{id}/archive",
        ),
    ],
)
def test_deeds(path: str) -> None:
    assert says(path)


@pytest.mark.parametrize(
    "path",
    [
        *("/runs", "/runs/{id}", "/exports", "/exports/{id}", "/callbacks", "/callbacks/{id}", "/logs"),
        *("/tasks/created", "/jobs/running", "/runtime", "/initiatives", "/confirmations", "/verifications"),
        *("/dropdowns", "/senders", "/seeds/{id}", "/triggers", "/resets", "/updates", "/imports/{id}"),
        *("/import/status", "/sync/history", "/users", "/users/{id}", "/me", "/settings", "/products/search"),
        *("/deleted", "/executive", "/clearance", "/sets", "/addresses", "/blocks/{height}", "/builds"),
        *("/{id}", "/", "/addons", "/starters", "/markets", "/processes", "/generators", "/block/{hash}"),
        *("/articles/archive", "/set/{id}", "/block"),
    ],
)
def test_reads(path: str) -> None:
    assert not says(path)


def test_the_id_of_an_operation_tells_too() -> None:
    assert says("/admin/database", operation_id="api_views.main.populate_db")
    assert says("/admin/all", operation_id="deleteEverything")
    assert not says("/admin/all", operation_id="get_deleted")
    assert not says("/admin/all", operation_id="updates_list")


def test_what_is_changed_there_by_other_methods_is_a_thing() -> None:
    assert says("/run/{id}")
    assert not says("/run/{id}", beside="delete")
    assert not says("/export/{id}", beside="put")


def test_what_is_changed_where_is_looked_up_once_for_all_operations() -> None:
    paths = {f"/run{n}/{{id}}": {"get": {"responses": {}}, "delete": {"responses": {}}} for n in range(20)}
    operations = understand(
        {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}, ""
    ).operations
    _changed.cache_clear()
    assert not any(changes_things(operations, one) for one in operations)
    assert _changed.cache_info().misses == 1
