"""The reference is understood completely."""

import pytest

from compliance.contract import subjects, understand


@pytest.fixture(scope="module")
def contract():
    main = pytest.importorskip(
        "reference_app.main", reason="the reference is not installed: pip install .[reference]"
    )
    return understand(main.create_app().openapi())


def test_accounts(contract):
    assert contract.login.operation.label == "POST /api/v1/auth/login"
    assert (contract.login.style, contract.login.identifier, contract.login.token) == (
        "form",
        ("username",),
        ("access_token",),
    )
    assert contract.registration.operation.label == "POST /api/v1/users"
    assert (contract.registration.identifier, contract.registration.password) == (("email",), ("password",))
    assert contract.me.label == "GET /api/v1/users/me"


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/products"])
def test_lists(contract, path):
    (listing,) = (one for one in contract.lists if one.operation.path == path)
    assert (listing.style, listing.page, listing.size) == ("page", "page", "page_size")
    assert (listing.items, listing.total, listing.pages) == (("items",), ("total",), ("total_pages",))
    assert listing.size_maximum == 100


@pytest.mark.parametrize("name", ["user", "product"])
def test_resources(contract, name):
    collection = f"/api/v1/{name}s"
    (resource,) = (one for one in contract.resources if one.collection == collection)
    assert (resource.item, resource.parameter, resource.identifier) == (
        f"{collection}/{{{name}_id}}",
        f"{name}_id",
        ("id",),
    )
    assert all((resource.create, resource.listing, resource.read, resource.delete))
    assert [update.method for update in resource.updates] == ["PUT", "PATCH"]


def test_every_guarded_operation_is_seen(contract):
    public = {operation.label for operation in contract.operations} - {
        o.label for o in subjects.guarded(contract)
    }
    assert public == {"GET /health", "POST /api/v1/auth/login", "POST /api/v1/users"}
