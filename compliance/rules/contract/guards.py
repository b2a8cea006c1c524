"""What the document says of who may, held against what the service says to nobody."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation
from compliance.contract.openly import for_strangers
from compliance.rules.contract.requests import doors_of
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import SAFE_METHODS

#: Words of a documented header or cookie by which a client knows that it has to bring something.
_CREDENTIALS = ("auth", "token", "key", "session", "cookie")


def for_members(contract: Contract) -> Iterable[Operation]:
    """Operations but those by which one becomes a user or proves to be one: their 401 is about what the body says."""
    doors = doors_of(contract)
    return [one for one in contract.operations if one not in doors and not for_strangers(contract, one)]


@rule(
    "CON-010",
    "A guarded operation declares its guard",
    level=Level.SHOULD,
    subjects=for_members,
    phase=Phase.ENGINE,
    needs={Need.USER},
)
def guards_are_declared(target: Target, operation: Operation) -> None:
    """
    Why: a client that is generated from the document sends no token where none is asked for, and is refused.

    Breaks: a middleware that looks at `Authorization`, or `authorization: str = Header(include_in_schema=False)`

    Conforms: `Depends(OAuth2PasswordBearer(tokenUrl="/auth/login"))`, however deep among the dependencies
    """
    nobody = target.guards.seen(operation) or _asked(target, operation)
    if nobody.ok and not says_no(nobody):
        raise NotApplicable("the operation answers whoever asks")
    if not nobody.forbidden:
        raise Untested(
            f"a request without credentials was answered {nobody.status}, which is about something else"
        )
    member = _as_a_member(target, operation)
    if not _is_declared(operation):
        raise Violation(
            "a guard is not declared",
            "a security requirement in the document",
            f"none, and {nobody.status} without credentials",
            [member, nobody],
        )


def _asked(target: Target, operation: Operation) -> Exchange:
    """What it says to nobody: to a plain GET, or to a body that no operation can do anything with."""
    values = target.path_values(operation, target.alice)
    if operation.method in SAFE_METHODS:
        return target.call(operation, values=values)
    resolver, body = target.contract.resolver, operation.body
    if body is None or not body.is_json or not resolver.required(body.schema) or operation.path_parameters:
        reason = "nothing was sent to it without credentials, and it is no operation to try that with"
        raise Untested(reason)
    target.require(Need.WRITES)
    return target.call(operation, values=values, json=[])


def _as_a_member(target: Target, operation: Operation) -> Exchange:
    """The control: a success with credentials. Raises Untested where there is none."""
    for exchange in target.tape:
        if (
            exchange.operation == operation.label
            and exchange.ok
            and exchange.actor != "anonymous"
            and not says_no(exchange)
        ):
            return exchange
    if operation.method in SAFE_METHODS:
        who = target.caller(operation)
        answer = target.call(operation, who, target.path_values(operation, who))
        if answer.ok:
            return answer
    raise Untested(
        "no request with credentials succeeded either, so that the refusal may have another reason"
    )


def _is_declared(operation: Operation) -> bool:
    """Whether a client can know: by a requirement, even an optional one, or by a parameter for the credentials."""
    shown = [one.name.lower() for one in operation.parameters if one.location in ("header", "cookie")]
    return bool(
        operation.guarded or operation.schemes or [n for n in shown if any(w in n for w in _CREDENTIALS)]
    )
