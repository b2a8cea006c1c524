"""Rights that an administrator takes away again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.paths import normal
from compliance.contract.subjects import owned_resources
from compliance.target.actors import Actor
from compliance.target.births import answered
from compliance.target.changing import a_change, plain, plain_fields
from compliance.target.intrusions import GONE, attempt
from compliance.target.privileges import SWITCHES
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange
from compliance.target.tokens import lifetime
from compliance.target.wire import Request

#: Seconds that a token may outlive the right in it.
A_MINUTE = 60.0
#: What only somebody with the right can do: the answer where it worked for an actor, None where it did not.
Deed = Callable[[Actor], Exchange | None]


def granted_accounts(contract: Contract) -> Iterable[Resource]:
    """The accounts, where an update of them has a switch that gives a right."""
    accounts = contract.accounts
    return [accounts] if accounts and _switch(contract, accounts) else []


@rule(
    "ACC-014",
    "A right that is withdrawn ends at once",
    level=Level.SHOULD,
    subjects=granted_accounts,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS, Need.ADMIN},
)
def withdrawn_rights_end(target: Target, accounts: Resource) -> None:
    """
    Why: whoever loses a right over what was done with it must not keep it until the token ends.

    Breaks: `if claims["is_superuser"]:`, read from the token

    Conforms: `if user.is_superuser:`, read from the database for every request
    """
    switch = _switch(target.contract, accounts)
    if switch is None:
        raise NotApplicable("no update of an account has a field that gives a right")
    deed, account = _deed(target), target.account("mallory")
    if deed(account.owner) is not None:
        raise Untested("a new account may do it without the right")
    given = _set(target, account, *switch, value=True)
    target.doorman.log_in(account.owner)  # a right may stand in the token
    if deed(account.owner) is None:
        raise Untested(f"{given}: the right shows in nothing that the account may do then")
    taken = _set(target, account, *switch, value=False)
    worked = target.patience.until(lambda done: done is None, lambda: deed(account.owner))
    if worked is None:
        last = target.tape.exchanges[-1]
        if last.busy or last.status >= 500:
            raise Untested(f"{last}: neither an answer nor a refusal")
        return
    lasts = lifetime(account.owner.token, account.owner.entry, 0.0) if account.owner.token else None
    if lasts is not None and lasts <= A_MINUTE:
        return
    raise Violation(
        "a right outlives its withdrawal",
        "403 or 404 with the token that was issued before",
        f"{worked.status}, and its effect, after {switch[1]} was taken away",
        [given, taken, worked],
    )


def _switch(contract: Contract, accounts: Resource) -> tuple[Operation, str] | None:
    """The update that carries a switch by which an account is lifted above others."""
    for update in accounts.updates:
        if update.body is None or len(update.path_parameters) != 1:
            continue
        fields = contract.resolver.properties(update.body.schema)
        for name, schema in fields.items():
            boolean = contract.resolver.type_of(contract.resolver.resolve(schema)) == "boolean"
            if normal(name) in SWITCHES and "verified" not in name.lower() and boolean:
                return update, name
    return None


def _set(target: Target, account: Created, update: Operation, name: str, *, value: bool) -> Exchange:
    """The administrator's update that gives or takes the right. Raises Untested where the answer does not say so."""
    values = target.path_values(update, account.owner, account)
    required = target.contract.resolver.required(update.body.schema) if update.body else ()
    known: dict[str, Any] = {}
    for body in (account.sent, answered(account.exchange)):
        known |= body if isinstance(body, Mapping) else {}
    kept = {field: known[field] for field in required if field in known}
    done = target.call(update, target.admin, values, json={**kept, name: value})
    if not done.ok or plain(done.value if isinstance(done.value, Mapping) else {}).get(name) is not value:
        raise Untested(f"{done}: the administrator could not set {name} to {str(value).lower()}")
    return done


def _deed(target: Target) -> Deed:
    """Something that was refused to ordinary users before: a read, else a change of what is alice's."""
    seen = [e for e in target.tape if e.method == "GET" and e.actor in ("alice", "bob")]
    # Some answer 403 to a bad token as well: what users read otherwise is nobody's right.
    refused = {e.url for e in seen if e.status == 403} - {e.url for e in seen if e.ok}
    for one in target.tape:
        if one.actor == "admin" and one.ok and one.method == "GET" and one.url in refused:
            return partial(_reads, target, one)
    accounts = target.contract.accounts
    for resource in sorted(owned_resources(target.contract), key=lambda one: one is accounts):
        for update in resource.updates:
            try:
                tried = attempt(target, resource, update)
            except Untested:
                continue
            if tried.effect is None and (tried.first.forbidden or tried.first.status in GONE):
                created = target.create(resource, target.alice)
                return partial(_changes, target, created, update, tried.whole)
    raise Untested("nothing is known that an ordinary user may not do and an administrator may")


def _reads(target: Target, read: Exchange, actor: Actor) -> Exchange | None:
    path, _, query = target.client.below(read.url).partition("?")
    request = Request(
        "GET",
        path,
        params=dict(parse_qsl(query)),
        headers=actor.headers,
        auth=actor.auth,
        actor=actor.name,
        operation=read.operation,
    )
    answer = target.send(request)
    return answer if answer.ok else None


def _changes(
    target: Target, created: Created, update: Operation, whole: bool, actor: Actor
) -> Exchange | None:
    """Judged by what the owner reads afterwards."""
    resource = created.row.resource
    before = plain_fields(target, resource, created)
    field, how = a_change(target, update, created, before, whole=whole)
    done = target.call_on(created, update, actor, **how)
    after = plain_fields(target, resource, created)
    return done if after.get(field) != before[field] else None
