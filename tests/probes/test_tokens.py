"""What the recommendations say of odd tokens, of which the law of the probes does not speak."""

from __future__ import annotations

import dataclasses
import functools

import pytest

from compliance.result import Run
from tests.probes import tokens
from tests.probes.service import Service
from tests.probes.test_probes import judge
from tests.twins import judge_twin

judged = functools.cache(judge)


def outcomes(run: Run, name: str) -> set[str]:
    return {str(result.outcome) for result in run.results if result.rule.id == name}


@pytest.mark.parametrize(
    ("probe", "name", "expected"),
    [
        (tokens.OneHeaderOnly, "AUT-018", "pass"),
        (tokens.AudienceAndIssuer, "AUT-018", "violation"),
        (tokens.StrictQuery, "AUT-019", "pass"),
        (tokens.AudienceAndIssuer, "AUT-008", "pass"),
        (tokens.SeveralAudiences, "AUT-008", "pass"),
        (tokens.NumberForASubject, "AUT-015", "violation"),
        (tokens.UserInside, "AUT-015", "violation"),
        (tokens.OpenEnded, "AUT-014", "not-applicable"),
        (tokens.OpenEnded, "AUT-015", "violation"),
        (tokens.AudienceAndIssuer, "AUT-014", "violation"),
        (tokens.AudienceAndIssuer, "AUT-015", "pass"),
        (tokens.LongSignature, "AUT-003", "pass"),
        (tokens.KeyInBase64, "AUT-003", "pass"),
        (tokens.KnownWord, "AUT-003", "pass"),
        (tokens.KnownWord, "AUT-009", "pass"),
    ],
)
def test_a_clause_says_of_an_odd_token(probe: type[Service], name: str, expected: str) -> None:
    assert outcomes(judged(probe), name) == {expected}


def test_a_token_in_the_query_opens_nothing_that_is_open_to_all() -> None:
    results = [one for one in judged(tokens.WelcomesStrangers).results if one.rule.id == "AUT-019"]
    assert {one.subject: str(one.outcome) for one in results} == {
        "GET /notes": "untested",
        "GET /notes/{note_id}": "untested",
        "GET /users/me": "pass",
    }


@pytest.mark.parametrize("probe", [tokens.KnownWord, tokens.NamedAfterItself, tokens.PasswordInside])
def test_a_found_secret_is_not_shown(probe: type[tokens.Token]) -> None:
    run = judged(probe)
    shown = repr([dataclasses.replace(result, rule=None) for result in run.results])  # type: ignore[arg-type]
    assert "violation" in shown
    assert probe.key not in shown


def test_what_is_inside_of_signed_tokens_does_not_concern_opaque_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from compliance.catalogue import load

    inside = {"AUT-003", "AUT-008", "AUT-009", "AUT-012", "AUT-013", "AUT-014", "AUT-015", "SEC-007"}
    run = judge_twin("limit_offset", load())
    assert {name for name in inside if outcomes(run, name) == {"not-applicable"}} == inside
