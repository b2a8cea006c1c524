from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import cast, literal, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from reference_app.core.exceptions import ConflictException, NotFoundException
from reference_app.db.session import Database
from reference_app.models.base import UTCDateTime
from reference_app.models.user import User
from reference_app.repositories import base
from reference_app.repositories.product_repository import ProductRepository
from reference_app.repositories.user_repository import UserRepository
from tests.reference_app.unit.conftest import AddUser


async def test_a_row_that_was_created_is_found_by_its_id(users: UserRepository, alice: User) -> None:
    assert await users.get_by_id(alice.id) is alice
    assert await users.get_by_id(alice.id + 1) is None


async def test_nothing_is_committed(users: UserRepository, alice: User, session: AsyncSession) -> None:
    await users.update(alice, {"full_name": "Alicia"})
    await session.rollback()
    assert await users.get_page(0, 10) == ([], 0)


async def test_times_are_aware_and_in_utc(session: AsyncSession, alice: User) -> None:
    await session.refresh(alice)
    assert alice.created_at.utcoffset() == timedelta(0)
    assert datetime.now(UTC) - alice.created_at < timedelta(minutes=1)


async def test_a_naive_time_is_refused(users: UserRepository, alice: User) -> None:
    with pytest.raises(StatementError, match="needs a timezone"):
        await users.update(alice, {"created_at": datetime(2026, 1, 1)})  # noqa: DTZ001


async def test_no_time_is_no_time(session: AsyncSession) -> None:
    assert await session.scalar(select(cast(None, UTCDateTime))) is None
    assert await session.scalar(select(literal(None, UTCDateTime))) is None


async def test_updated_at_moves_on_every_change(
    users: UserRepository, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reference_app.utils.helpers.utcnow", lambda: alice.created_at - timedelta(days=1))
    moments = [alice.updated_at]
    for name in ("A", "B", "C"):
        await users.update(alice, {"full_name": name})
        moments.append(alice.updated_at)
    assert moments == sorted(set(moments))


@pytest.mark.parametrize("values", [{}, {"full_name": "Alice"}])
async def test_updated_at_stays_when_nothing_changes(
    users: UserRepository, alice: User, values: dict[str, str]
) -> None:
    before = alice.updated_at
    await users.update(alice, values)
    assert alice.updated_at == before


async def test_updating_a_row_that_has_gone(
    users: UserRepository, alice: User, session: AsyncSession
) -> None:
    await session.execute(text("DELETE FROM users"))
    with pytest.raises(NotFoundException):
        await users.update(alice, {"full_name": "Ghost"})


async def test_deleting_tells_whether_there_was_a_row(users: UserRepository, alice: User) -> None:
    assert await users.delete(alice.id)
    assert not await users.delete(alice.id)


async def test_an_id_is_never_given_twice(users: UserRepository, alice: User, add_user: AddUser) -> None:
    await users.delete(alice.id)
    assert (await add_user("later")).id > alice.id


async def test_pages_are_newest_first_and_complete_even_if_created_at_once(
    users: UserRepository, add_user: AddUser
) -> None:
    at_once = datetime.now(UTC)
    ids = [(await add_user(f"user{n}", created_at=at_once)).id for n in range(7)]
    ids.append((await add_user("oldest", created_at=at_once - timedelta(days=1))).id)
    seen = []
    for skip in range(0, 9, 3):
        rows, total = await users.get_page(skip, 3)
        assert total == 8
        seen += [row.id for row in rows]
    assert seen == [*reversed(ids[:7]), ids[7]]


async def test_past_the_end_there_is_nothing(users: UserRepository, alice: User) -> None:
    assert await users.get_page(10, 10) == ([], 1)


async def test_an_unexpected_constraint_is_not_called_a_conflict(
    products: ProductRepository, alice: User
) -> None:
    with pytest.raises(IntegrityError):
        await products.create({"name": "Lamp", "price": Decimal(1), "owner_id": alice.id + 1})


async def test_a_constraint_is_known_by_the_name_the_driver_tells() -> None:
    class ViolationError(Exception):
        constraint_name = "uq_users_email"

    original = Exception("in other words")
    original.__cause__ = ViolationError()
    assert base._violated_constraint(IntegrityError("", {}, original)) == "uq_users_email"


async def test_two_writers_take_turns(database: Database) -> None:
    """Reading before writing must not make a transaction fail because another one wrote in between."""
    async with database.session() as first, database.session() as second:
        await UserRepository(first).get_page(0, 1)
        row = {"full_name": "X", "hashed_password": "none"}
        await UserRepository(second).create({**row, "email": "second@example.com"})
        await second.commit()
        await UserRepository(first).create({**row, "email": "first@example.com"})
        await first.commit()
        with pytest.raises(ConflictException):
            await UserRepository(first).create({**row, "email": "second@example.com"})


async def test_released_repositories_hold_no_connection(
    database: Database, users: UserRepository, session: AsyncSession, alice: User
) -> None:
    await session.commit()
    await users.get_by_email(alice.email)
    assert database.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    await users.release()
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert await users.get_by_id(alice.id) is not None
