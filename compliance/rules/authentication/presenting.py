"""Where a token may stand in a request: what counts is the header Authorization, read as the protocol has it."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Violation, rule
from compliance.contract.model import Operation, Service
from compliance.contract.subjects import guarding_services
from compliance.rules.authentication.tokens import guarded_reads
from compliance.target.controls import (
    genuine_works,
    is_let_in,
    must_be_refusals,
    must_succeed,
    scene_of_a_guard,
    scene_with_token,
)
from compliance.target.denials import is_client_error, is_denied
from compliance.target.reach import Target
from compliance.target.staging import Scene
from compliance.target.tape import Exchange

#: A scheme that nobody has: whoever takes a token under it never looks at the scheme.
STRANGE = "Compliance"
#: Names of parameters under which services take a token from the query.
PARAMETERS = ("access_token", "token", "auth_token", "jwt", "authorization", "api_key")


@rule(
    "AUT-018",
    "The Authorization header is read as the protocol has it",
    level=Level.SHOULD,
    subjects=guarding_services,
    phase=Phase.READ,
    needs={Need.USER},
)
def authorization_is_read_as_the_protocol_has_it(target: Target, _: Service) -> None:
    """
    Why: proxies and gateways read the header too; where they read it otherwise, they speak of another token.

    Breaks: `authorization.split()[-1]`, `authorization.removeprefix("Bearer ")`, or the first of two headers

    Conforms: `HTTPBearer()`, and 401 where the header comes twice
    """
    scene = scene_of_a_guard(target)
    scheme = scene.owner.presentation.scheme
    if (
        not scheme
        or scene.owner.presentation.header.lower() != "authorization"
        or scene.owner.presentation.cookie
    ):
        raise NotApplicable("tokens do not stand behind a scheme in the header Authorization here")
    genuine = genuine_works(target, scene)
    _any_case(target, scene, genuine, scheme)
    if _declared(target, scheme):
        _no_other_scheme(target, scene, genuine)
    _not_one_of_two(target, scene, genuine, scheme)
    genuine_works(target, scene)


def _any_case(target: Target, scene: Scene, genuine: Exchange, scheme: str) -> None:
    for spelling in sorted({scheme.lower(), scheme.upper()} - {scheme}):
        exchange = _sent(target, scene, f"{spelling} {scene.owner.token}")
        if is_client_error(exchange) or is_denied(exchange, genuine):
            raise Violation(
                "the name of the scheme is read with its capitals",
                "success: names of schemes have no case",
                f"{exchange.status} for {spelling}",
                [exchange],
            )
        must_succeed(exchange)


def _declared(target: Target, scheme: str) -> bool:
    """Whether the document says that the scheme stands before the token; a key may be all that a header holds."""
    declared = [one for one in target.contract.schemes if one.parameter.lower() == "authorization"]
    return bool(declared) and all(
        one.kind != "apiKey" and one.scheme.lower() == scheme.lower() for one in declared
    )


def _no_other_scheme(target: Target, scene: Scene, genuine: Exchange) -> None:
    refused = []
    for name, value in (
        ("without a scheme", scene.owner.token),
        ("under a scheme that nobody has", f"{STRANGE} {scene.owner.token}"),
    ):
        exchange = _sent(target, scene, value)
        if is_let_in(target, scene, exchange, genuine):
            raise Violation(
                "a token is taken under any scheme", "401", f"{exchange.status} {name}", [exchange]
            )
        refused.append(exchange)
    must_be_refusals(refused)


def _not_one_of_two(target: Target, scene: Scene, genuine: Exchange, scheme: str) -> None:
    right, wrong = f"{scheme} {scene.owner.token}", f"{scheme} compliance.kit.garbage"
    refused = []
    for name, values in (("first", (right, wrong)), ("last", (wrong, right))):
        exchange = _sent(target, scene, *values)
        if is_let_in(target, scene, exchange, genuine):
            raise Violation(
                "one of two Authorization headers is chosen",
                "400 or 401: the field is no list",
                f"{exchange.status}: the {name} of two is believed",
                [exchange],
            )
        refused.append(exchange)
    must_be_refusals(refused)


def _sent(target: Target, scene: Scene, *values: str) -> Exchange:
    """The scene's request with these headers Authorization and no other credentials."""
    return target.send(scene.request(target, headers=tuple(("Authorization", value) for value in values)))


@rule(
    "AUT-019",
    "A token in the query string is no credential",
    level=Level.SHOULD,
    subjects=guarded_reads,
    phase=Phase.READ,
    needs={Need.USER},
)
def tokens_in_the_query_are_no_credentials(target: Target, operation: Operation) -> None:
    """
    Why: addresses end up in logs, in histories and in what is sent to other sites, and the token goes along.

    Breaks: `token = request.query_params.get("access_token") or header_token`

    Conforms: the header Authorization, or a ticket for one use where no header can be sent
    """
    scene = scene_with_token(target, operation)
    genuine = genuine_works(target, scene)
    declared = [one.parameter for one in target.contract.schemes if one.location == "query" and one.parameter]
    names = tuple(dict.fromkeys((*PARAMETERS, *declared)))
    attempts = [names]
    taken = {parameter.name for parameter in operation.parameters}
    refused: list[Exchange] = []
    for attempt in attempts:
        token = {name: scene.owner.token for name in attempt if name not in taken or name in declared}
        given = scene.how.get("params") or {}
        exchange = target.send(scene.request(target, headers=(), auth=None, params={**given, **token}))
        if is_let_in(target, scene, exchange, genuine, read=False):
            raise Violation(
                "a token in the query is a credential", "401", f"{exchange.status} for it", [exchange]
            )
        if exchange.status in (400, 422) and attempt is names:
            attempts += [(name,) for name in (*declared, *PARAMETERS[:2])]  # all at once were too many
        refused.append(exchange)
    must_be_refusals(refused)
