"""Declared password flows that work, that do not, and that are somebody else's."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from compliance.catalogue import NotApplicable, Untested, Violation
from tests.contract.documents import obj
from tests.target.lodgings import House, judge


class Flow(House):
    """Its login takes a form; `url` is what the document says of it."""

    url = "/login"
    kind = "application/x-www-form-urlencoded"

    def document(self) -> dict[str, Any]:
        made = super().document()
        flow = {"password": {"tokenUrl": self.url, "scopes": {}}}
        made["components"]["securitySchemes"]["bearer"] = {"type": "oauth2", "flows": flow}
        fields = ("username", "password")
        body = obj(*fields, required=fields)
        made["paths"]["/login"]["post"]["requestBody"]["content"] = {self.kind: {"schema": body}}
        return made

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path not in ("/login", "/token"):
            return super().__call__(request)
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        text = request.content.decode()
        sent = dict(parse_qsl(text)) if is_form else json.loads(text)
        return self.entered(request.url.path, is_form=is_form, sent=sent)

    def entered(self, path: str, *, is_form: bool, sent: dict[str, str]) -> httpx.Response:
        if path != "/login" or not is_form:
            return httpx.Response(404 if path != "/login" else 422)
        return self.answered(self.log_in(sent["username"], sent["password"]))

    def answered(self, made: httpx.Response) -> httpx.Response:
        return httpx.Response(made.status_code, json={**made.json(), "token_type": "bearer"})


class Undescribed(Flow):
    """The document leaves its login by form out."""

    url = "token"
    kind = "application/json"

    def entered(self, path: str, *, is_form: bool, sent: dict[str, str]) -> httpx.Response:
        if is_form != (path == "/token"):
            return httpx.Response(422)
        return self.answered(self.log_in(sent["username"], sent["password"]))


@pytest.mark.parametrize("house", [Flow, Undescribed])
def test_a_flow_that_works(house: type[Flow]):
    judge("AUT-020", house())


class Elsewhere(Flow):
    """Another host issues tokens as well."""

    url = "https://login.example/token"


def test_another_hosts_login_is_its_own_affair():
    with pytest.raises(NotApplicable, match="another host"):
        judge("AUT-020", Elsewhere())


class Nowhere(Flow):
    """Its token URL is that of an older version."""

    url = "/token"


class ByJson(Flow):
    """It declares the flow and takes JSON."""

    kind = "application/json"

    def entered(self, path: str, *, is_form: bool, sent: dict[str, str]) -> httpx.Response:
        return (
            httpx.Response(422) if is_form else self.answered(self.log_in(sent["username"], sent["password"]))
        )


class Untyped(Flow):
    """Its answer does not say of what type the token is."""

    def answered(self, made: httpx.Response) -> httpx.Response:
        return made


@pytest.mark.parametrize(
    ("house", "cause"),
    [(Nowhere, "leads nowhere"), (ByJson, "refuses the form"), (Untyped, "answers otherwise")],
)
def test_a_flow_that_does_not_work_as_declared(house: type[Flow], cause: str):
    with pytest.raises(Violation, match=cause):
        judge("AUT-020", house())


class ForClients(ByJson):
    """Its form is for clients that are known to it."""

    def entered(self, path: str, *, is_form: bool, sent: dict[str, str]) -> httpx.Response:
        refusal = httpx.Response(401, json={"error": "invalid_client"})
        return refusal if is_form else super().entered(path, is_form=is_form, sent=sent)


def test_a_flow_for_known_clients_is_not_tried_further():
    with pytest.raises(Untested, match="wants a client"):
        judge("AUT-020", ForClients())
