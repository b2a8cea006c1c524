"""The login that the document declares as a flow of OAuth2."""

from __future__ import annotations

from urllib.parse import urlsplit

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.flows import (
    TokenUrl,
    declares_password_flow,
    led_to,
    own_hosts,
    password_flows,
    places_of,
)
from compliance.contract.model import Service
from compliance.target.actors import Actor, object_of, sent_body
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

#: What the flow has in its answer (RFC 6749, section 5.1).
ANSWERED = ("access_token", "token_type")
#: Names under which one actor tries to log in; more would look like an attack.
NAMES = 2


@rule(
    "AUT-020",
    "The declared login works as it is declared",
    level=Level.SHOULD,
    subjects=declares_password_flow,
    phase=Phase.READ,
)
def declared_login_works(target: Target, _: Service) -> None:
    """
    Why: generated clients and the interactive documentation know of the login what the document says, and nothing else.

    Breaks: `OAuth2PasswordBearer(tokenUrl="token")` where the login is `POST /api/v1/auth/login`, or takes JSON

    Conforms: `OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login")`, `form: Annotated[OAuth2PasswordRequestForm, Depends()]`
    """
    own = own_hosts(target.contract.document) | {urlsplit(target.client.base_url).netloc}
    urls = [url for url in password_flows(target.contract) if url.host in ("", *own)]
    if not urls:
        raise NotApplicable("another host issues the tokens")
    for url in urls:
        _works(target, url)


def _works(target: Target, url: TokenUrl) -> None:
    """Raises Violation where nobody logs in there by the form, though somebody logged in elsewhere or otherwise."""
    answers = _seen(target, url) or _tried(target, url)
    if any(all(object_of(answer).get(name) for name in ANSWERED) for answer in answers if _let_in(answer)):
        return
    if all(answer.status in (404, 405) for answer in answers):
        what, observed = "the token URL leads nowhere", f"{url.written}: {answers[-1].status}"
        raise Violation(what, "a token URL that exists", observed, answers[-1:])
    answer = next((one for one in answers if one.status not in (404, 405)), answers[-1])
    if "client" in str(object_of(answer).get("error", "")):
        raise Untested(f"{answer}: the login wants a client that is known to it")
    if _let_in(answer):
        lacking = " and ".join(name for name in ANSWERED if not object_of(answer).get(name))
        raise Violation(
            "the declared login answers otherwise", " and ".join(ANSWERED), f"no {lacking}", [answer]
        )
    if answer.status < 300 or 400 <= answer.status < 500:
        wanted = "a token for username and password sent as a form"
        raise Violation("the declared login refuses the form", wanted, str(answer.status), [answer])
    raise Untested(f"{answer}: neither a token nor a refusal")


def _seen(target: Target, url: TokenUrl) -> list[Exchange]:
    """A login there that was sent as the flow has it and let somebody in, if the run has had one."""
    operation = led_to(target.contract, url)
    entries = [actor.entry for actor in target.actors.values() if actor.entry is not None]
    return [
        one
        for one in entries
        if operation is not None
        and one.operation == operation.label
        and _is_form(one)
        and {"username", "password"} <= set(sent_body(one))
    ][:1]


def _tried(target: Target, url: TokenUrl) -> list[Exchange]:
    """The answers to somebody whose password is right, at every place to which the URL may lead."""
    actor = _whoever_logs_in(target)
    operation = led_to(target.contract, url)
    places = [operation.path] if operation else places_of(target.contract, url)
    label = operation.label if operation else ""
    answers: list[Exchange] = []
    for place in places:
        for name in dict.fromkeys((actor.username, *actor.names[:NAMES])):
            form = {"grant_type": "password", "username": name, "password": actor.password}
            answers.append(target.send(Request("POST", place, form=form, actor=actor.name, operation=label)))
            if _let_in(answers[-1]) or answers[-1].status in (404, 405):
                break
    return answers


def _whoever_logs_in(target: Target) -> Actor:
    """Somebody whose name and password a login has taken."""
    logins = {login.operation.label for login in target.contract.logins}
    for actor in target.actors.values():
        if actor.password and actor.entry is not None and actor.entry.operation in logins:
            return actor
    raise Untested("nobody logged in with a password")


def _is_form(exchange: Exchange) -> bool:
    sent = (value for name, value in exchange.request_headers if name.lower() == "content-type")
    return any(value.startswith("application/x-www-form-urlencoded") for value in sent)


def _let_in(exchange: Exchange) -> bool:
    return exchange.ok and not says_no(exchange) and bool(object_of(exchange))
