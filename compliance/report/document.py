"""The one result document of a run. Its form is `schema.json` beside this module."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from compliance import __version__
from compliance.report.advice import fix, sections
from compliance.report.summary import findings, rows, standards

if TYPE_CHECKING:
    from compliance.catalogue import Catalogue
    from compliance.report.summary import Finding, Row
    from compliance.result import Aim, Evidence, Result, Run, Waived
    from compliance.verdict import Verdict

#: The name of the form, version included. A change that old readers cannot read gets a new number.
SCHEMA = "urn:fastapi-compliance:result:1"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the document."""
    text = (files("compliance.report") / "schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def document(run: Run, verdict: Verdict, catalogue: Catalogue) -> dict[str, Any]:
    """The run as data: every value is JSON's, and what is absent is null."""
    return {
        "schema": SCHEMA,
        "complete": run.complete,
        "started": run.started or None,
        "verdict": {"word": str(verdict.word), "exit": verdict.exit_status, "reasons": list(verdict.reasons)},
        "scope": verdict.scope,
        "target": {
            "url": run.target,
            "title": run.title or None,
            "version": run.version or None,
            "openapi": run.openapi or None,
            "operations": run.operations,
            "modules": run.modules,
            "source": run.source or None,
            "places": [
                {"subject": subject, "file": one.file, "line": one.line}
                for subject, one in run.stated.items()
            ],
        },
        "aim": _aim(run.aim),
        "standard": {"names": standards(catalogue), "clauses": len(catalogue.clauses), "kit": __version__},
        "profile": run.profile,
        "identities": [{"name": i.name, "source": i.source, "proven": i.proven} for i in run.identities],
        "requests": run.requests,
        "seconds": round(run.seconds, 3),
        "seed": run.seed,
        "gone": run.gone or None,
        "missing": list(run.missing),
        "notes": [*run.remarks, *run.notes],
        "leftovers": list(run.leftovers),
        "absent": [str(need) for need in run.absent],
        "deselected": run.deselected,
        "families": [{"id": one.family, "title": one.title} for one in catalogue.chapters],
        "rules": [_rule(row, catalogue) for row in rows(run, catalogue)],
        "findings": [_finding(one) for one in findings(run, catalogue)],
        "results": [_result(one) for one in run.results],
    }


def _aim(aim: Aim) -> dict[str, Any]:
    return {
        **{name: getattr(aim, name) or None for name in ("url", "app", "source", "package", "openapi")},
        "standards": list(aim.standards),
        "thorough": aim.thorough,
    }


def _rule(row: Row, catalogue: Catalogue) -> dict[str, Any]:
    """A rule with its clause and its own text, so that a rendering needs no catalogue."""
    rule, clause = row.rule, next((c for c in catalogue.clauses if c.id == row.rule.clause), None)
    return {
        "id": rule.id,
        "clause": rule.clause,
        "family": rule.family,
        "level": str(rule.level),
        "depth": rule.depth,
        "title": rule.title,
        "origin": clause.origin if clause else "",
        "text": clause.text if clause else "",
        **sections(rule.documentation),
        "fix": " ".join(fix(rule)),
        "mark": str(row.mark),
        "seconds": round(row.seconds, 3),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    """One cause, wherever it was seen; the first subject is the one whose result shows it with the least."""
    return {
        "rule": finding.rule.id,
        "level": str(finding.rule.level),
        "cause": finding.cause,
        "decisive": finding.decisive,
        "subjects": finding.subjects,
        "examined": finding.examined,
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "rule": result.rule.id,
        "family": result.rule.family,
        "level": str(result.level),
        "subject": result.subject,
        "outcome": str(result.outcome),
        "cause": result.cause or None,
        "expected": result.expected or None,
        "observed": result.observed or None,
        "reason": result.reason or None,
        "evidence": [_evidence(one) for one in result.evidence],
        "script": result.script or None,
        "places": [
            {
                "file": one.file,
                "line": one.line,
                "excerpt": one.excerpt or None,
                "note": one.note or None,
                "fingerprint": fingerprint,
            }
            for one, fingerprint in zip(result.places, result.fingerprints, strict=True)
        ],
        "fingerprint": result.fingerprint if result.cause else None,
        "waiver": _waiver(result.waiver) if result.waiver else None,
        "known": result.known,
    }


def _waiver(waived: Waived) -> dict[str, Any]:
    return {
        "reason": waived.reason,
        "owner": waived.owner,
        "expires": waived.expires,
        "days": waived.days,
        "ticket": waived.ticket or None,
        "approved_by": waived.approved_by or None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "actor": evidence.actor,
        "method": evidence.method,
        "url": evidence.url,
        "request_headers": [list(pair) for pair in evidence.request_headers],
        "request_body": evidence.request_body,
        "status": evidence.status,
        "response_headers": [list(pair) for pair in evidence.response_headers],
        "response_body": evidence.response_body,
    }
