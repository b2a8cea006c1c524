"""Writes that are refused, and what they leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Resource
from compliance.contract.subjects import owned_resources, written_resources
from compliance.target.biography import biography, is_done, state_of
from compliance.target.births import is_key, key_in, texts
from compliance.target.ledger import Row
from compliance.target.listing import whole
from compliance.target.reach import Target
from compliance.target.spoiling import Spoilt, spoilt
from compliance.target.tape import Exchange
from compliance.target.tidying import alike
from compliance.target.trials import Trial, trials


@rule(
    "RES-008",
    "A null does not empty a required field",
    level=Level.MUST,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def null_empties_no_required_field(target: Target, resource: Resource) -> None:
    """
    Why: a null where none can be makes every later reader of the object fail.

    Breaks: `name: str | None = None` in the schema of the update, and `exclude_unset=True`, which keeps a null

    Conforms: `name: str = Field(default_factory=lambda: None)`, or a validator that refuses null
    """
    emptied = [trial for trial in trials(target, resource) if trial.emptying]
    if not emptied:
        raise NotApplicable("no update takes a field that the document never shows as null")
    for trial in emptied:
        if trial.look is not None and not trial.refused and _is_empty(trial, trial.look):
            raise Violation(
                "null empties a required field",
                f"a refusal, or {trial.wrong.field} as it was",
                f"{trial.look.status}, {trial.wrong.field} is null"
                if trial.look.ok
                else str(trial.look.status),
                [trial.before.look, trial.answer, trial.look],
            )


@rule(
    "RES-009",
    "A refused write changes nothing",
    level=Level.MUST,
    subjects=written_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def refused_write_changes_nothing(target: Target, resource: Resource) -> None:
    """
    Why: whoever is told that it failed tries again, and then there are two, or half of one.

    Breaks: `await session.commit()` after each step, or in a `finally`

    Conforms: one transaction a request, rolled back by every exception
    """
    doubts = []
    for judge in (_refused_updates_have_no_effect, _refused_creates_leave_nothing):
        try:
            judge(target, resource)
        except Untested as doubt:
            doubts.append(str(doubt))
    if len(doubts) > 1:
        raise Untested("; ".join(doubts))


def _is_empty(trial: Trial, look: Exchange) -> bool:
    """Whether the field is null after the null that was sent, or nobody can read the object any more."""
    try:
        return state_of(look).own.get(trial.wrong.field) is None
    except Untested:
        return look.status >= 500


def _refused_updates_have_no_effect(target: Target, resource: Resource) -> None:
    if resource.read is None or not resource.updates:
        raise Untested("nothing is updated that could be read back")
    found = trials(target, resource)
    refused = [trial for trial in found if trial.refused and trial.look is not None]
    if not refused:
        raise Untested("no update was refused, whatever was wrong with it")
    for trial in refused:
        if trial.look is None:
            continue
        before, after = trial.before.own, state_of(trial.look).own
        done = [other for other in found if other.look is trial.look and not other.refused]
        allowed = {name for other in done for name in (*other.wrong.sent, other.wrong.field)}
        allowed |= biography(target, resource).restless
        for name in {**trial.wrong.sent, trial.wrong.field: None}.keys() - allowed:
            if name in before and name in after and before[name] != after[name]:
                guilty = _guilty(refused, trial, name, after[name])
                raise Violation(
                    "a refused update has an effect",
                    f"{name} as it was",
                    f"another {name} after {guilty.answer.status}",
                    [trial.before.look, guilty.answer, trial.look],
                )


def _guilty(refused: Sequence[Trial], trial: Trial, name: str, value: object) -> Trial:
    """Of the refused updates before one look that which sent what is read there, else the one that was asked about."""
    sent = (one for one in refused if one.look is trial.look and alike(one.wrong.sent.get(name), value))
    return next(sent, trial)


def _refused_creates_leave_nothing(target: Target, resource: Resource) -> None:
    if resource.create is None or resource.listing is None:
        raise Untested("nothing lists what is created")
    confirmed = target.confirmed(resource)
    confirmed.must("create", "list")
    sample = confirmed.created
    maker = target.alice if resource is target.contract.accounts else target.actors[sample.exchange.actor]
    values = target.path_values(resource.create, maker)
    refused: list[tuple[Spoilt, Exchange]] = []
    for number in range(4):
        # Each has texts of its own, so that whatever is left tells which one left it.
        how = target.body(resource.create, actor=maker)
        if not isinstance(how.get("json"), dict):
            raise Untested(f"{resource.create.label} takes no object as its body")
        wrongs = list(spoilt(target, resource.create, how, sample))
        if number < len(wrongs):
            answer = target.call(resource.create, maker, values, **wrongs[number].how)
            target.rows.spare(answer)
            if not is_done(answer):
                refused.append((wrongs[number], answer))
    if not refused:
        raise Untested("no create was refused, whatever was wrong with it")
    _must_not_be_listed(target, resource, refused)


def _must_not_be_listed(
    target: Target, resource: Resource, refused: Sequence[tuple[Spoilt, Exchange]]
) -> None:
    if resource.listing is None:
        return
    sample = target.confirmed(resource).created
    viewer = target.alice if sample.row.account else sample.owner
    items, complete = whole(target, resource.listing, viewer)
    look = target.tape.exchanges[-1]
    for wrong, answer in refused:
        sent = texts(dict(wrong.sent), target.tag)
        left = [item for item in items if sent & texts(item, target.tag)]
        if not left:
            continue
        for item in left:
            _enter(target, resource, item, answer)
        raise Violation(
            "a refused create leaves an object",
            "a list without it",
            f"it is listed, after {answer.status}",
            [answer, look],
        )
    known = texts(sample.sent, target.tag)
    if not complete or not any(known & texts(item, target.tag) for item in items):
        raise Untested(f"{look}: the list does not show all that was created")


def _enter(target: Target, resource: Resource, item: object, answer: Exchange) -> None:
    """Note what a refused create left behind, so that it is deleted with the rest."""
    key = key_in(item, resource)
    with suppress(KeyError):
        owner = target.actors[answer.actor]
        if is_key(key) and resource.parameter:
            target.ledger.add(
                Row(resource, {resource.parameter: key}, owner, answer, deletion=resource.delete)
            )
