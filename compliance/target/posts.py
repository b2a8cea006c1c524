"""Where a body of one's own making can be sent so that it touches nothing of others, and valid bodies to make it of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.model import Login, Operation
from compliance.contract.sessions import password_changes
from compliance.target.actors import at, sent_body
from compliance.target.bodies import leave_who_it_is
from compliance.target.staging import Scene, stage
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target


@dataclass(frozen=True, eq=False)
class Post:
    """Where bodies of one operation go: a request without one, and what makes another valid body.

    The request is made anew each time, as an accepted body may have moved the row.
    """

    request: Callable[[], Request]
    fresh: Callable[[], dict[str, Any]]
    scene: Scene | None = None


def post_of(target: Target, operation: Operation) -> Post:
    """Where the bodies go. Raises Untested where there is no way that touches nothing of others."""
    login = next((one for one in target.contract.logins if one.operation is operation), None)
    if login is not None:
        return _login(target, operation, login)
    if target.registrar.example(operation, target.tag) is not None:

        def another() -> dict[str, Any]:
            return plain(target.registrar.example(operation, target.tag) or {})

        return Post(lambda: target.request(operation), another)
    try:
        return _staged(target, stage(target, operation))
    except Untested:
        resource = target.contract.resource_of(operation)
        creates = resource is not None and resource.create is operation
        if not creates or operation.guarded or operation.path_parameters:
            raise
        return Post(lambda: target.request(operation), lambda: plain(target.body(operation)))


def _login(target: Target, operation: Operation, login: Login) -> Post:
    """A login for accounts that nobody has, each time another, so that none is locked."""
    if login.style not in ("form", "json"):
        raise Untested(f"{operation.label} takes no body")

    numbers = count(1)

    def fresh() -> dict[str, Any]:
        name = f"nobody{next(numbers)}.{target.tag}@example.com"
        secret = target.secrets.password("nobody's")
        made = target.doorman.request(login, name, secret, "anonymous")
        return dict(made.json if made.json is not None else made.form or {})

    return Post(lambda: target.request(operation), fresh)


def _staged(target: Target, scene: Scene) -> Post:
    """On the stage that other rules stand on. An update gets all that it takes, as far as its owner may send it."""
    operation = scene.operation
    bare = {name: value for name, value in scene.how.items() if name not in ("json", "form")}

    def request() -> Request:
        return target.request(operation, scene.owner, scene.where(target, operation), **bare)

    def fresh(*, fill_all: bool) -> dict[str, Any]:
        made = target.body(operation, actor=scene.owner, created=scene.created, fill_all=fill_all)
        body = plain(made)
        return leave_who_it_is(target, operation, body) if scene.is_about_its_sender else body

    if operation.method not in ("PUT", "PATCH"):
        return Post(request, lambda: fresh(fill_all=False), scene)
    answer = answer_to(target, carrying(operation, request(), fresh(fill_all=True)))
    remember_password(target, operation, answer)
    whole = answer is not None and answer.ok
    return Post(request, lambda: fresh(fill_all=whole), scene)


def answer_to(target: Target, request: Request) -> Exchange | None:
    """The answer, None where none came."""
    try:
        return target.send(request)
    except Untested:
        return None


def remember_password(target: Target, operation: Operation, answer: Exchange | None) -> None:
    """Once its sender's password is changed, the next proper request has to name the new one as the present."""
    if answer is None or not answer.ok or says_no(answer):
        return
    for change in password_changes(target.contract):
        chosen, sender = at(sent_body(answer), change.new), target.actors.get(answer.actor)
        if change.operation is operation and isinstance(chosen, str) and sender is not None:
            sender.password = chosen


def carrying(operation: Operation, request: Request, body: dict[str, Any]) -> Request:
    """The request with a body of the type that the operation takes."""
    if operation.body is not None and operation.body.is_json:
        return replace(request, json=body)
    return replace(request, form={name: str(value) for name, value in body.items()})


def plain(how: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request as an object. Raises Untested where it is none."""
    body = how.get("json", how.get("form"))
    if not isinstance(body, Mapping):
        raise Untested("the body of this operation is no object")
    return dict(body)
