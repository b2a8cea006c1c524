"""What is done when a request has its answer, and what is left when it has ended."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.inside import Watch
from compliance.result import Place

#: Tasks of one piece of code, and connections taken at one place, that no single worker explains.
TASKS, CONNECTIONS = 3, 2


@rule(
    "RUN-007",
    "What is done after the answer does not fail",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def afterwards_nothing_fails(watch: Watch, _: Service) -> None:
    """
    Why: the client has a success in hand, and the mail that it was promised was never sent.

    Breaks: `background_tasks.add_task(send_mail, user.email)` where `send_mail` raises when the server is away

    Conforms: a task that handles its errors, logs them and tries again
    """
    found = [(served, one) for served in watch.own for one in served.failures if one.late]
    if found:
        served, failure = found[0]
        raise Violation(
            "work after the answer fails",
            "no exception after an answer was sent",
            f"{failure.kind} after the answer {served.status} to {served.label}",
            [*dict.fromkeys(one.place for _, one in found if one.place), served],
        )


@rule(
    "RUN-008",
    "A request leaves nothing behind",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def nothing_is_left_behind(watch: Watch, _: Service) -> None:
    """
    Why: a connection that does not come back is missing for the next request, and after some more there is none left.

    Breaks: `asyncio.create_task(poll_forever(order))` in an endpoint; `session = Session()` that nobody closes

    Conforms: `async with session_factory() as session`, and tasks that end, or are started once with the application
    """
    held: dict[Place | None, int] = {}
    for _served, place in watch.connections_left():
        held[place] = held.get(place, 0) + 1
    if any(number >= CONNECTIONS for number in held.values()):
        raise Violation(
            "connections are not given back",
            "every connection back in its pool when the request has ended",
            f"{sum(held.values())} connections that requests still hold after their end",
            [place for place in held if place],
        )
    tasks = {place: number for place, number in watch.tasks_left().items() if number >= TASKS}
    if tasks:
        raise Violation(
            "tasks are left behind",
            "tasks that end when what they are for has ended",
            f"{sum(tasks.values())} tasks still under way after all requests have ended",
            list(tasks),
        )
