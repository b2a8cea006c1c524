"""A GET that says that it changes things is never sent; one that only reads is not kept back."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.contract import understand
from compliance.contract.model import Contract
from compliance.target.intentions import _around, changes_things, is_plainly_a_read


def contract_of(
    path: str, *, answer: Any = None, beside: str = "", below: str = "", **described: Any
) -> Contract:
    """A contract whose first operation is a GET of that path, with what the document shows of its answer."""
    content = {"content": {"application/json": {"schema": answer}}} if answer is not None else {}
    responses = {"200": {"description": "ok", **content}}
    here: dict[str, Any] = {"get": {"responses": responses, **described}}
    if beside:
        here[beside] = {"responses": {}}
    paths = {path: here} | ({below: {"get": {"responses": {}}}} if below else {})
    return understand({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}, "")


def says(path: str, **how: Any) -> bool:
    contract = contract_of(path, **how)
    return changes_things(contract.operations, contract.operations[0])


@pytest.mark.parametrize(
    "path",
    [
        *("/createdb", "/seed-data", "/api/seedData", "/initdb", "/drop_all", "/db-reset", "/database/reset"),
        *("/users/{id}/activate", "/users/activate/{token}", "/delete/user/{id}", "/users/delete/{id}"),
        *(
            "/logout",
            "/auth/logout",
            "/auth/refresh",
            "/auth/renew",
            "/auth/callback",
            "/send-email",
            "/sendmail",
        ),
        *("/jobs/run", "/run", "/populate", "/admin/purge", "/export", "/verify/{token}", "/clear-cache"),
        *(
            "/token/revoke",
            "/deleteAll",
            "/password-reset",
            "/unsubscribe/{token}",
            "/sync",
            "/articles/{id}/archive",
        ),
        *(
            "/log-out",
            "/sign_out",
            "/log_off",
            "/auth/logoff",
            "/logout.php",
            "/do-logout",
            "/read-all",
            "/gc",
        ),
        *(
            "/session/end",
            "/account/close",
            "/users/{id}/close",
            "/users/me/close",
            "/cart/empty",
            "/queue/pop",
        ),
        *("/items/{id}/edit", "/items/{id}/rm", "/posts/{id}/like", "/orders/{id}/ship", "/rooms/{id}/leave"),
        *("/unfollow/{id}", "/make-admin/{id}", "/api/put", "/cron/daily", "/webhooks/{id}/test", "/backup"),
        *("/orders/{id}/frobnicate", "/me/hibernate", "/switches/{id}/on"),
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
        *("/articles/archive", "/set/{id}", "/block", "/ping", "/tasks/complete", "/market/open"),
        *(
            "/users/{id}/avatar",
            "/me/feed",
            "/orders/{id}/invoice",
            "/users/{id}/followers",
            "/gists/{id}/starred",
        ),
        *("/users/{id}/location", "/account/balance", "/orders/{id}/payment", "/items/{id}/history"),
    ],
)
def test_reads(path: str) -> None:
    assert not says(path)


def test_the_id_of_an_operation_tells_too() -> None:
    assert says("/admin/database", operationId="api_views.main.populate_db")
    assert says("/admin/all", operationId="deleteEverything")
    assert not says("/admin/all", operationId="get_deleted")
    assert not says("/admin/all", operationId="updates_list")


def test_what_is_changed_there_by_other_methods_is_a_thing() -> None:
    assert says("/run/{id}")
    assert not says("/run/{id}", beside="delete")
    assert not says("/export/{id}", beside="put")
    assert says("/run/{id}", beside="post")


OBJECT = {"type": "object", "properties": {"id": {"type": "integer"}, "title": {"type": "string"}}}
HOW_IT_WENT = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "success": {"type": "boolean"}},
}
FILE = {"200": {"description": "ok", "content": {"image/png": {}}}}


def test_one_word_behind_an_item_is_a_deed_unless_the_document_shows_what_it_answers() -> None:
    assert says("/orders/{id}/frobnicate")
    assert says("/orders/{id}/frobnicate", answer={})
    assert says("/orders/{id}/frobnicate", answer=HOW_IT_WENT)
    assert not says("/orders/{id}/frobnicate", answer=OBJECT)
    assert not says("/orders/{id}/frobnicate", answer={"type": "array", "items": {}})
    assert not says("/orders/{id}/frobnicate", responses=FILE)
    assert not says("/orders/frobnicate")


def test_one_word_behind_an_item_that_lies_above_others_or_is_changed_there_is_a_thing() -> None:
    assert not says("/orders/{id}/frobnicate", below="/orders/{id}/frobnicate/{key}")
    assert not says("/orders/{id}/frobnicate", beside="delete")
    assert says("/orders/{id}/frobnicate", beside="post")


def test_an_answer_that_is_the_item_itself_is_what_became_of_it() -> None:
    order = {"$ref": "#/components/schemas/Order"}
    answers = {"200": {"description": "ok", "content": {"application/json": {"schema": order}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {
            "/orders/{id}": {"get": {"responses": answers}},
            "/orders/{id}/frobnicate": {"get": {"responses": answers}},
            "/orders/{id}/parent": {"get": {"responses": answers}},
        },
        "components": {"schemas": {"Order": OBJECT}},
    }
    operations = understand(document, "").operations
    assert [changes_things(operations, one) for one in operations] == [False, True, False]


def test_the_summary_tells_too() -> None:
    assert says("/bye", summary="Log out")
    assert says("/account/x", summary="Close the account")
    assert says("/x", operationId="close_account")
    assert says("/x", operationId="sign_out_sign_out_get")
    assert not says("/x", summary="Open issues")
    assert not says("/x", summary="Read the settings")
    assert not says("/x", summary="Delete all users", answer={"type": "array", "items": OBJECT})


def test_words_that_begin_the_name_of_a_thing_are_no_deeds_in_an_id() -> None:
    for name in (
        "update_status_list",
        "refresh_interval",
        "archive_entries",
        "publish_dates",
        "confirm_dialogs",
    ):
        assert not says("/x", operationId=name), name


@pytest.mark.parametrize(
    ("path", "how"),
    [
        *(("/users", {}), ("/users/{id}", {}), ("/health", {}), ("/health-check", {}), ("/", {})),
        *(("/zen", {"answer": OBJECT}), ("/zen", {"answer": {"type": "array", "items": {}}})),
    ],
)
def test_plain_reads(path: str, how: Any) -> None:
    contract = contract_of(path, **how)
    assert is_plainly_a_read(contract, contract.operations[0])


@pytest.mark.parametrize(
    ("path", "how"),
    [
        *(("/zen", {}), ("/zen", {"answer": HOW_IT_WENT}), ("/accounts/transfer", {}), ("/counter/up", {})),
        *(("/logout", {"answer": OBJECT}), ("/api/hand-over", {})),
    ],
)
def test_what_is_risked_for_nobody(path: str, how: Any) -> None:
    contract = contract_of(path, **how)
    assert not is_plainly_a_read(contract, contract.operations[0])


def test_what_is_changed_where_is_looked_up_once_for_all_operations() -> None:
    paths = {f"/run{n}/{{id}}": {"get": {"responses": {}}, "delete": {"responses": {}}} for n in range(20)}
    operations = understand(
        {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}, ""
    ).operations
    _around.cache_clear()
    assert not any(changes_things(operations, one) for one in operations)
    assert _around.cache_info().misses == 1
