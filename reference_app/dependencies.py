"""How the layers are put together: session → repositories → services. Tests and mutations replace these."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from reference_app.core.security import Passwords, Tokens
from reference_app.db.session import Database
from reference_app.repositories.product_repository import ProductRepository
from reference_app.repositories.user_repository import UserRepository
from reference_app.services.auth_service import AuthService
from reference_app.services.product_service import ProductService
from reference_app.services.user_service import UserService


async def get_database(request: Request) -> Database:
    """The application's database."""
    database: Database = request.app.state.database
    return database


async def get_passwords(request: Request) -> Passwords:
    """The application's password hashing."""
    passwords: Passwords = request.app.state.passwords
    return passwords


async def get_tokens(request: Request) -> Tokens:
    """The application's access tokens."""
    tokens: Tokens = request.app.state.tokens
    return tokens


async def get_session(database: Annotated[Database, Depends(get_database)]) -> AsyncIterator[AsyncSession]:
    """One session a request, committed when the endpoint has succeeded and rolled back otherwise."""
    async with database.session() as session:
        yield session
        await session.commit()


# With any other scope the commit would come after the response, and a failed one would go unnoticed.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def get_user_repository(session: SessionDep) -> UserRepository:
    """Users, in this request's session."""
    return UserRepository(session)


async def get_product_repository(session: SessionDep) -> ProductRepository:
    """Products, in this request's session."""
    return ProductRepository(session)


UserRepositoryDep = Annotated[UserRepository, Depends(get_user_repository)]
ProductRepositoryDep = Annotated[ProductRepository, Depends(get_product_repository)]
PasswordsDep = Annotated[Passwords, Depends(get_passwords)]
TokensDep = Annotated[Tokens, Depends(get_tokens)]


async def get_user_service(users: UserRepositoryDep, passwords: PasswordsDep) -> UserService:
    """The rules about users."""
    return UserService(users, passwords)


async def get_auth_service(
    users: UserRepositoryDep, passwords: PasswordsDep, tokens: TokensDep
) -> AuthService:
    """Logging in."""
    return AuthService(users, passwords, tokens)


async def get_product_service(products: ProductRepositoryDep) -> ProductService:
    """The rules about products."""
    return ProductService(products)


DatabaseDep = Annotated[Database, Depends(get_database)]
UserServiceDep = Annotated[UserService, Depends(get_user_service)]
AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]
ProductServiceDep = Annotated[ProductService, Depends(get_product_service)]
