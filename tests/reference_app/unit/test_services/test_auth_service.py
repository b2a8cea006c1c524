import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from reference_app.core.exceptions import ForbiddenException, InvalidTokenException, UnauthorizedException
from reference_app.core.security import Passwords, Tokens
from reference_app.db.session import Database
from reference_app.models.user import User
from reference_app.services.auth_service import AuthService
from tests.reference_app.unit.conftest import AddUser


@pytest.fixture
async def carol(add_user: AddUser, passwords: Passwords, session: AsyncSession) -> User:
    carol = await add_user("carol", hashed_password=await passwords.hash("correct horse"))
    await session.commit()
    return carol


async def test_logging_in(auth_service: AuthService, carol: User) -> None:
    token = await auth_service.login("Carol@Example.com", "correct horse")
    assert (await auth_service.get_current_user(token)).id == carol.id


async def test_a_wrong_password_and_an_unknown_user_look_alike(
    auth_service: AuthService, carol: User
) -> None:
    details = []
    for email in (carol.email, "nobody@example.com"):
        with pytest.raises(UnauthorizedException) as refusal:
            await auth_service.login(email, "wrong horse")
        details.append((refusal.value.detail, refusal.value.headers))
    assert details[0] == details[1]


async def test_every_attempt_costs_a_hash_and_no_connection(
    auth_service: AuthService,
    passwords: Passwords,
    database: Database,
    carol: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts = []

    async def verify(_password: str, hashed_password: str | None) -> bool:
        attempts.append((hashed_password, database.engine.pool.checkedout()))  # type: ignore[attr-defined]
        return False

    monkeypatch.setattr(passwords, "verify", verify)
    for email in (carol.email, "nobody@example.com"):
        with pytest.raises(UnauthorizedException):
            await auth_service.login(email, "correct horse")
    assert attempts == [(carol.hashed_password, 0), (None, 0)]


async def test_inactive_users_stay_out(
    auth_service: AuthService, tokens: Tokens, session: AsyncSession, carol: User
) -> None:
    carol.is_active = False
    await session.commit()
    with pytest.raises(ForbiddenException, match="Inactive user"):
        await auth_service.login(carol.email, "correct horse")
    with pytest.raises(ForbiddenException, match="Inactive user"):
        await auth_service.get_current_user(tokens.issue(carol.id))


async def test_the_token_of_a_deleted_user(auth_service: AuthService, tokens: Tokens) -> None:
    with pytest.raises(InvalidTokenException):
        await auth_service.get_current_user(tokens.issue(99))
