import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from reference_app.core.exceptions import ConflictException, ForbiddenException, NotFoundException
from reference_app.core.security import Passwords
from reference_app.db.session import Database
from reference_app.models.user import User
from reference_app.repositories.user_repository import UserRepository
from reference_app.schemas.user import UserCreate, UserUpdate
from reference_app.services.user_service import UserService
from tests.reference_app.unit.conftest import AddUser

CAROL = UserCreate(email="Carol@Example.com", full_name=" Carol ", password="correct horse")


async def test_registering(user_service: UserService, passwords: Passwords) -> None:
    carol = await user_service.create_user(CAROL)
    assert (carol.email, carol.full_name, carol.is_active, carol.is_superuser) == (
        "carol@example.com",
        "Carol",
        True,
        False,
    )
    assert carol.hashed_password.startswith("$argon2id$")
    assert await passwords.verify("correct horse", carol.hashed_password)


async def test_registering_twice(user_service: UserService) -> None:
    await user_service.create_user(CAROL)
    with pytest.raises(ConflictException):
        await user_service.create_user(CAROL)


async def test_a_superuser_is_made_only_on_purpose(user_service: UserService) -> None:
    assert (await user_service.create_user(CAROL, is_superuser=True)).is_superuser


async def test_an_unknown_user(user_service: UserService, admin: User) -> None:
    with pytest.raises(NotFoundException, match="User with id 99 not found"):
        await user_service.get_user(99)
    with pytest.raises(NotFoundException):
        await user_service.update_user(admin, 99, UserUpdate())
    with pytest.raises(NotFoundException):
        await user_service.delete_user(admin, 99)


async def test_inactive_users_are_for_superusers(
    user_service: UserService, alice: User, admin: User, add_user: AddUser
) -> None:
    gone = await add_user("gone", is_active=False)
    assert await user_service.get_users(admin, 0, 10, is_active=False) == ([gone], 1)
    assert (await user_service.get_users(alice, 0, 10))[1] == 2
    with pytest.raises(ForbiddenException):
        await user_service.get_users(alice, 0, 10, is_active=False)


async def test_only_what_was_sent_is_changed(user_service: UserService, alice: User) -> None:
    changed = await user_service.update_user(alice, alice.id, UserUpdate(full_name="Alicia"))
    assert (changed.full_name, changed.email) == ("Alicia", "alice@example.com")


async def test_others_may_not_change_or_delete(user_service: UserService, alice: User, bob: User) -> None:
    with pytest.raises(ForbiddenException):
        await user_service.update_user(bob, alice.id, UserUpdate(full_name="Mine"))
    with pytest.raises(ForbiddenException):
        await user_service.delete_user(bob, alice.id)
    assert (await user_service.get_user(alice.id)).full_name == "Alice"


@pytest.mark.parametrize("change", [{"is_superuser": True}, {"is_active": False}, {"is_active": True}])
async def test_rights_are_given_by_superusers_only(
    user_service: UserService, alice: User, admin: User, change: dict[str, bool]
) -> None:
    with pytest.raises(ForbiddenException):
        await user_service.update_user(alice, alice.id, UserUpdate(**change))
    changed = await user_service.update_user(admin, alice.id, UserUpdate(**change))
    assert {name: getattr(changed, name) for name in change} == change


async def test_a_new_password(
    user_service: UserService, passwords: Passwords, session: AsyncSession, alice: User
) -> None:
    await session.commit()
    changed = await user_service.update_user(alice, alice.id, UserUpdate(password="a new one, please"))
    assert await passwords.verify("a new one, please", changed.hashed_password)
    assert changed.updated_at > alice.updated_at


async def test_no_connection_is_held_while_hashing(
    database: Database,
    user_service: UserService,
    passwords: Passwords,
    session: AsyncSession,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = []

    async def hash_password(_password: str) -> str:
        held.append(database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return "hashed"

    monkeypatch.setattr(passwords, "hash", hash_password)
    await session.commit()
    await user_service.update_user(alice, alice.id, UserUpdate(password="a new one, please"))
    await session.commit()
    await user_service.create_user(CAROL)
    assert held == [0, 0]


async def test_deleting_oneself(user_service: UserService, alice: User) -> None:
    await user_service.delete_user(alice, alice.id)
    with pytest.raises(NotFoundException):
        await user_service.delete_user(alice, alice.id)


async def test_deleting_a_user_whom_someone_else_deletes_meanwhile(
    user_service: UserService, users: UserRepository, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_late(_user_id: int) -> bool:
        return False

    monkeypatch.setattr(users, "delete", too_late)
    with pytest.raises(NotFoundException):
        await user_service.delete_user(alice, alice.id)
