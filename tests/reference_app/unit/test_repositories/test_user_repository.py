import pytest

from reference_app.core.exceptions import ConflictException
from reference_app.models.user import User
from reference_app.repositories.user_repository import UserRepository
from tests.reference_app.unit.conftest import AddUser


async def test_an_address_is_found_whatever_its_case(users: UserRepository, alice: User) -> None:
    assert await users.get_by_email("ALICE@example.COM") is alice
    assert await users.get_by_email("nobody@example.com") is None


async def test_an_address_belongs_to_one_user(users: UserRepository, alice: User, add_user: AddUser) -> None:
    with pytest.raises(ConflictException, match="Email already registered"):
        await add_user("alice")


async def test_an_address_cannot_be_taken_over(users: UserRepository, alice: User, bob: User) -> None:
    with pytest.raises(ConflictException, match="Email already registered"):
        await users.update(bob, {"email": alice.email})


async def test_active_and_inactive_users_are_listed_apart(
    users: UserRepository, alice: User, add_user: AddUser
) -> None:
    gone = await add_user("gone", is_active=False)
    assert await users.get_users(0, 10, is_active=True) == ([alice], 1)
    assert await users.get_users(0, 10, is_active=False) == ([gone], 1)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ali", ["alice"]),
        ("ALICE@", ["alice"]),
        ("Ø", ["bob"]),
        ("ø", ["bob"]),
        ("%", ["bob"]),
        ("_", []),
        ("\\", []),
    ],
)
async def test_search(users: UserRepository, add_user: AddUser, search: str, found: list[str]) -> None:
    await add_user("alice")
    await add_user("bob", full_name="BØB 100%")
    rows, total = await users.get_users(0, 10, is_active=True, search=search)
    assert [row.email.partition("@")[0] for row in rows] == found
    assert total == len(found)
