"""Authentication (AUT)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Service
from compliance.contract.subjects import guarded, login, service
from compliance.target.actors import Actor, object_of
from compliance.target.client import SAFE_METHODS
from compliance.target.controls import (
    garbage_is_refused,
    must_be_refusals,
    must_succeed,
    sandwich,
    scene_with_token,
    with_token,
)
from compliance.target.denials import is_client_error, is_denied, may_deny
from compliance.target.forging import expired, forgeries, resigned
from compliance.target.proving import account_fields, is_plain_read
from compliance.target.reach import Created, Target
from compliance.target.staging import Scene, stage
from compliance.target.tape import Exchange
from compliance.target.tokens import token_at


def guarded_reads(contract: Contract) -> Iterable[Operation]:
    """Guarded operations that can be tried with one bad token after another, since none of them changes anything.

    Where the document declares no credentials at all, every plain read may be one: that shows at run time.
    """
    declared = [operation for operation in guarded(contract) if operation.method in SAFE_METHODS]
    if any(operation.guarded for operation in contract.operations):
        return declared
    silent = [o for o in contract.operations if o.guarded is None and is_plain_read(contract, o)]
    return dict.fromkeys((*declared, *silent))


@rule(
    "AUT-001",
    "A guarded operation refuses a request without credentials",
    level=Level.MUST,
    subjects=guarded,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def nobody_is_refused(target: Target, operation: Operation) -> None:
    """
    Why: an operation that says it is guarded and answers anybody gives a false sense of safety.

    Breaks: an endpoint without `current_user: CurrentUser`

    Conforms: `current_user: Annotated[User, Depends(get_current_user)]`, 401 or 403 without a token
    """
    scene = stage(target, operation)
    bare = target.send(scene.request(target, target.anonymous))
    if may_deny(bare) and is_denied(bare, _genuine(target, scene)):
        return
    if bare.ok and _may_be_optional(operation) and garbage_is_refused(target, scene):
        raise NotApplicable("it answers without credentials and refuses wrong ones: they are optional here")
    if bare.ok and not operation.guarded and not _tells_whose_it_is(target, scene, bare):
        raise NotApplicable("nothing says that it is guarded, and it tells nobody anything about anybody")
    if bare.ok:
        said = ", though the document guards all operations" if operation.inherits_guard else ""
        raise Violation(
            "no credentials are needed",
            "401 or 403",
            f"{bare.status} without credentials{said}",
            [bare],
        )
    if not is_client_error(bare):
        raise Untested(f"{bare}: neither an answer nor a refusal of credentials")
    must_succeed(_genuine(target, scene))


@rule(
    "AUT-002",
    "A forged token is refused",
    level=Level.MUST,
    subjects=guarded_reads,
    phase=Phase.READ,
    needs={Need.USER},
)
def forged_tokens_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: a token that anybody can write makes everybody anybody.

    Breaks: `jwt.decode(token, options={"verify_signature": False})`, or an algorithm taken from the token

    Conforms: `jwt.decode(token, key, algorithms=["HS256"], options={"require": ["exp", "sub"]})`
    """
    scene = scene_with_token(target, operation)
    genuine = sandwich(target, scene)
    bob = target.actors.get("bob")
    answers: list[Exchange] = []
    for forged in forgeries(scene.owner.token, bob.token if bob else None):
        exchange = target.send(with_token(target, scene, forged.token))
        if exchange.ok and not is_denied(exchange, genuine):
            raise Violation(
                "a forged token is accepted", "401", f"{exchange.status} for {forged.name}", [exchange]
            )
        answers.append(exchange)
    must_be_refusals(answers)
    must_succeed(target.send(scene.request(target)))


