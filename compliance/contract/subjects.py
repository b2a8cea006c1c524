"""Selectors: from the contract to the subjects of a rule. They read the document alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.openly import for_strangers
from compliance.contract.selecting import chosen_by, filters_of, search_of
from compliance.contract.sorting import sorts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.contract.model import Contract, ListOperation, Operation, Resource, Service


def service(contract: Contract) -> Iterable[Service]:
    """The service as a whole."""
    return [contract.service]


def guarding_services(contract: Contract) -> Iterable[Service]:
    """The service, where it asks for credentials anywhere, as far as the document says."""
    guards = any(operation.guarded for operation in contract.operations) or contract.logins or contract.me
    return [contract.service] if guards else []


def operations(contract: Contract) -> Iterable[Operation]:
    """Every operation."""
    return contract.operations


def lists(contract: Contract) -> Iterable[ListOperation]:
    """Operations that answer a list."""
    return contract.lists


def paged_lists(contract: Contract) -> Iterable[ListOperation]:
    """Lists that take paging parameters."""
    return [listing for listing in contract.lists if listing.style != "none"]


def searched_lists(contract: Contract) -> Iterable[ListOperation]:
    """Lists that can be searched."""
    return [listing for listing in contract.lists if search_of(contract, listing)]


def filtered_lists(contract: Contract) -> Iterable[ListOperation]:
    """Lists that can be filtered."""
    return [listing for listing in contract.lists if filters_of(contract, listing)]


def sorted_lists(contract: Contract) -> Iterable[ListOperation]:
    """Lists that can be sorted."""
    return [listing for listing in contract.lists if sorts_of(contract, listing)]


def found_by_values(contract: Contract) -> Iterable[Operation]:
    """What finds rows by a value that a client writes: lists that select or sort by one, reads by the last of their path."""
    lists = [listing.operation for listing in contract.lists if chosen_by(listing)]
    reads = [one.read for one in contract.resources if one.create and one.read and one.read.path_parameters]
    return [operation for operation in contract.operations if operation in lists or operation in reads]


def guarded(contract: Contract) -> Iterable[Operation]:
    """Operations that declare credentials, and "me", which has no meaning without them; not what is for strangers."""
    declared = [o for o in contract.operations if o.guarded and not for_strangers(contract, o)]
    return [o for o in contract.operations if o in declared or (o is contract.me and o.guarded is None)]


def registration(contract: Contract) -> Iterable[Operation]:
    """The registration, where there is one."""
    return [contract.registration.operation] if contract.registration else []


def login(contract: Contract) -> Iterable[Operation]:
    """The login, where there is one."""
    return [contract.login.operation] if contract.login else []


def creates(contract: Contract) -> Iterable[Operation]:
    """Operations that create a row."""
    return [resource.create for resource in contract.resources if resource.create]


def created_resources(contract: Contract) -> Iterable[Resource]:
    """Resources that can be created and read back."""
    return [r for r in contract.resources if r.create and r.read]


def owned_resources(contract: Contract) -> Iterable[Resource]:
    """Resources that can be created, read back and changed."""
    return [r for r in contract.resources if r.create and r.read and r.updates]


def written_resources(contract: Contract) -> Iterable[Resource]:
    """Resources that can be created, and seen: listed, or read back after an update."""
    return [r for r in contract.resources if r.create and (r.listing or (r.read and r.updates))]


def deletable_resources(contract: Contract) -> Iterable[Resource]:
    """Resources that can be created, read back and deleted."""
    return [r for r in contract.resources if r.create and r.read and r.delete]
