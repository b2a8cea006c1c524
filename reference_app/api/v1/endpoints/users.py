"""Users."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from reference_app.api.deps import Boolean, CurrentUser, PaginationDep, RowId, Search
from reference_app.api.errors import created, documented
from reference_app.dependencies import UserServiceDep
from reference_app.models.user import User
from reference_app.schemas.user import UserCreate, UserListResponse, UserResponse, UserUpdate

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", responses=documented(401, 403, 422), summary="List users")
async def get_users(
    current_user: CurrentUser,
    service: UserServiceDep,
    pagination: PaginationDep,
    search: Search = "",
    is_active: Annotated[Boolean, Query(description="Inactive users are shown to superusers only")] = True,
) -> UserListResponse:
    """Users, the newest first, whose name or e-mail address contains `search`."""
    users, total = await service.get_users(
        current_user, pagination.skip, pagination.page_size, is_active=is_active, search=search
    )
    return UserListResponse.build(users, total, pagination.page, pagination.page_size)


@router.post(
    "",
    response_model=UserResponse,
    status_code=HTTPStatus.CREATED,
    responses=created() | documented(409, 413, 422),
    summary="Register",
)
async def create_user(
    data: UserCreate, request: Request, response: Response, service: UserServiceDep
) -> User:
    """Register a new user. Anyone may."""
    user = await service.create_user(data)
    response.headers["Location"] = request.app.url_path_for("get_user", user_id=user.id)
    return user


@router.get("/me", response_model=UserResponse, responses=documented(401, 403), summary="Who am I?")
async def get_me(current_user: CurrentUser) -> User:
    """The user whose token this is."""
    return current_user


@router.get(
    "/{user_id}", response_model=UserResponse, responses=documented(401, 403, 404, 422), summary="Get a user"
)
async def get_user(user_id: RowId, _current_user: CurrentUser, service: UserServiceDep) -> User:
    """One user."""
    return await service.get_user(user_id)


@router.put(
    "/{user_id}",
    response_model=UserResponse,
    responses=documented(401, 403, 404, 409, 413, 422),
    summary="Update a user",
    operation_id="put_user",
)
@router.patch(
    "/{user_id}",
    response_model=UserResponse,
    responses=documented(401, 403, 404, 409, 413, 422),
    summary="Update a user",
    operation_id="patch_user",
)
async def update_user(
    user_id: RowId, data: UserUpdate, current_user: CurrentUser, service: UserServiceDep
) -> User:
    """Change the fields that are sent. For that user and for superusers."""
    return await service.update_user(current_user, user_id, data)


@router.delete(
    "/{user_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
    summary="Delete a user",
)
async def delete_user(user_id: RowId, current_user: CurrentUser, service: UserServiceDep) -> None:
    """Delete a user and their products. For that user and for superusers."""
    await service.delete_user(current_user, user_id)
