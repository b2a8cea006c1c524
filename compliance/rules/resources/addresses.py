"""Where objects are, and where none is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Resource
from compliance.contract.subjects import created_resources, creates
from compliance.target.births import answered, key_in
from compliance.target.confirmation import Confirmation, absent_like, shows
from compliance.target.denials import is_client_error, may_deny
from compliance.target.locating import located, place_of
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: The refusals of what is no id at all.
_MALFORMED = (400, 422)


@rule(
    "RES-004",
    "A create points to the new object",
    level=Level.SHOULD,
    subjects=creates,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def create_points_to_the_object(target: Target, create: Operation) -> None:
    """
    Why: a client that is told the address need not know how addresses are built.

    Breaks: `status_code=201` alone; or `f"/products/{product.id}"` without the prefix of the API

    Conforms: `response.headers["Location"] = request.app.url_path_for("get_product", product_id=product.id)`
    """
    resource = target.contract.resource_of(create)
    if resource is None:
        raise NotApplicable("the operation creates nothing that has a place")
    confirmed = target.confirmed(resource)
    confirmed.must("create")
    created = confirmed.created
    answer = created.exchange
    if answer.operation != create.label:  # an account, which anyone got elsewhere
        raise NotApplicable("accounts are made elsewhere, which is judged there")
    location = answer.header("location")
    if answer.status == 202:
        raise NotApplicable("the work is done later, and a Location may name what watches it")
    if not location and resource.read is None:
        raise NotApplicable("nothing reads a single object, so that there is nothing to point to")
    if not location:
        raise Violation("a create without Location", "the header Location", "no such header", [answer])
    look = located(target, created, location)
    proof = [answer, look]
    if look.status in (404, 405, 410):
        raise Violation("Location leads nowhere", "the new object", str(look.status), proof)
    if not look.ok:
        raise Untested(f"{look}: nobody may look at what Location names")
    if place_of(target, answer, location).rstrip("/") == target.client.below(answer.url).rstrip("/"):
        raise Violation("Location names the collection", "the new object", location, proof)
    if not shows(target, answered(look), created):
        confirmed.must("read")
        raise Violation("Location leads to something else", "the new object", "another one", proof)


@rule(
    "RES-022",
    "An identifier without an object finds nothing",
    level=Level.SHOULD,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def absent_is_not_found(target: Target, resource: Resource) -> None:
    """
    Why: a client believes a success, and works on with nothing.

    Breaks: `return await repository.get(product_id)`, which is null where there is none

    Conforms: `if product is None: raise NotFoundException(...)`, and `product_id: int` in the path
    """
    confirmed = target.confirmed(resource)
    confirmed.must("create", "read")
    known = confirmed.created.identifier
    absent = _read(target, resource, confirmed, absent_like(known))
    if absent.ok:
        raise Violation(
            "an absent object is answered with success", "404", _shown(absent), [*_control(confirmed), absent]
        )
    if absent.forbidden or absent.status >= 500 or 300 <= absent.status < 400:
        raise Untested(f"{absent}: neither there nor absent")
    if absent.status in _MALFORMED and not _is_well_known(known):
        raise Untested(f"{absent}: it may not be an id of the kind that this service has")
    if absent.status not in (404, 410):
        raise Violation(
            "an absent object is not answered 404", "404", str(absent.status), [*_control(confirmed), absent]
        )
    for impossible in _impossible(known):
        answer = _read(target, resource, confirmed, impossible)
        if answer.ok and not may_deny(answer) and not _is_its_own(answer, resource, impossible):
            raise Violation(
                "an impossible identifier finds something",
                "400, 404 or 422",
                f"{_shown(answer)} for {impossible}",
                [*_control(confirmed), answer],
            )
        if not answer.ok and not is_client_error(answer):
            raise Untested(f"{answer}: neither an answer nor a refusal")


def _is_well_known(known: Any) -> bool:
    """Whether an id is of a kind of which anybody can think of another: a number, or a UUID."""
    try:
        return str(known).lstrip("-").isdecimal() or bool(UUID(str(known)))
    except ValueError:
        return False


def _impossible(known: Any) -> Iterator[str]:
    """What no object of that kind is called; the fragment begins with an id that there is."""
    if str(known).lstrip("-").isdecimal():
        yield from ("0", "not-an-id")
    if str(known).isdecimal() and int(known):
        yield f"-{known}"
    yield f"{known} OR 1=1"
    yield f"{known}' OR '1'='1"


def _read(target: Target, resource: Resource, confirmed: Confirmation, value: Any) -> Exchange:
    """Whoever owns the sample, or the administrator where owners see only their own, reads another identifier."""
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    owner, created = confirmed.created.owner, confirmed.created
    values = target.path_values(resource.read, owner, created)
    values = {**values, resource.read.path_parameters[-1]: value}
    answer = target.call(resource.read, owner, values)
    if answer.forbidden and not target.lacks(Need.ADMIN):
        return target.call(resource.read, target.admin, values)
    return answer


def _is_its_own(answer: Exchange, resource: Resource, asked: str) -> bool:
    """Whether the object that was found is called just that."""
    return str(key_in(answered(answer), resource)) == asked


def _shown(answer: Exchange) -> str:
    return f"{answer.status} with {'nothing' if not answered(answer) else 'an answer'}"


def _control(confirmed: Confirmation) -> list[Exchange]:
    return [confirmed.look] if confirmed.look is not None else []
