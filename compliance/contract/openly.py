"""What a service offers to strangers, where the document's one word for all operations says that it asks for credentials.

Many frameworks write `security` once, at the top of the document, and their open operations do not take it back. For
a login, a registration, a forgotten password and a sign of life that word is no promise; for everything else it is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.paths import last_words, path_words, vocabulary

if TYPE_CHECKING:
    from compliance.contract.model import Contract, Operation

#: Signs of life, and what describes the service.
_SIGNS = vocabulary(
    "health healthz healthcheck live livez liveness alive ready readyz readiness ping heartbeat lbheartbeat "
    "version openapi swagger redoc docs jwks favicon"
)
#: What is asked for before a login: which ways in there are.
_WAYS_IN = vocabulary("oauth oauth2 oidc sso saml providers")


#: What is done about a way in by whoever has none at the moment, or gives it back.
_ABOUT_WAYS_IN = vocabulary(
    "forgot forget reset recover recovery logout logoff signout refresh verify verification confirm resend otp"
)
_ACCESS = vocabulary(
    "auth access account accounts user users login password session sessions token tokens email"
)


def for_strangers(contract: Contract, operation: Operation) -> bool:
    """Whether it is guarded by the document's word for all alone, and is what one has no credentials for, or needs none."""
    if not operation.inherits_guard:
        return False
    doors = [login.operation for login in contract.logins]
    doors += [contract.registration.operation] if contract.registration else []
    return operation in doors or _is_about_a_way_in(operation) or is_sign(contract, operation)


def _is_about_a_way_in(operation: Operation) -> bool:
    """A password that was forgotten, an address to confirm, a session to end: on no row that its path names."""
    if operation.path_parameters:
        return False
    return bool(last_words(operation.path) & _ABOUT_WAYS_IN and path_words(operation.path) & _ACCESS)


def is_sign(contract: Contract, operation: Operation) -> bool:
    if operation.method not in ("GET", "HEAD") or operation.path_parameters or operation is contract.me:
        return False
    called = path_words(operation.path) & _SIGNS or last_words(operation.path) & _WAYS_IN
    listed = any(listing.operation is operation for listing in contract.lists)
    return bool(called) and not listed and contract.resource_of(operation) is None
