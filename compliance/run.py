"""The runner: rules applied to subjects in the order of phases, at every depth that is open, and everything cleaned up."""

from __future__ import annotations

import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from compliance.catalogue import DEPTHS, Catalogue, Need, Outcome
from compliance.contract import ContractError, understand
from compliance.contract.model import Contract
from compliance.contract.overrides import Overrides
from compliance.contract.servers import base_path_of
from compliance.depths import Depth, Examination, Nothing, examinations
from compliance.depths.inside import Within
from compliance.depths.outside import Outside
from compliance.depths.source import Written
from compliance.inside import Watch
from compliance.result import Result, Run
from compliance.source import Source
from compliance.target.connection import Connection, printable
from compliance.target.errors import TargetError
from compliance.target.hooks import Hooks
from compliance.target.hushing import hushed
from compliance.target.reach import Grants, Target

_NOTHING = {
    "outside": "the document shows nothing that this clause is about",
    "inside": "the application has nothing that this clause is about",
    "source": "the source has nothing that this clause is about",
}


def read_contract(document: Mapping[str, Any], overrides: Overrides | None = None) -> Contract:
    """The contract of a document. Raises TargetError with the complaint where it is not to be understood."""
    try:
        return understand(document, base_path_of(document), overrides)
    except ContractError as complaint:
        raise TargetError(str(complaint)) from None


class Runner:
    """One run. `result` may be asked in any order: earlier phases are judged first, whoever asks."""

    def __init__(
        self,
        catalogue: Catalogue,
        contract: Contract | None,
        connection: Connection | None,
        grants: Grants,
        *,
        source: Source | None = None,
        watch: Watch | None = None,
        profile: str = "standard",
        seed: int = 0,
        hooks: Hooks | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.depths: dict[str, Depth] = {}
        self._outside: Outside | None = None
        self.run = Run(
            target=printable(connection.base_url) if connection else str(source.root if source else ""),
            profile=profile,
            seed=seed,
            writes=grants.writes,
            clauses=len(catalogue.clauses),
        )
        if contract is not None and connection is not None:
            self._outside = Outside(contract, connection, grants, seed=seed, hooks=hooks)
            self.depths["outside"] = self._outside
            self.run.title, self.run.version = contract.title, contract.version
            self.run.openapi, self.run.operations = contract.openapi, len(contract.operations)
            if watch is not None:
                self.depths["inside"] = Within(watch, self._outside)
        if source is not None:
            self.depths["source"] = Written(source)
            self.run.modules = len(source.texts)
        self.planned = examinations(catalogue, self.depths)
        self.run.subjects = _subjects(one for one in self.planned if one.rule.depth in self.depths)
        self.select(self.planned)
        self._results: dict[Examination, Result] = {}
        self._started = 0.0
        #: what it is at, for whoever waits
        self._at = "starting"

    @property
    def target(self) -> Target:
        """The service as the depth outside reaches it; only where there is one."""
        assert self._outside is not None  # noqa: S101 - whoever asks has given a connection
        return self._outside.target

    @property
    def reached(self) -> Target | None:
        """The same, None where the source alone is judged."""
        return self._outside.target if self._outside else None

    def select(self, chosen: Iterable[Examination]) -> None:
        """Judge only these; what is left out makes the run partial."""
        kept = set(chosen)
        self.selected = [one for one in self.planned if one in kept]
        self._waiting = deque(self._in_order())
        if self._outside is not None:
            # What the code is judged by sends nothing, and is no part of the traffic.
            traffic = [one for one in self.planned if one.rule.depth == "outside"]
            self._outside.whole = kept.issuperset(traffic)

    def start(self) -> None:
        """Make and prove the actors. Raises TargetError when given credentials are refused."""
        if self._started:
            return
        self._started = time.monotonic()
        self.run.started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if self._outside is not None:
            with _quiet():
                self._outside.start()

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
        self._at = "cleaning up"
        if self._started and not self.run.seconds:
            with _quiet():
                self._close_the_books()
        if self._outside is not None:
            self._outside.target.client.close()
        return self.run

    @property
    def progress(self) -> str:
        """What the run is at and how far, in a line; may be asked from another thread."""
        judged, seconds = len(self._results), time.monotonic() - self._started if self._started else 0.0
        sent = f", {len(self._outside.target.tape):,} requests" if self._outside else ""
        return f"{self._at}, {judged} of {len(self.selected)} examinations{sent}, {seconds:.0f} s"

    # -- inside ------------------------------------------------------------------------------------------------

    def _in_order(self) -> list[Examination]:
        return sorted(self.selected, key=lambda one: one.rule.phase)

    def _judge_once(self, one: Examination) -> None:
        if one not in self._results:
            self._at = f"{one.rule.id} ({one.rule.phase.name.lower()})"
            self._results[one] = self._judge(one)

    def _judge(self, one: Examination) -> Result:
        begun = time.monotonic()
        outcome, details = self._outcome(one)
        return Result(one.rule, one.subject.label, outcome, seconds=time.monotonic() - begun, **details)

    def _outcome(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        depth = self.depths.get(one.rule.depth)
        if depth is None:
            return Outcome.UNTESTED, {"reason": f"needs {DEPTHS[one.rule.depth].value}"}
        if isinstance(one.subject, Nothing):
            return Outcome.NOT_APPLICABLE, {"reason": _NOTHING[one.rule.depth]}
        lacking = [need for need in sorted(one.rule.needs) if depth.lacks(need)]
        if lacking:
            return Outcome.UNTESTED, {"reason": depth.why_lacking(lacking)}
        return depth.judge(one)

    def _close_the_books(self) -> None:
        run = self.run
        run.results = [self._results[one] for one in self.planned if one in self._results]
        run.deselected = len(self.planned) - len(self.selected)
        run.absent = [need for need in Need if all(depth.lacks(need) for depth in self.depths.values())]
        run.complete = len(self._results) == len(self.selected) and not (self._outside and self._outside.gone)
        for depth in self.depths.values():
            depth.close(run)
        run.seconds = time.monotonic() - self._started


def _subjects(planned: Iterable[Examination]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one in planned:
        found.setdefault(one.rule.id, set()).add(one.subject.label)
    return {rule: frozenset(labels) for rule, labels in found.items()}


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
    return _judged(
        Runner(catalogue, read_contract(document), Connection(base_url), grants, **settings), choose
    )


def judge_source(
    catalogue: Catalogue, source: Source, choose: Callable[[Examination], bool] = lambda _: True
) -> Run:
    """A whole run over a source tree alone."""
    return _judged(Runner(catalogue, None, None, Grants(), source=source), choose)


def _judged(runner: Runner, choose: Callable[[Examination], bool]) -> Run:
    runner.select(one for one in runner.planned if choose(one))
    try:
        for _ in runner.results():
            pass
    finally:
        runner.finish()
    return runner.run


@contextmanager
def _quiet() -> Iterator[None]:
    """The user's filterwarnings = error is about their code, not about ours, and so are their logs."""
    with hushed(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
