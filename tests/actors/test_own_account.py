"""A service that shows an account only by its name: who was let in is proven by reading his own."""

from __future__ import annotations

from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.actors.houses import ACCOUNT, House, content, entered, fields


class Named(House):
    """Nobody asks for "me", and nothing is listed."""

    schemes: ClassVar[dict[str, Any]] = {"bearer": {"type": "http", "scheme": "bearer"}}
    sign_up: ClassVar[dict[str, Any] | None] = fields("username", "password")
    sign_in: ClassVar[dict[str, Any] | None] = fields("username", "password")
    has_me: ClassVar[bool] = False
    #: whether the account is shown to whoever comes
    is_open = False

    async def account(self, request: Request) -> Response:
        who = self.caller(request)
        name = request.path_params["username"]
        found = next((one for one in self.accounts.values() if one["username"] == name), None)
        if who is None and not self.is_open:
            return self.stranger()
        return JSONResponse({"username": name} if found else {}, 200 if found else 404)

    def operations(self) -> dict[str, Any]:
        paths = {name: one for name, one in super().operations().items() if "notes" not in name}
        name = {"name": "username", "in": "path", "required": True, "schema": {"type": "string"}}
        answer = {"responses": {"200": {"description": "-", **content(ACCOUNT)}}}
        guard = {"security": [{name: []} for name in self.schemes]}
        return {**paths, "/get_user/{username}": {"get": {"parameters": [name], **answer, **guard}}}

    def app(self) -> Any:
        app = super().app()
        app.router.routes[:0] = [Route("/get_user/{username}", self.account)]
        return app


def test_an_actor_is_proven_by_a_read_of_his_own_account() -> None:
    with entered(Named()) as target:
        assert target.alice.proven
        assert target.bob.proven
        assert target.alice.proof is None, "it is not called as it stands"


def test_what_is_shown_to_whoever_comes_proves_nobody() -> None:
    house = Named()
    house.is_open = True
    with entered(house) as target:
        assert "nothing shows that alice is let in" in target.refusals["alice"]
