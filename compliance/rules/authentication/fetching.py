"""What a token makes the service do before it is verified."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import guarding_services
from compliance.target.connection import is_loopback
from compliance.target.controls import genuine_works, scene_of_a_guard, with_token
from compliance.target.forging import encode_json, take_apart
from compliance.target.listening import listening
from compliance.target.reach import Target

#: Seconds for which a fetch after the answer is waited for.
LATE = 0.2


@rule(
    "AUT-013",
    "No key is fetched from where a token points",
    level=Level.MUST,
    subjects=guarding_services,
    phase=Phase.DESTRUCTIVE,
    needs={Need.USER, Need.DESTRUCTIVE},
)
def no_key_is_fetched_from_where_a_token_points(target: Target, _: Service) -> None:
    """
    Why: whoever chooses the key signs every token, and whoever chooses the address has the service send requests.

    Breaks: `PyJWKClient(jwt.get_unverified_header(token)["jku"])`

    Conforms: keys from the service's own configuration; `jku` and `x5u` are not looked at
    """
    if not is_loopback(target.client.base_url):
        raise Untested("the service runs on another machine, and may not reach a listener on this one")
    scene = scene_of_a_guard(target)
    token = take_apart(scene.owner.token)
    if token is None:
        raise NotApplicable("the tokens of the service are no JSON Web Tokens")
    genuine_works(target, scene)
    with listening() as listener:
        answers = []
        for name in ("jku", "x5u"):
            header = encode_json({**token.header, "kid": "compliance", name: listener.address(name)})
            pointing = f"{header}.{token.parts[1]}.{token.parts[2]}"
            answers.append(target.send(with_token(target, scene, pointing)))
            if target.patience.until(bool, lambda: listener.heard, LATE):
                raise Violation(
                    "a key is fetched from where a token points",
                    "no request to the address in the token",
                    f"a request to the address under {name}",
                    [answers[-1]],
                )
    # Whether such a token is refused is the subject of AUT-002; that somebody looked at it has to be seen.
    broken = [answer for answer in answers if answer.status >= 500]
    if broken:
        raise Untested(f"{broken[0]}: nobody may have looked at the token")
    genuine_works(target, scene)
