"""Updates on a condition."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Resource
from compliance.contract.subjects import owned_resources
from compliance.target.biography import biography
from compliance.target.reach import Target


@rule(
    "RES-020",
    "A stale precondition is refused",
    level=Level.SHOULD,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def stale_precondition_is_refused(target: Target, resource: Resource) -> None:
    """
    Why: who sends the tag of what it read asks not to overwrite what somebody else wrote meanwhile.

    Breaks: an `ETag` for caches, and an update that never looks at `If-Match`

    Conforms: `if if_match not in (None, "*", page.tag): raise HTTPException(412)`
    """
    life = biography(target, resource)
    tag = life.at_rest[0].look.header("etag")
    if tag is None:
        raise NotApplicable("the service sends no entity tag")
    if tag.startswith("W/"):
        raise NotApplicable("the entity tag is weak, which is for caches only")
    for update in dict.fromkeys(change.update for change in life.changes if change.effective):
        before = life.look()
        stale = before.look.header("etag")
        control = life.changed_once(update, before, stale or "")
        if stale is None or not control.effective:
            raise Untested(f"{control.answer}: an update with the present tag does not succeed")
        if control.after.look.header("etag") == stale:
            raise Untested(f"{control.after.look}: the tag is the same after a change")
        attack = life.changed_once(update, control.after, stale)
        seen = attack.after if attack.accepted else life.look()
        proof = [before.look, control.answer, attack.answer, seen.look]
        if seen.plain.get(attack.field) != control.after.plain.get(attack.field):
            raise Violation(
                "a stale tag does not keep an update from its effect",
                "412, and nothing changed",
                f"{attack.answer.status}, and another {attack.field}",
                proof,
            )
        if attack.answer.status != 412:
            raise Violation("a stale tag is not answered 412", "412", str(attack.answer.status), proof[:3])
    if not any(change.effective for change in life.changes):
        raise Untested("; ".join(life.reasons))
