"""What a login gives away to whoever guesses: by the time it takes, and by how often it may be asked."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import login
from compliance.target.actors import Actor
from compliance.target.attempts import lets_in, login_of, unlike
from compliance.target.likeness import gist
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.timing import clearly_longer, held_back
from compliance.target.tokens import says_no, tokens_in

#: Pairs of failed logins that are timed; after so many of them the right password is used, which counts anew.
PAIRS, HANDFUL = 24, 4
#: Wrong passwords in a row.
FAILURES = 20
#: Statuses that say that it is enough.
ENOUGH = (423, 429)


@rule(
    "AUT-022",
    "A failed login takes equally long with and without an account",
    level=Level.SHOULD,
    subjects=login,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES, Need.USER, Need.DESTRUCTIVE},
)
def failed_logins_take_equally_long(target: Target, _: Operation) -> None:
    """
    Why: the time that it takes to verify a password says as plainly as words that there is one.

    Breaks: `if user is None: raise UnauthorizedException()` before any hash is computed

    Conforms: `verify(password, user.hashed_password if user else NOBODYS_HASH)`
    """
    owner = target.account("peggy").owner
    first = _timed(target, owner)
    slower = _slower(*first)
    if not slower:
        return
    second = _timed(target, owner)
    if _slower(*second) != slower:
        raise Untested("it differed once, and not when it was measured again")
    with_one, without = (1000 * median(answer.seconds for answer in answers) for answers in second)
    raise Violation(
        "the time of a failed login tells whether there is an account",
        "the same time with and without an account",
        f"{with_one:.0f} ms with one, {without:.0f} ms without, in the middle of {PAIRS} each",
        [second[0][-1], second[1][-1]],
    )


@rule(
    "AUT-024",
    "Repeated failed logins are slowed down",
    level=Level.SHOULD,
    subjects=login,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES, Need.USER, Need.DESTRUCTIVE},
)
def repeated_failures_are_slowed_down(target: Target, _: Operation) -> None:
    """
    Why: otherwise a password is guessed at the speed of the network.

    Breaks: a login that answers 401 as often as it is asked

    Conforms: 429 with `Retry-After` after some failures in a row, a lock for a while, or growing delays
    """
    owner = target.account("rupert").owner
    if owner.entry is None:
        raise Untested(f"{owner.name} came in without a login")
    wrong, answers = target.secrets.password("wrong for the patient"), list[Exchange]()
    for _turn in range(FAILURES):
        answers.append(_refused(target.once(login_of(target, owner, wrong))))
        if _is_slowed_down(answers, owner.entry):
            return
    right = target.once(login_of(target, owner, owner.password))
    if right.status >= 500 and not right.busy:
        raise Untested(f"{right}: neither a token nor a refusal")
    if lets_in(target, right, owner):
        raise Violation(
            "passwords may be guessed at full speed",
            f"a pause, a lock or delays within {FAILURES} wrong passwords",
            f"{FAILURES} times {answers[-1].status} at once, and then the right one logs in",
            [*answers[-2:], right],
        )


def _timed(target: Target, owner: Actor) -> tuple[list[Exchange], list[Exchange]]:
    """Failed logins with an account and without one, in turn, and each first as often as second."""
    wrong = target.secrets.password(f"wrong for {owner.name}")
    with_one: list[Exchange] = []
    without: list[Exchange] = []
    for number in range(PAIRS + 1):
        turn = [(with_one, owner.username), (without, unlike(owner.username))]
        for answers, name in turn if number % 2 else reversed(turn):
            answers.append(_refused(target.once(login_of(target, owner, wrong, name))))
            if answers[-1].busy or answers[-1].status in ENOUGH:
                raise Untested(f"{answers[-1]}: the service asks to wait before enough was measured")
        if number % HANDFUL == 0:
            target.doorman.log_in(owner)
    return with_one[1:], without[1:]  # the first pair opens the connection


def _slower(with_one: Sequence[Exchange], without: Sequence[Exchange]) -> str:
    """Which of the two takes clearly longer, empty where neither does."""
    one, other = ([answer.seconds for answer in answers] for answers in (with_one, without))
    return "with" if clearly_longer(one, other) else "without" if clearly_longer(other, one) else ""


def _is_slowed_down(answers: Sequence[Exchange], entry: Exchange) -> bool:
    """Whether the last answer asks to wait, says something else than the first ones, or came much later."""
    last = answers[-1]
    if last.busy or last.status in ENOUGH or last.header("retry-after"):
        return True
    first, second, said = (
        gist(one, numbers=False) for one in (answers[0], answers[min(1, len(answers) - 1)], last)
    )
    changed = first == second and said != first
    return changed or held_back([answer.seconds for answer in answers], entry.seconds)


def _refused(answer: Exchange) -> Exchange:
    """Raises Untested where a wrong password is not refused, or the service makes a mistake."""
    if answer.status >= 500 and not answer.busy:
        raise Untested(f"{answer}: neither a token nor a refusal")
    if answer.ok and not says_no(answer) and tokens_in(answer):
        raise Untested(f"{answer}: a wrong password is not refused")
    return answer
