"""Names tell what a path parameter or a field speaks of: a resource, or the account of whoever asks."""

import pytest

from compliance.contract import understand
from compliance.contract.relations import at_place, is_account, places, referred
from tests.contract.documents import OBJECT, answers, document, obj, ref, takes

MANY = {"type": "array", "items": ref("Thing")}
ITEM = {"get": {"responses": answers(ref("Thing"))}, "delete": {}}
BOTH = {
    "get": {"responses": answers(MANY)},
    "post": {"responses": answers(ref("Thing"), "201"), "requestBody": takes(ref("Thing"))},
}
COLLECTIONS = ("categories", "product-lines", "users/{user_id}/items", "authors")
CONTRACT = understand(
    document(
        {f"/v1/{path}": BOTH for path in COLLECTIONS} | {f"/v1/{path}/{{id}}": ITEM for path in COLLECTIONS},
        {"Thing": OBJECT, "ThingIn": obj("name")},
    )
)


@pytest.mark.parametrize(
    ("name", "collection"),
    [
        ("category_id", "/v1/categories"),
        ("categoryId", "/v1/categories"),
        ("categoryid", "/v1/categories"),
        ("category_ids", "/v1/categories"),
        ("category", "/v1/categories"),
        ("main_category_id", "/v1/categories"),
        ("productLineId", "/v1/product-lines"),
        ("item_uuid", "/v1/users/{user_id}/items"),
        ("item_uid", "/v1/users/{user_id}/items"),
        ("author_id", "/v1/authors"),
        ("main_category", None),
        ("id", None),
        ("paid", None),
        ("google_id", None),
    ],
)
def test_references(name, collection):
    found = referred(CONTRACT, name)
    assert (found and found.collection) == collection


def test_nothing_refers_to_its_own_kind_upwards():
    categories = referred(CONTRACT, "category_id")
    assert referred(CONTRACT, "parent_category_id", categories) is None


@pytest.mark.parametrize(
    "name", ["user_id", "user_uid", "userId", "username", "owner", "created_by", "accountId", "email"]
)
def test_accounts(name):
    assert is_account(CONTRACT, name)


@pytest.mark.parametrize("name", ["author_id", "item_id", "slug", "id", "title", "status", "user_agent"])
def test_no_accounts(name):
    assert not is_account(CONTRACT, name)


def test_places_of_a_path():
    first, second = places("/v1/users/{user_id}/items/{item}.json")
    assert (first.name, first.above, first.noun) == ("user_id", "/v1/users/{}", "user")
    assert (second.name, second.noun) == ("item", "item")
    assert at_place(CONTRACT, first) is None
    assert at_place(CONTRACT, second).collection == "/v1/users/{user_id}/items"


def test_where_nobody_registers_users_are_accounts_all_the_same():
    paths = {"/users": BOTH, "/users/{id}": ITEM, "/authors": BOTH, "/authors/{id}": ITEM}
    contract = understand(document(paths, {"Thing": OBJECT, "ThingIn": obj("name")}))
    assert contract.accounts is None
    assert is_account(contract, "user_id")
    assert not is_account(contract, "author_id")
