"""What of a create comes back, and what of it has no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.fields import body_fields
from compliance.contract.inputs import inputs_of
from compliance.contract.model import FieldPath, Operation, Resource
from compliance.contract.paths import normal
from compliance.contract.subjects import creates
from compliance.target.biography import biography, is_done, settable
from compliance.target.births import own_fields
from compliance.target.confirmation import Confirmation, absent_like
from compliance.target.moments import is_created, moment
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tidying import comes_back, is_told, unwrapped

#: A moment at which no service made anything for this run.
_LONG_AGO = "2001-02-03T04:05:06Z"
#: How far the number that is sent as an id lies behind the one that is looked for in vain: databases count on from it.
_BEYOND = 10_000


@rule(
    "RES-005",
    "What was sent comes back",
    level=Level.SHOULD,
    subjects=creates,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def what_was_sent_comes_back(target: Target, create: Operation) -> None:
    """
    Why: a field that is taken and lost is missed when nobody has it any more.

    Breaks: a float for an amount, a column in Latin-1, a field that the service forgets to pass on

    Conforms: `Numeric(10, 2)` and `Decimal`, text as Unicode; trimmed or in lower case if need be
    """
    resource = target.contract.resource_of(create)
    if resource is None or create.body is None:
        raise NotApplicable("the operation creates nothing that has a place")
    life = biography(target, resource)
    made = life.born
    answer = made.exchange
    shown, proof = own_fields(answer.value), [answer]
    if not _judged(target, create, made.sent, shown) and resource.read is not None:
        state = life.at_rest[0]
        shown, proof = dict(state.own), [answer, state.look]
    judged = _judged(target, create, made.sent, shown)
    if not judged:
        raise Untested(f"{answer}: nothing of what was sent is shown as it could be told")
    lost = [name for name, came_back in judged.items() if not came_back]
    if lost:
        raise Violation(
            "what was sent does not come back", "the values sent", f"another {', '.join(lost)}", proof
        )


@rule(
    "RES-021",
    "Fields that the service sets cannot be sent",
    level=Level.SHOULD,
    subjects=creates,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def fields_of_the_service_cannot_be_sent(target: Target, create: Operation) -> None:
    """
    Why: a client that chooses identifiers or times takes those of others, or falsifies the order of things.

    Breaks: `Product(**await request.json())`

    Conforms: a schema of its own for what is sent, without `id` and `created_at`, and `extra="forbid"`
    """
    resource = target.contract.resource_of(create)
    if resource is None or create.body is None:
        raise NotApplicable("the operation creates nothing that has a place")
    confirmed = target.confirmed(resource)
    confirmed.must("create")
    chosen = dict(_chosen(target, resource, create, confirmed))
    if not chosen:
        raise NotApplicable("the document offers the fields that the service sets, or shows none")
    for path, value in chosen.items():
        answer = _sent_with(target, create, confirmed, path, value)
        if not is_done(answer):
            if answer.status >= 500:
                raise Untested(f"{answer}: neither taken nor refused")
            continue
        shown = own_fields(answer.value).get(path[-1])
        if _is_the_same(shown, value):
            raise Violation(
                f"a client sets the {'time of creation' if is_created(path[-1]) else 'identifier'}",
                f"a {path[-1]} of the service's own",
                str(shown),
                [confirmed.created.exchange, answer],
            )


def _judged(target: Target, create: Operation, sent: Any, shown: Mapping[str, Any]) -> dict[str, bool]:
    """The fields of a create that an answer shows and nobody has a reason to change, and whether each came back."""
    resolver = target.contract.resolver
    fields = {one.path[-1]: one for one in inputs_of(create, resolver)}
    schemas = {path[-1]: schema for path, schema in body_fields(resolver, create.body)}
    found = {}
    for name, value in unwrapped(sent).items():
        field = fields.get(name)
        if field is None or name not in shown or field.privileged or field.owner or field.secret:
            continue
        if shown[name] is None and not (field.required or is_told(value, target.tag)):
            continue  # what may be left out may be for others to set
        if is_told(value, target.tag) or field.required:
            came_back = comes_back(name, value, shown[name], schemas[name])
            if came_back is not None:
                found[name] = came_back
    return found


def _chosen(
    target: Target, resource: Resource, create: Operation, confirmed: Confirmation
) -> Iterator[tuple[FieldPath, Any]]:
    """The fields of an object that the service sets and no create offers, where the body would have them, with values."""
    # Where the create does not tell them, nobody knows what it made of those that were sent.
    shown = own_fields(confirmed.created.exchange.value)
    offered = {normal(name) for name in settable(target, create)}
    if not offered:
        return
    above = next(path[:-1] for path in _leaves(target, create))
    key = _key(resource)
    if key in shown and normal(key) not in offered and str(shown[key]) == str(confirmed.created.identifier):
        yield (*above, key), _unused(shown[key])
    for name in shown:
        if is_created(name) and normal(name) not in offered and moment(shown[name]):
            yield (*above, name), _LONG_AGO


def _unused(known: Any) -> Any:
    """An id that nobody has, and that leaves those free by which others look for what is not there."""
    value = absent_like(known)
    number = value + _BEYOND if isinstance(value, int) else value
    return number if isinstance(known, int) else str(number)


def _key(resource: Resource) -> str:
    return resource.identifier[-1] if resource.identifier else "id"


def _leaves(target: Target, create: Operation) -> list[FieldPath]:
    """The ways to the fields of a body, without those to objects that hold further ones."""
    paths = [path for path, _ in body_fields(target.contract.resolver, create.body)]
    return [path for path in paths if path not in {other[:-1] for other in paths}]


def _sent_with(
    target: Target, create: Operation, confirmed: Confirmation, path: FieldPath, value: Any
) -> Exchange:
    """A create that is right but for one field too many."""
    sample = confirmed.created
    resource = sample.row.resource
    maker = target.alice if resource is target.contract.accounts else target.actors[sample.exchange.actor]
    values = target.path_values(create, maker)
    answer = target.call(create, maker, values, **target.body(create, {path: value}, actor=maker))
    target.rows.spare(answer)
    return answer


def _is_the_same(shown: Any, value: Any) -> bool:
    if shown is None:
        return False
    one, other = moment(shown), moment(value)
    return one == other if one and other else str(shown) == str(value)