@rule(
    "AUT-003",
    "An expired token is refused",
    level=Level.MUST,
    subjects=guarded_reads,
    phase=Phase.READ,
    needs={Need.USER, Need.SIGNING_KEY},
)
def expired_tokens_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: a stolen token that never ends is a stolen account.

    Breaks: `options={"verify_exp": False}`

    Conforms: `options={"require": ["exp", "iat", "sub"]}`
    """
    scene = scene_with_token(target, operation)
    genuine = sandwich(target, scene)
    key = target.grants.signing_key
    control, stale = resigned(scene.owner.token, key), expired(scene.owner.token, key)
    if control is None or stale is None:
        raise Untested("COMPLIANCE_SIGNING_KEY does not sign the tokens that the service issues")
    must_succeed(target.send(with_token(target, scene, control)))
    exchange = target.send(with_token(target, scene, stale))
    if exchange.ok and not is_denied(exchange, genuine):
        raise Violation(
            "an expired token is accepted", "401", f"{exchange.status} an hour after expiry", [exchange]
        )
    must_be_refusals([exchange])


@rule(
    "AUT-004",
    "A deactivated account is refused",
    level=Level.MUST,
    subjects=service,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER, Need.ADMIN},
)
def deactivated_accounts_are_refused(target: Target, _: Service) -> None:
    """
    Why: switching an account off must work at once, not when its tokens end.

    Breaks: a current-user dependency that never looks at `user.is_active`

    Conforms: `if not user.is_active: raise ForbiddenException("Inactive user")`
    """
    resource, me = target.contract.accounts, target.contract.me
    if resource is None or not resource.updates or me is None:
        raise NotApplicable("the document shows no way to deactivate an account and to see that it worked")
    update, field = _switch(target, resource.updates)
    account = target.account("mallory")
    seen = target.call(me, account.owner)
    must_succeed(seen)
    if not account.values:
        raise Untested("registration does not tell the id of the account")
    done = target.call(
        update,
        target.admin,
        {update.path_parameters[0]: next(iter(account.values.values()))},
        json={**_required_of(target, update, account, seen), field: False},
    )
    if not done.ok or done.field((field,)) is not False:
        raise Untested(f"{done}: the administrator could not deactivate an account")
    exchange = target.call(me, account.owner)
    if exchange.ok and not is_denied(exchange, seen):
        raise Violation(
            "a deactivated account goes on",
            "401 or 403",
            f"{exchange.status} with its token",
            [done, exchange],
        )
    must_be_refusals([exchange])


@rule(
    "AUT-005",
    "A refusal for want of credentials names the scheme",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.TAPE,
)
def refusals_name_the_scheme(target: Target, _: Service) -> None:
    """
    Why: RFC 9110 section 15.5.2 has a client learn from the challenge how to authenticate.

    Breaks: `HTTPException(401)` without headers

    Conforms: `headers={"WWW-Authenticate": "Bearer"}`
    """
    refusals = [exchange for exchange in target.tape if exchange.status == 401]
    if not refusals:
        raise Untested("no request was answered 401")
    for exchange in refusals:
        if not exchange.header("www-authenticate"):
            raise Violation("401 without a challenge", "a WWW-Authenticate header", "none", [exchange])


@rule(
    "AUT-006",
    "A wrong password does not log in",
    level=Level.MUST,
    subjects=login,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def wrong_password_is_refused(target: Target, _: Operation) -> None:
    """
    Why: it is what a password is for.

    Breaks: `if user is None: raise UnauthorizedException()` and nothing about the password

    Conforms: `if not await verify_password(password, user.hashed_password): raise UnauthorizedException()`
    """
    if target.contract.login is None:
        raise NotApplicable("the document shows no login")
    # Where nobody can register, alice fails once, which locks nobody out, and logs in again at once.
    owner = target.account("mallory").owner if target.registrar.doors else target.alice
    if owner.entry is None or target.doorman.used is None:
        raise Untested(f"{owner.name} came in without a login")
    role, style = target.doorman.used
    password = target.secrets.password(f"wrong for {owner.name}")
    request = target.doorman.request(role, owner.username, password, owner.name, style=style)
    wrong = target.send(request)
    if _lets_in(target, wrong, owner):
        raise Violation("a wrong password logs in", "a refusal", f"{wrong.status} with a token", [wrong])
    if wrong.status >= 500:
        raise Untested(f"{wrong}: neither a token nor a refusal")
    target.doorman.log_in(owner)


def _lets_in(target: Target, exchange: Exchange, owner: Actor) -> bool:
    """Whether an answer has a token where the account's own token stood, and nothing that is guarded refuses it."""
    token = token_at(exchange, owner.place)
    proof = target.alice.proof
    if not token or proof is None:
        return bool(token)
    target.secrets.remember_token(owner.name, token)
    return target.send(target.request(proof, owner, headers=owner.presenting(token))).ok


def _genuine(target: Target, scene: Scene) -> Exchange:
    """The answer to the request as it is meant, by the administrator where its owner may not."""
    genuine = target.send(scene.request(target))
    if genuine.forbidden and not scene.personal and not target.lacks(Need.ADMIN):
        return target.send(scene.request(target, target.admin))
    return genuine


def _tells_whose_it_is(target: Target, scene: Scene, bare: Exchange) -> bool:
    """Whether a read that nothing declares guarded shows somebody's account to nobody: "me" has no other meaning."""
    seen = _account_of(target.send(scene.request(target)))
    shown = _account_of(bare)
    named = any(value in (scene.owner.username, *scene.owner.names) for value in seen.values())
    return named and any(shown.get(name) for name in seen)


def _account_of(exchange: Exchange) -> Mapping[str, Any]:
    """What an answer says of an account by which it is known."""
    return account_fields(object_of(exchange))


def _may_be_optional(operation: Operation) -> bool:
    """Reads and creates may serve guests beside users; nobody changes a row without saying who it is."""
    return operation.method in SAFE_METHODS or (operation.method == "POST" and not operation.path_parameters)


def _required_of(target: Target, update: Operation, account: Created, seen: Exchange) -> dict[str, Any]:
    """What the update requires, as far as the account is known: a PUT may want the whole of it."""
    required = target.contract.resolver.required(update.body.schema) if update.body else ()
    known: dict[str, Any] = {}
    for body in (account.sent, seen.json()):
        known |= body if isinstance(body, Mapping) else {}
    return {name: known[name] for name in required if name in known}


def _switch(target: Target, updates: Iterable[Operation]) -> tuple[Operation, str]:
    """The update that carries a field by which an account is switched off."""
    for update in updates:
        properties = target.contract.resolver.properties(update.body.schema) if update.body else {}
        for name in ("is_active", "active", "enabled", "is_enabled"):
            if name in properties and len(update.path_parameters) == 1:
                return update, name
    raise NotApplicable("no update of an account has a field that switches it off")
