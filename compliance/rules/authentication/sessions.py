"""What ends a session, and which of its tokens is for what."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Service
from compliance.contract.sessions import (
    ends_sessions,
    logouts,
    offers_a_logout,
    offers_a_password_change,
    password_changes,
)
from compliance.contract.subjects import login
from compliance.target.actors import Actor, at, sent_body
from compliance.target.attempts import attempt, lets_in
from compliance.target.controls import must_be_refusals, must_succeed
from compliance.target.denials import is_denied
from compliance.target.reach import Target
from compliance.target.renewals import renewal_token, wants_renewal, with_renewal
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Seconds after which the next token is another one: most count time in whole seconds.
TICK = 1.1
#: Seconds after which a token that is still taken stays taken: what keeps tokens in a cache does so for longer.
SOON = 0.8


@rule(
    "AUT-010",
    "A refresh token does not serve as an access token",
    level=Level.MUST,
    subjects=login,
    phase=Phase.READ,
    needs={Need.USER},
)
def refresh_tokens_open_nothing(target: Target, _: Operation) -> None:
    """
    Why: the short life of one token protects nothing where the long-lived one opens the same.

    Breaks: two tokens with the same claims and different expiries

    Conforms: a claim for the kind of token, or an audience, which `get_current_user` asks about
    """
    owner = target.alice
    refresh = renewal_token(owner.entry) if owner.entry is not None else ""
    if not refresh or refresh == owner.token:
        raise NotApplicable("the login hands out one kind of token")
    target.secrets.remember_token(owner.name, refresh)
    genuine = _opened(target, owner, owner.token)
    used = _shown(target, owner, refresh)
    if used.ok and not is_denied(used, genuine):
        raise Violation("a refresh token opens what an access token does", "401", str(used.status), [used])
    must_be_refusals([used])
    _opened(target, owner, owner.token)


@rule(
    "AUT-025",
    "A changed password ends older tokens",
    level=Level.SHOULD,
    subjects=offers_a_password_change,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def changed_passwords_end_older_tokens(target: Target, _: Service) -> None:
    """
    Why: a password is changed because somebody else may know it, who is then to be put out.

    Breaks: `user.hashed_password = new` and nothing about tokens

    Conforms: a counter or a date in the account that the token has to match; or an operation that ends other sessions
    """
    others = ends_sessions(target.contract)
    if others:
        raise NotApplicable(f"{others[0].label} ends them")
    account, change = target.account("victor"), password_changes(target.contract)[0]
    owner, older, before = account.owner, account.owner.token, account.owner.password
    genuine = _opened(target, owner, older)
    target.client.rest(TICK)
    if not target.doorman.renew(owner):
        raise Untested("a second login gives the same token, so that none is older")
    values = target.path_values(change.operation, owner, account)
    done = target.call(change.operation, owner, values, **target.body(change.operation, actor=owner))
    new = at(sent_body(done), change.new)
    if not done.ok or says_no(done) or not isinstance(new, str):
        raise Untested(f"{done}: the password could not be changed")
    if not lets_in(target, attempt(target, owner, new), owner):
        raise Untested(f"{done}, and the new password does not log in")
    owner.password = new
    if lets_in(target, attempt(target, owner, before), owner):
        raise Untested(f"{done}, and the old password goes on")
    after = target.patience.until(lambda look: not look.ok, lambda: _shown(target, owner, older), SOON)
    if after.ok and not is_denied(after, genuine):
        what, wanted = "an older token survives the new password", "a refusal of the token from before"
        raise Violation(what, wanted, str(after.status), [done, after])
    must_be_refusals([after])


@rule(
    "AUT-026",
    "A logout ends its token",
    level=Level.SHOULD,
    subjects=offers_a_logout,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def logouts_end_their_token(target: Target, _: Service) -> None:
    """
    Why: who logs out on a machine of others believes that nobody goes on in his name.

    Breaks: `return {"message": "Logged out"}`

    Conforms: the session is deleted, or the `jti` of the token is kept until its end and refused
    """
    owner, logout = target.account("walter").owner, logouts(target.contract)[0]
    token = owner.token
    genuine = _opened(target, owner, token)
    if logout.guarded is not True and wants_renewal(target.contract, logout):
        raise NotApplicable(f"{logout.label} ends the token for renewal, and is not shown the other one")
    done = target.call(logout, owner, **with_renewal(target, logout, owner))
    if not done.ok or says_no(done):
        raise Untested(f"{done}: the logout does not work")
    if logout.guarded is not True and target.call(logout).ok:
        raise Untested(f"{logout.label} lets anybody log out, so that nothing shows which token it ended")
    after = target.patience.until(lambda look: not look.ok, lambda: _shown(target, owner, token), SOON)
    if after.ok and not is_denied(after, genuine):
        what, wanted = "a token survives its logout", "a refusal of the token"
        raise Violation(what, wanted, str(after.status), [done, after])
    must_be_refusals([after])


def _opened(target: Target, owner: Actor, token: str) -> Exchange:
    """What a token opens that nobody opens without one. Raises Untested where it opens nothing."""
    proof = target.alice.proof
    bare = target.guards.ask(proof) if proof else None
    if bare is None or bare.ok or not token:
        raise Untested("no read tells whether a token is taken")
    genuine = _shown(target, owner, token)
    must_succeed(genuine)
    return genuine


def _shown(target: Target, owner: Actor, token: str) -> Exchange:
    proof = target.alice.proof
    if proof is None:
        raise Untested("no read tells whether a token is taken")
    return target.send(target.request(proof, owner, headers=owner.presenting(token)))
