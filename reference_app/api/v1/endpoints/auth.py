"""Logging in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from reference_app.api.errors import documented
from reference_app.api.throttle import ThrottleDep
from reference_app.dependencies import AuthServiceDep
from reference_app.schemas.auth import LoginForm, TokenResponse

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/login", responses=documented(401, 403, 413, 422, 429), summary="Log in")
async def login(
    form: Annotated[LoginForm, Form()], response: Response, auth: AuthServiceDep, throttle: ThrottleDep
) -> TokenResponse:
    """Exchange an e-mail address and a password for an access token."""
    response.headers["Cache-Control"] = "no-store"
    with throttle.watch(form.username):
        return TokenResponse(access_token=await auth.login(form.username, form.password))
