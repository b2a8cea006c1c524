"""JUnit XML, as Jenkins and GitLab read it: a suite a family, a test case a rule and subject.

What fails here is what decides the verdict. A MUST that was not examined is skipped with its reason and no error: many a
run may lack an administrator or the source and be compliant all the same. Where that does matter the verdict is
inconclusive, and says so as a test case of its own that is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as Xml

from compliance.report.plain import block, line
from compliance.report.view import FindingView, Report, ResultView

Attributes = dict[str, str]
#: What a result is part of, by its identity.
Found = dict[int, FindingView]


def render(report: Report) -> str:
    found = _found(report)
    suites = [_suite(report, family, title, found) for family, title in _families(report).items()]
    if report.word == "inconclusive":
        suites.insert(0, _doubt(report))
    root = Xml.Element("testsuites", {"name": line(f"compliance of {report.name}"), **_sums(suites)})
    root.extend(suites)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _families(report: Report) -> dict[str, str]:
    """The families that the run has anything of."""
    present = {result.rule.family for result in report.results}
    ordered = [*report.families, *sorted(present - set(report.families))]
    return {family: report.families.get(family, family) for family in ordered if family in present}


def _found(report: Report) -> Found:
    return {id(result): finding for finding in report.findings for result in finding.results}


def _suite(report: Report, family: str, title: str, found: Found) -> Xml.Element:
    mine = [result for result in report.results if result.rule.family == family]
    cases = [
        _case(result, name, found.get(id(result))) for result, name in zip(mine, _names(mine), strict=True)
    ]
    seconds = sum(rule.seconds for rule in report.rules.values() if rule.family == family)
    return _suite_of(report, title, cases, package=family, time=f"{seconds:.3f}")


def _suite_of(report: Report, name: str, cases: list[Xml.Element], **more: str) -> Xml.Element:
    facts = {"timestamp": report.started.removesuffix("Z").partition("+")[0]} if report.started else {}
    suite = Xml.Element("testsuite", {"name": line(name), **_counts(cases), **facts, **more})
    told = {"verdict": report.word, "scope": report.scope, "target": report.url, "kit": report.kit}
    properties = Xml.SubElement(suite, "properties")
    for key, value in told.items():
        Xml.SubElement(properties, "property", name=key, value=line(value))
    suite.extend(cases)
    return suite


def _doubt(report: Report) -> Xml.Element:
    """The verdict itself, where nothing failed and yet nothing is concluded."""
    case = Xml.Element("testcase", name=report.word, classname="verdict")
    reasons = report.reasons or ["nothing could be concluded"]
    Xml.SubElement(case, "error", type="inconclusive", message=line("; ".join(reasons))).text = block(
        "\n".join((*reasons, report.scope))
    )
    return _suite_of(report, "Verdict", [case])


def _names(results: Iterable[ResultView]) -> Iterator[str]:
    """The subject of each, and beside it what sets those apart that share a rule and a subject: excused parts of one violation."""
    seen: Counter[tuple[str, str]] = Counter()
    for result in results:
        name = result.subject
        if seen[result.rule.id, name]:
            name += " (known before)" if result.known else f" ({result.outcome})"
        seen[result.rule.id, name] += 1
        again = seen[result.rule.id, name]
        yield name if again == 1 else f"{name} {again}"


def _case(result: ResultView, name: str, finding: FindingView | None) -> Xml.Element:
    is_exemplar = finding is not None and result is finding.exemplar
    case = Xml.Element("testcase", name=line(name), classname=result.rule.id)
    if finding and finding.decisive:
        how = {"type": result.rule.level, "message": line(result.cause)}
        Xml.SubElement(case, "failure", how).text = _told(result, is_exemplar)
    elif result.outcome == "violation":
        weight = f"{result.rule.level} broken, which does not decide the verdict: {line(result.cause)}"
        Xml.SubElement(case, "system-out").text = f"{weight}\n{_told(result, is_exemplar)}"
    elif result.outcome == "error":
        Xml.SubElement(case, "error", type="kit error", message=line(result.reason)).text = block(
            result.reason
        )
    elif result.outcome != "pass":
        message = f"{result.outcome.replace('-', ' ')}: {result.reason}"
        Xml.SubElement(case, "skipped", type=result.outcome, message=line(message))
    return case


def _told(result: ResultView, is_exemplar: bool) -> str:
    """Expected, observed, where, fix; the script once a finding, on the subject that shows it with the least."""
    rule = result.rule
    parts = [
        f"{rule.id} {rule.title}",
        f"expected  {line(result.expected)}",
        f"observed  {line(result.observed)}",
        *(f"at        {line(f'{place} {place.excerpt}'.strip())}" for place in result.places),
        f"fix       {line(rule.fix)}" if rule.fix else "",
        f"more      compliance explain {rule.clause}",
        f"\n{block(result.script)}" if is_exemplar and result.script else "",
    ]
    return "\n".join(filter(None, parts))


def _counts(cases: list[Xml.Element]) -> Attributes:
    def number(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    return {
        "tests": str(len(cases)),
        "failures": number("failure"),
        "errors": number("error"),
        "skipped": number("skipped"),
    }


def _sums(suites: Iterable[Xml.Element]) -> Attributes:
    every = list(suites)
    return {name: str(sum(int(s.attrib[name]) for s in every)) for name in ("tests", "failures", "errors")}
