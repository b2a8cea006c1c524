"""What can be told of a clause without a run: its text, how it is examined, how to waive it, where its page is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Phase
from compliance.report.advice import sections
from compliance.standard import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.catalogue import Catalogue, Need, Rule
    from compliance.standard import Clause

#: The folder of the pages, one a chapter. An id never changes, and so neither does the place of a clause.
PAGES = "docs/rules"
#: How a rule works, by when its turn comes.
_OUTSIDE = {
    Phase.HANDSHAKE: "from the document and the first requests, before all others",
    Phase.READ: "with requests that change nothing",
    Phase.WRITE: "by writing rows of its own, which it deletes at the end",
    Phase.ENGINE: "with generated traffic",
    Phase.DESTRUCTIVE: "with traffic that may hurt, after all others",
    Phase.TAPE: "over all requests of the run, whoever sent them; it sends none",
}
_ELSEWHERE = {
    "source": "by reading the code; nothing of it is run",
    "inside": "by watching the application while the other rules use it",
}


def page(clause: str) -> str:
    """The place of a clause in the pages, `docs/rules/PAG.md#pag-003`."""
    return f"{PAGES}/{clause.partition('-')[0]}.md#{clause.lower()}"


def told(clause: Clause, catalogue: Catalogue, rules: Iterable[Rule] | None = None) -> dict[str, Any]:
    """A clause and its rules as data, all of them unless some are chosen; what is absent is null."""
    chapter = next(one for one in catalogue.chapters if one.family == clause.family)
    return {
        "id": clause.id,
        "family": clause.family,
        "chapter": chapter.title,
        "level": clause.level,
        "title": clause.title,
        "origin": clause.origin,
        "text": clause.text,
        # The pages are about the kit's own standard.
        "page": page(clause.id) if clause in _ours() else None,
        "unruled": catalogue.unruled.get(clause.id),
        "rules": [_rule(one) for one in (rules_of(clause, catalogue) if rules is None else rules)],
    }


def rules_of(clause: Clause, catalogue: Catalogue) -> list[Rule]:
    return [one for one in catalogue.rules if one.clause == clause.id]


@cache
def _ours() -> frozenset[Clause]:
    return frozenset(clause for chapter in read().chapters for clause in chapter.clauses)


def name_of(need: Need) -> str:
    """`signing-key`: how a person names a capability."""
    return need.name.lower().replace("_", "-")


def subjects_of(rule: Rule) -> str:
    """What a rule is applied to, in the words of whatever chooses it."""
    text = (rule.subjects.__doc__ or rule.subjects.__name__.replace("_", " ")).strip()
    return text.partition("\n")[0].rstrip(".")


def way_of(rule: Rule) -> str:
    """How a rule goes about it."""
    return _OUTSIDE[rule.phase] if rule.depth == "outside" else _ELSEWHERE[rule.depth]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "depth": rule.depth,
        "phase": rule.phase.name.lower(),
        "way": way_of(rule),
        "subjects": subjects_of(rule),
        "needs": [{"name": name_of(need), "words": need.value} for need in sorted(rule.needs)],
        **sections(rule.documentation),
    }
