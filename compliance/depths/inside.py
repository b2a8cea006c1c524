"""The service from within: rules ask what was seen of its work while all the others asked it from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from compliance.catalogue import Need, Outcome, Rule, Subject, Untested, Violation
from compliance.depths import Examination, outcome_of
from compliance.depths.outside import Outside
from compliance.inside import Served, Watch
from compliance.result import Place, Run
from compliance.target.errors import TargetGone
from compliance.target.finding import finding
from compliance.target.tape import Exchange
from compliance.target.wire import Request

#: Headers that belong to a connection, and are not sent again.
_DULL = frozenset({"host", "content-length", "connection", "accept-encoding"})


class Within:
    """The depth inside."""

    def __init__(self, watch: Watch, outside: Outside) -> None:
        self._watch = watch
        self._outside = outside
        self._target = outside.target
        watch.contract = outside.target.contract
        watch.passwords = lambda: outside.target.secrets.passwords
        watch.tokens = self._tokens
        watch.again = self._ask_again

    def subjects(self, rule: Rule) -> list[Subject]:
        return self._outside.subjects(rule)

    def lacks(self, need: Need) -> bool:
        return need is not Need.INSIDE and self._outside.lacks(need)

    def why_lacking(self, lacking: list[Need]) -> str:
        return self._outside.why_lacking(lacking)

    def judge(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        """The outcome, with the places of a violation and the requests that show it; no secret in either."""
        outcome, details = self._outcome(one)
        if "reason" in details:
            details["reason"] = self._target.secrets.redact(details["reason"])
        return outcome, details

    def close(self, run: Run) -> None:
        """What is installed is taken away by whoever serves the application."""

    def _outcome(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        outcome, details = outcome_of(lambda: self._apply(one), self._finding)
        return self._passed() if outcome is Outcome.PASS else (outcome, details)

    def _apply(self, one: Examination) -> None:
        try:
            self._outside.survey_once()
            one.rule(self._watch, one.subject)
        except TargetGone as failure:
            raise Untested(str(failure)) from None

    def _passed(self) -> tuple[Outcome, dict[str, Any]]:
        """Nothing was seen; which says something only where all was asked that there is to ask."""
        if self._outside.gone:
            return Outcome.UNTESTED, {"reason": self._outside.gone}
        if not self._outside.whole:
            why = "part of the run was left out, and this clause holds only over all of its traffic"
            return Outcome.UNTESTED, {"reason": why}
        if not any(served.ok for served in self._watch.own):
            return Outcome.UNTESTED, {"reason": "no request of the run succeeded"}
        return Outcome.PASS, {}

    def _finding(self, violation: Violation) -> dict[str, Any]:
        shown = list(self._exchanges(violation))
        told = Violation(violation.cause, violation.expected, violation.observed, shown)
        redact = self._target.secrets.redact
        places = tuple(
            Place(one.file, one.line, redact(one.excerpt), one.note)
            for one in dict.fromkeys(violation.proof)
            if isinstance(one, Place)
        )
        return {**finding(self._target, told), "places": places}

    def _exchanges(self, violation: Violation) -> Iterator[Exchange]:
        """The requests of the proof as they stand on the tape, of several alike the last."""
        for served in violation.proof:
            if isinstance(served, Served):
                alike = [one for one in self._target.tape if _is(served, one)]
                yield from alike[-1:]

    def _tokens(self) -> Mapping[str, str]:
        known = self._target.secrets.tokens.items()
        return {
            f"{owner} {number}": token for owner, tokens in known for number, token in enumerate(tokens, 1)
        }

    def _ask_again(self, served: Served, changed: Mapping[str, str]) -> Served | None:
        """Send a GET once more as it was, but for these values of its query."""
        before = len(self._watch.requests)
        query = urlencode({**served.query, **changed})
        path = self._target.client.below(served.path)
        headers = tuple((name, value) for name, value in served.headers if name not in _DULL)
        try:
            self._target.send(Request("GET", f"{path}?{query}" if query else path, headers=headers))
        except Untested:
            return None
        later = [
            one for one in self._watch.requests[before:] if one.method == "GET" and one.path == served.path
        ]
        return later[-1] if later else None


def _is(served: Served, exchange: Exchange) -> bool:
    return (
        exchange.method == served.method
        and exchange.status == served.status
        and exchange.url.endswith(served.url)
    )
