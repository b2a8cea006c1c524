"""The service as a client meets it: rules ask the target, and everything that they made is deleted at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from compliance.catalogue import Need, NotApplicable, Outcome, Phase, Rule, Subject, Untested, Violation
from compliance.contract.model import Contract
from compliance.depths import Examination, fault_of
from compliance.result import Run
from compliance.target.cleaning import Cleaner
from compliance.target.client import Client
from compliance.target.connection import Connection, is_loopback
from compliance.target.doubts import make_sure_of_all
from compliance.target.errors import TargetGone
from compliance.target.finding import farewell, finding
from compliance.target.handshake import identities, missing, shake_hands
from compliance.target.hooks import Hooks
from compliance.target.naming import name_all
from compliance.target.preconditions import on_a_condition
from compliance.target.reach import Grants, Target
from compliance.target.survey import survey
from compliance.target.tape import Exchange, Tape
from compliance.target.wire import Request
from compliance.traffic.carol import drive_as_carol


class Outside:
    """The depth outside."""

    def __init__(
        self,
        contract: Contract,
        connection: Connection,
        grants: Grants,
        *,
        seed: int = 0,
        hooks: Hooks | None = None,
    ) -> None:
        client = Client(connection, Tape())
        self.target = Target(contract, client, grants, engine=drive_as_carol, seed=seed, hooks=hooks)
        self._base_url = connection.base_url
        #: after which request the service stopped answering
        self.gone = ""
        self._farewell = ""
        self._surveyed = False
        #: whether no examination is left out
        self.whole = True

    def start(self) -> None:
        """Make and prove the actors. Raises TargetError when given credentials are refused."""
        try:
            shake_hands(self.target)
            self.target.client.make_sure()
        except TargetGone as failure:
            self._lose(failure)

    def subjects(self, rule: Rule) -> list[Subject]:
        return list(rule.subjects(self.target.contract))

    def lacks(self, need: Need) -> bool:
        return need is not Need.SERVICE and self.target.lacks(need)

    def judge(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        """The outcome; nothing is asked of a service that is gone."""
        outcome, details = self._outcome(one)
        if "reason" in details:
            details["reason"] = self.target.secrets.redact(details["reason"])
        return outcome, details

    def close(self, run: Run) -> None:
        """Delete what the run created."""
        run.gone = self._farewell
        run.identities = identities(self.target)
        run.missing = [] if self.gone else missing(self.target)
        run.leftovers = _clean_whatever_happens(self.target)
        if not self.gone:  # else it went away while it was cleaned up
            self._make_sure()
            run.gone = self._farewell
        run.requests = len(self.target.tape)

    def _outcome(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        if self.gone:
            return Outcome.UNTESTED, {"reason": self.gone}
        try:
            self._apply(one)
        except Violation as violation:
            return Outcome.VIOLATION, finding(self.target, violation)
        except Untested as doubt:
            return Outcome.UNTESTED, {"reason": self._make_sure() or str(doubt)}
        except NotApplicable as exemption:
            return Outcome.NOT_APPLICABLE, {"reason": str(exemption)}
        except TargetGone as failure:
            self._lose(failure)
            return Outcome.UNTESTED, {"reason": self.gone}
        except Exception as fault:
            return Outcome.ERROR, {"reason": fault_of(fault)}
        return Outcome.PASS, {}

    def _apply(self, one: Examination) -> None:
        if one.rule.phase is Phase.TAPE:
            self.survey_once()
        try:
            one.rule(self.target, one.subject)
        except Violation:
            # What another host answered once may have been a neighbour's doing: it is sent again before it is reported.
            if not is_loopback(self._base_url) and one.rule.phase not in (Phase.TAPE, Phase.ENGINE):
                one.rule(self.target, one.subject)
                raise Untested("broken once, and not when it was tried again") from None
            raise
        if one.rule.phase is Phase.TAPE and not self.whole:
            raise Untested("part of the run was left out, and this clause holds only over all of its traffic")

    def survey_once(self) -> None:
        """Send what must fail, so that rules that judge the traffic of all others always have some."""
        if not self._surveyed:
            self._surveyed = True
            survey(self.target)

    def _make_sure(self) -> str:
        """In words that the service is away, where the last request got no answer and no further one does."""
        try:
            self.target.client.make_sure()
        except TargetGone as failure:
            self._lose(failure)
        return self.gone

    def _lose(self, failure: TargetGone) -> None:
        """Nothing more is asked of a service that is gone."""
        self.gone = self.target.secrets.redact(str(failure))
        self._farewell = farewell(self.target, failure)

    def why_lacking(self, lacking: list[Need]) -> str:
        reasons = [f"needs {need.value}" for need in lacking]
        for name, need in (("alice", Need.USER), ("bob", Need.TWO_USERS)):
            if need in lacking and name in self.target.refusals:
                reasons.append(self.target.refusals[name])
        return "; ".join(dict.fromkeys(reasons))


def _clean_whatever_happens(target: Target) -> list[str]:
    try:
        return clean(target)
    except Exception as fault:  # the results are worth more than the cleaning
        return [target.secrets.redact(f"cleaning up failed: {fault_of(fault)}")]


def clean(target: Target) -> list[str]:
    """Delete what the run created. Returns what could not be deleted, in words."""
    admin = target.actors.get("admin")
    helpers = [admin] if admin and admin.proven else []
    with contextlib.suppress(Untested, TargetGone):
        name_all(target)
        make_sure_of_all(target)
        target.rows.await_last()

    def send(request: Request) -> Exchange:
        return target.client.send(target.completing.on(request))

    def several(requests: Sequence[Request]) -> Sequence[Exchange | Untested]:
        return target.client.several([target.completing.on(request) for request in requests])

    cleaner = Cleaner(
        target.ledger,
        lambda request: on_a_condition(target, send, request, send(request)),
        lambda actor: target.new_passwords.become(actor, target.doorman.log_in),
        helpers,
        None if target.client.pace.is_kept else several,
    )
    return cleaner.clean()
