"""Operations for one field by which an account is taken over: its password, its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.fields import is_secret
from compliance.contract.model import Contract, Operation
from compliance.contract.paths import ends_in_parameter, last_words, normal, path_words, vocabulary
from compliance.contract.relations import at_place, is_account, places
from compliance.target.actors import Actor, leaves
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no, tokens_in

#: Last words of paths that change one of the two.
_PASSWORD, _ADDRESS = vocabulary("password passwd pwd"), vocabulary("email mail")
#: What is for whoever has lost a password, or confirms an address, and has nothing to do with who sends it.
_FOR_STRANGERS = vocabulary("forgot forgotten reset recover recovery verify verification confirm resend")


def secrets_of_accounts(contract: Contract) -> Iterable[Operation]:
    """Operations that change the password or the address of the account that their path names."""
    return [operation for operation in contract.operations if _is_for_one_field(contract, operation)]


def _is_for_one_field(contract: Contract, operation: Operation) -> bool:
    named = places(operation.path)[-1:]
    if operation.method not in ("PUT", "PATCH", "POST") or not named or ends_in_parameter(operation.path):
        return False
    resource = at_place(contract, named[0])
    ours = resource is contract.accounts if resource else is_account(contract, named[0].noun)
    said = last_words(operation.path)
    return ours and bool(said & (_PASSWORD | _ADDRESS)) and not path_words(operation.path) & _FOR_STRANGERS


@rule(
    "ACC-005",
    "Another user's password or address cannot be changed",
    level=Level.MUST,
    subjects=secrets_of_accounts,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def accounts_cannot_be_taken_over(target: Target, operation: Operation) -> None:
    """
    Why: whoever sets the password, or the address to which a new one is sent, has the account.

    Breaks: `PUT /users/{user_id}/password` that needs a user, and not that one

    Conforms: `if user_id != actor.id: raise ForbiddenException()`, and the present password in the body
    """
    victim = target.account("dave")
    # Not bob: what such an operation changes may be the sender's own.
    intruder = target.account("mallory").owner
    values = target.path_values(operation, victim.owner, victim)
    attack = _Change(target, operation, intruder)
    tried = target.call(operation, intruder, values, **attack.how)
    if tried.busy:
        raise Untested(f"{tried}: the service asks to wait")
    taken = attack.took_effect(victim.owner)
    if taken is not None:
        raise Violation(
            f"another user's {attack.field} can be changed",
            "what its owner chose still holds, and nothing else",
            f"{attack.observed} after {tried.status}",
            [tried, taken],
        )
    genuine = _Change(target, operation, victim.owner)
    done = target.call(operation, victim.owner, values, **genuine.how)
    if genuine.took_effect(victim.owner) is None:
        raise Untested(f"{done}: the owner's own change has no effect either")
    victim.owner.password = genuine.password or victim.owner.password


class _Change:
    """A valid body for a new password or address, as somebody sends it, and whether it came to hold for an account."""

    def __init__(self, target: Target, operation: Operation, sender: Actor) -> None:
        self._target = target
        self.field = "password" if last_words(operation.path) & _PASSWORD else "address"
        #: what was seen, once it has come to hold
        self.observed = ""
        for fill_all in (False, True):  # many documents forget to say what they require
            self.how: Mapping[str, Any] = target.body(operation, actor=sender, fill_all=fill_all)
            fits = self._chosen(sender)
            if fits:
                self.value = fits[0]
                return
        raise Untested(f"{operation.label} takes no new {self.field} in its body")

    def _chosen(self, sender: Actor) -> list[str]:
        """The values of the body that are meant to hold from now on."""
        body = self.how.get("json", self.how.get("form"))
        sent = [(way[-1], value) for way, value in leaves(body) if isinstance(value, str)]
        if self.field == "password":
            return [value for name, value in sent if is_secret(name) and value != sender.password]
        return [value for name, value in sent if "mail" in normal(name)]

    @property
    def password(self) -> str:
        return self.value if self.field == "password" else ""

    def took_effect(self, owner: Actor) -> Exchange | None:
        """The answer that shows it: a login with the new password, or the account with the new address."""
        if self.field == "password":
            return self._by_login(owner)
        me = self._target.contract.me
        seen = self._target.call(me, owner) if me else None
        if seen is None or not seen.ok:
            return self._logs_in(owner, self.value, owner.password, "the new address logs in")
        shown = {str(value).lower() for way, value in leaves(seen.value) if "mail" in normal(way[-1])}
        self.observed = "the account has the new address"
        return seen if self.value.lower() in shown else None

    def _by_login(self, owner: Actor) -> Exchange | None:
        taken = self._logs_in(owner, owner.username, self.value, "the new password logs in")
        if taken is not None:
            return taken
        for _ in range(2):  # a single refusal may have any reason
            if self._logs_in(owner, owner.username, owner.password, "") is not None:
                return None
        refused = self._target.tape.exchanges[-1]
        if refused.busy or refused.status >= 500:
            raise Untested(f"{refused}: whether the old password still logs in is not to be seen")
        self.observed = "the old password no longer logs in"
        return refused

    def _logs_in(self, owner: Actor, username: str, password: str, observed: str) -> Exchange | None:
        """The answer to a login that lets in, None where it does not."""
        doorman = self._target.doorman
        if doorman.used is None:
            raise Untested("nobody came in by a login")
        login, style = doorman.used
        answer = self._target.send(doorman.request(login, username, password, owner.name, style=style))
        if answer.busy:
            raise Untested(f"{answer}: the service asks to wait")
        self.observed = observed
        return answer if not says_no(answer) and tokens_in(answer, login.token) else None
