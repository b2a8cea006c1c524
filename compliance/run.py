"""The runner: rules applied to subjects in the order of phases, exceptions made outcomes, everything cleaned up."""

from __future__ import annotations

import contextlib
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.catalogue import (
    Catalogue,
    Need,
    NotApplicable,
    Outcome,
    Phase,
    Rule,
    Subject,
    Untested,
    Violation,
)
from compliance.contract import ContractError, understand
from compliance.contract.model import Contract
from compliance.contract.overrides import Overrides
from compliance.contract.servers import base_path_of
from compliance.result import Result, Run
from compliance.target.client import Client
from compliance.target.connection import Connection, is_loopback, printable
from compliance.target.errors import TargetError, TargetGone
from compliance.target.finding import farewell, finding
from compliance.target.handshake import identities, missing, shake_hands
from compliance.target.hooks import Hooks
from compliance.target.hushing import hushed
from compliance.target.reach import Grants, Target
from compliance.target.survey import survey
from compliance.target.tape import Tape
from compliance.traffic.carol import drive_as_carol


@dataclass(frozen=True)
class Nothing:
    """The subject of a rule that has none: it still yields one result, not-applicable."""

    label: str = "nothing"


@dataclass(frozen=True, eq=False)
class Examination:
    """One rule on one subject."""

    rule: Rule
    subject: Subject

    @property
    def name(self) -> str:
        return f"{self.rule.id}[{self.subject.label}]"


def read_contract(document: Mapping[str, Any], overrides: Overrides | None = None) -> Contract:
    """The contract of a document. Raises TargetError with the complaint where it is not to be understood."""
    try:
        return understand(document, base_path_of(document), overrides)
    except ContractError as complaint:
        raise TargetError(str(complaint)) from None


def examinations(catalogue: Catalogue, contract: Contract) -> list[Examination]:
    """Every rule with each of its subjects, from the document alone, in the catalogue's order."""
    planned = []
    for rule in catalogue.rules:
        subjects = list(rule.subjects(contract)) or [Nothing()]
        planned += [Examination(rule, subject) for subject in subjects]
    return planned


