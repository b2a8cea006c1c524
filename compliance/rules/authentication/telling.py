"""What a failed login tells of who has an account."""

from __future__ import annotations

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import login
from compliance.target.attempts import attempt, lets_in, unlike
from compliance.target.likeness import gist
from compliance.target.reach import Target
from compliance.target.tape import Exchange


@rule(
    "AUT-021",
    "A failed login does not tell whether the account exists",
    level=Level.SHOULD,
    subjects=login,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def failed_logins_tell_nothing(target: Target, _: Operation) -> None:
    """
    Why: otherwise the login sorts a list of addresses into customers and others.

    Breaks: `if user is None: raise NotFoundException("No such user")`

    Conforms: `raise UnauthorizedException("Incorrect email or password")` for both
    """
    owner = target.lodgers.keyholder.owner
    wrong, nobody = target.secrets.password("wrong for the keyholder"), unlike(owner.username)
    known: list[Exchange] = []
    unknown: list[Exchange] = []
    for _turn in range(2):  # one after the other, so that whatever counts them is not taken for a difference
        known.append(attempt(target, owner, wrong))
        unknown.append(attempt(target, owner, wrong, nobody))
    if any(lets_in(target, answer, owner) for answer in (*known, *unknown)):
        raise Untested("a wrong password logs in, so that nothing is refused")
    target.doorman.log_in(owner)
    said = [
        owner.username,
        *owner.names,
        nobody,
        *(name.partition("@")[0] for name in (owner.username, nobody)),
    ]
    for numbers in (True, False):
        with_account = {gist(answer, said, numbers=numbers) for answer in known}
        without = {gist(answer, said, numbers=numbers) for answer in unknown}
        if len(with_account) == len(without) == 1:
            if with_account != without:
                raise _told_apart(known[-1], unknown[-1])
            return
    raise Untested("two equal logins are refused in different words")


def _told_apart(known: Exchange, unknown: Exchange) -> Violation:
    by_status = known.status != unknown.status
    return Violation(
        "a failed login tells whether there is an account",
        "the same answer with and without an account",
        f"{known.status} with one, {unknown.status} without"
        if by_status
        else f"{known.status} in other words",
        [known, unknown],
    )
