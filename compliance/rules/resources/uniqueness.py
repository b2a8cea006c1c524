"""Values that only one row may have: taken one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Contract, FieldPath, Operation, Resource
from compliance.contract.subjects import registration
from compliance.target.actors import at
from compliance.target.duplicates import Duplicate, duplicate, second_account
from compliance.target.reach import Target


def resources_with_unique_values(contract: Contract) -> Iterable[Resource | Operation]:
    """Accounts, and what has a value of which the document says or suggests that only one row has it.

    Accounts that nobody reads by an id are no resource; then the registration stands for them.
    """
    return [
        *(registration(contract) if contract.accounts is None else ()),
        *_resources_with_unique_values(contract),
    ]


def _resources_with_unique_values(contract: Contract) -> list[Resource]:
    return [
        resource
        for resource in contract.resources
        if resource.create
        and (
            resource is contract.accounts
            or any("unique" in one.reasons for one in inputs_of(resource.create, contract.resolver))
        )
    ]


@rule(
    "RES-012",
    "A unique value cannot be taken twice",
    level=Level.MUST,
    subjects=resources_with_unique_values,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def unique_values_are_taken_once(target: Target, resource: Resource | Operation) -> None:
    """
    Why: two accounts with one address share a login by accident.

    Breaks: `email: Mapped[str]` without `unique=True`, and no look before the insert

    Conforms: a unique constraint, and `ConflictException` where it strikes
    """
    found = duplicate(target, resource)
    if found.made:
        _refuse_it(found, "a unique value was taken twice")
    if not found.is_refused and not found.again.ok:
        raise Untested(f"{found.again}: neither a second object nor a refusal")


@rule(
    "RES-013",
    "A duplicate is answered 409",
    level=Level.SHOULD,
    subjects=resources_with_unique_values,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def duplicates_are_conflicts(target: Target, resource: Resource | Operation) -> None:
    """
    Why: by its status a client tells "already taken" from "malformed", and asks for another name.

    Breaks: `raise HTTPException(400, "Email already registered")`

    Conforms: `raise ConflictException("Email already registered")`, which a handler renders as 409
    """
    found = duplicate(target, resource)
    if found.again.ok:
        raise NotApplicable("the second create is not refused")
    if found.again.status != 409:
        raise Violation(
            "a duplicate is not answered 409",
            "409",
            f"{found.again.status} for {found.field}",
            [found.first, found.again],
        )


@rule(
    "RES-014",
    "An e-mail address is unique whatever its letter case",
    level=Level.SHOULD,
    subjects=registration,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def addresses_are_unique_in_any_case(target: Target, _: Operation) -> None:
    """
    Why: nobody tells Alice@ from alice@, and the second account belongs to somebody confused or to an impostor.

    Breaks: `select(User).where(User.email == data.email)`

    Conforms: `email=data.email.lower()` on the way in
    """
    way = _address(target)
    found = target.memory.once(
        ("duplicate", "in capitals"), lambda: second_account(target, _in_capitals, way)
    )
    if found.made and _may_be_shared(target, way):
        raise NotApplicable("two accounts may have one e-mail address")
    if found.made:
        _refuse_it(found, "an address in capital letters is another account")
    if not found.is_refused and not found.again.ok:
        raise Untested(f"{found.again}: neither a second account nor a refusal")


def _address(target: Target) -> FieldPath:
    """The field of a registration with the e-mail address by which its account is known; others may hold a name."""
    first = target.memory.once("trent", lambda: target.account("trent"))
    door = target.contract.registration
    for way in (door.identifier, *door.identifiers) if door else ():
        if "@" in str(at(first.sent, way)):
            return way
    raise NotApplicable("accounts are not known by an e-mail address")


def _may_be_shared(target: Target, way: FieldPath) -> bool:
    """Whether a second account is made with the very address of the first, which is beside its name then."""
    door = target.contract.registration
    beside = door is not None and way != door.identifier
    return beside and second_account(target, lambda name: name, way).made


def _in_capitals(address: str) -> str:
    """The part before the at sign in the other case; the domain has none by its own standard."""
    name, _, domain = address.rpartition("@")
    return f"{name.upper() if name != name.upper() else name.lower()}@{domain}"


def _refuse_it(found: Duplicate, cause: str) -> None:
    raise Violation(cause, "a refusal", f"{found.again.status} for {found.field}", [found.first, found.again])