class Runner:
    """One run. `result` may be asked in any order: earlier phases are judged first, whoever asks."""

    def __init__(
        self,
        catalogue: Catalogue,
        contract: Contract,
        connection: Connection,
        grants: Grants,
        *,
        profile: str = "standard",
        seed: int = 0,
        hooks: Hooks | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.planned = examinations(catalogue, contract)
        self.select(self.planned)
        self.target = Target(
            contract,
            Client(connection, Tape()),
            grants,
            engine=drive_as_carol,
            seed=seed,
            hooks=hooks,
        )
        self.run = Run(
            target=printable(connection.base_url),
            title=contract.title,
            version=contract.version,
            openapi=contract.openapi,
            operations=len(contract.operations),
            profile=profile,
            seed=seed,
            writes=grants.writes,
            clauses=len(catalogue.clauses),
        )
        self._results: dict[Examination, Result] = {}
        self._gone = ""
        self._started = 0.0
        self._surveyed = False

    def select(self, chosen: Iterable[Examination]) -> None:
        """Judge only these; what is left out makes the run partial."""
        kept = set(chosen)
        self.selected = [one for one in self.planned if one in kept]
        self._waiting = deque(self._in_order())

    def start(self) -> None:
        """Make and prove the actors. Raises TargetError when given credentials are refused."""
        if self._started:
            return
        self._started = time.monotonic()
        with _quiet():
            try:
                shake_hands(self.target)
                self.target.client.make_sure()
            except TargetGone as failure:
                self._lose(failure)

    def result(self, wanted: Examination) -> Result:
        """The result of one examination, after every selected one of an earlier phase."""
        self.start()
        with _quiet():
            while self._waiting and self._waiting[0].rule.phase < wanted.rule.phase:
                self._judge_once(self._waiting.popleft())
            self._judge_once(wanted)
        return self._results[wanted]

    def results(self) -> Iterator[Result]:
        """Judge everything that is selected, in order."""
        for one in self._in_order():
            yield self.result(one)

    def finish(self) -> Run:
        """Clean up and close the books; safe to call more than once, and after an interrupt."""
        if self._started and not self.run.seconds:
            with _quiet():
                self._close_the_books()
        self.target.client.close()
        return self.run

    @property
    def progress(self) -> str:
        """How far the run is, in a line; may be asked from another thread."""
        judged, seconds = len(self._results), time.monotonic() - self._started if self._started else 0.0
        return f"{judged} of {len(self.selected)} examinations, {len(self.target.tape)} requests, {seconds:.0f} s"

    # -- inside ------------------------------------------------------------------------------------------------

    def _in_order(self) -> list[Examination]:
        return sorted(self.selected, key=lambda one: one.rule.phase)

    @property
    def _whole(self) -> bool:
        return len(self.selected) == len(self.planned)

    def _judge_once(self, one: Examination) -> None:
        if one not in self._results:
            self._results[one] = self._judge(one)

    def _judge(self, one: Examination) -> Result:
        begun = time.monotonic()
        outcome, details = self._outcome(one)
        if "reason" in details:
            details["reason"] = self.target.secrets.redact(details["reason"])
        return Result(one.rule, one.subject.label, outcome, seconds=time.monotonic() - begun, **details)

    def _outcome(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        if isinstance(one.subject, Nothing):
            return Outcome.NOT_APPLICABLE, {"reason": "the document shows nothing that this clause is about"}
        if self._gone:
            return Outcome.UNTESTED, {"reason": self._gone}
        lacking = [need for need in sorted(one.rule.needs) if self.target.lacks(need)]
        if lacking:
            return Outcome.UNTESTED, {"reason": self._why_lacking(lacking)}
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
            return Outcome.UNTESTED, {"reason": self._gone}
        except Exception as fault:
            return Outcome.ERROR, {"reason": _fault(fault)}
        return Outcome.PASS, {}

    def _apply(self, one: Examination) -> None:
        if one.rule.phase is Phase.TAPE and not self._surveyed:
            self._surveyed = True
            survey(self.target)
        try:
            one.rule(self.target, one.subject)
        except Violation:
            # What another host answered once may have been a neighbour's doing: it is sent again before it is reported.
            if not is_loopback(self.run.target) and one.rule.phase not in (Phase.TAPE, Phase.ENGINE):
                one.rule(self.target, one.subject)
                raise Untested("broken once, and not when it was tried again") from None
            raise
        if one.rule.phase is Phase.TAPE and not self._whole:
            raise Untested("part of the run was left out, and this clause holds only over all of its traffic")

    def _make_sure(self) -> str:
        """In words that the service is away, where the last request got no answer and no further one does."""
        try:
            self.target.client.make_sure()
        except TargetGone as failure:
            self._lose(failure)
        return self._gone

    def _lose(self, failure: TargetGone) -> None:
        """Nothing more is asked of a service that is gone."""
        self._gone = self.target.secrets.redact(str(failure))
        self.run.gone = farewell(self.target, failure)

    def _why_lacking(self, lacking: list[Need]) -> str:
        reasons = [f"needs {need.value}" for need in lacking]
        for name, need in (("alice", Need.USER), ("bob", Need.TWO_USERS)):
            if need in lacking and name in self.target.refusals:
                reasons.append(self.target.refusals[name])
        return "; ".join(dict.fromkeys(reasons))

    def _close_the_books(self) -> None:
        target, run = self.target, self.run
        run.results = [self._results[one] for one in self.planned if one in self._results]
        run.complete = len(self._results) == len(self.selected) and not self._gone
        run.deselected = len(self.planned) - len(self.selected)
        run.absent = [need for need in Need if target.lacks(need)]
        run.identities = identities(target)
        run.missing = [] if self._gone else missing(target)
        run.leftovers = _clean_whatever_happens(target)
        if not self._gone:  # else it went away while it was cleaned up
            self._make_sure()
        run.requests = len(target.tape)
        run.seconds = time.monotonic() - self._started


def _clean_whatever_happens(target: Target) -> list[str]:
    try:
        return clean(target)
    except Exception as fault:  # the results are worth more than the cleaning
        return [target.secrets.redact(f"cleaning up failed: {_fault(fault)}")]


def clean(target: Target) -> list[str]:
    """Delete what the run created. Returns what could not be deleted, in words."""
    admin = target.actors.get("admin")
    helpers = [admin] if admin and admin.proven else []
    with contextlib.suppress(Untested, TargetGone):
        target.rows.name_all()
        target.rows.make_sure_of_all()
        target.rows.await_last()
    return target.ledger.clean(
        target.client.send,
        lambda actor: target.new_passwords.become(actor, target.doorman.log_in),
        helpers,
        None if target.client.pace.is_kept else target.client.together,
    )


def judge(
    catalogue: Catalogue,
    document: Mapping[str, Any],
    base_url: str,
    grants: Grants,
    *,
    choose: Callable[[Examination], bool] = lambda _: True,
    **settings: Any,
) -> Run:
    """A whole run without pytest: the examinations that `choose` takes, judged, cleaned up and returned."""
    runner = Runner(catalogue, read_contract(document), Connection(base_url), grants, **settings)
    runner.select(one for one in runner.planned if choose(one))
    try:
        for _ in runner.results():
            pass
    finally:
        runner.finish()
    return runner.run


def _fault(fault: Exception) -> str:
    """The kit's own fault in a line: what, and where in the kit."""
    frames = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
    return f"{type(fault).__name__}: {fault} ({place}); this is the kit's own fault, please report it"


@contextmanager
def _quiet() -> Iterator[None]:
    """The user's filterwarnings = error is about their code, not about ours, and so are their logs."""
    with hushed(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
