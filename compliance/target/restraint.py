"""The GETs that are kept back: what changes things by its name, and whose loss a mistake would be."""

from __future__ import annotations

from compliance.catalogue import Untested
from compliance.contract.model import Contract, Operation
from compliance.target.intentions import changes_things, is_plainly_a_read
from compliance.target.wire import Request


class Restraint:
    """Which GETs of a contract are not sent.

    careful: a mistake would be a person's loss, because requests are sent in his name, or because nothing may be
    changed at all; then a GET must plainly read. Otherwise it is enough that nothing speaks of a deed.
    """

    def __init__(self, contract: Contract, *, careful: bool) -> None:
        self._contract = contract
        self._careful = careful
        self._reasons: dict[str, str] = {}
        roles = [contract.me, *(login.operation for login in contract.logins)]
        self._known = {operation.label for operation in roles if operation}
        self._gets = {one.label: one for one in contract.operations if one.method == "GET"}

    def why(self, operation: Operation) -> str:
        """Why a GET is never sent, empty where it is."""
        label = operation.label
        if operation.method != "GET" or label in self._known:
            return ""
        if label not in self._reasons:
            self._reasons[label] = self._judged(operation)
        return self._reasons[label]

    def _judged(self, operation: Operation) -> str:
        if changes_things(self._contract.operations, operation):
            return f"{operation.label} says by its name that it changes things; the kit never calls it"
        if self._careful and not is_plainly_a_read(self._contract, operation):
            return (
                f"{operation.label} neither says what it answers nor has the name of a thing: it may change something, "
                "which is not risked in a given user's name or where nothing may be written"
            )
        return ""

    def why_unsent(self, operation: Operation) -> str:
        """Why nothing was sent to an operation, in words."""
        unknown = "no request was sent to this operation: what it does might never be undone"
        return self.why(operation) or unknown

    def check(self, request: Request) -> None:
        """Raises Untested where the request is a GET that is not sent."""
        operation = self._gets.get(request.operation) if request.method == "GET" else None
        if operation is not None and (reason := self.why(operation)):
            raise Untested(reason)
