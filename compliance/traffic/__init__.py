"""Generated traffic: one run of schemathesis over the whole document, recorded and judged by its checks.

The only room that imports schemathesis, and only once `drive` or `review` is called: importing it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from compliance.target.connection import Connection
from compliance.target.tape import Exchange
from compliance.traffic.trial import RECORDED, CheckFailure, MaySend, Missed, Traffic, Trial

if TYPE_CHECKING:
    import httpx

__all__ = ["RECORDED", "CheckFailure", "MaySend", "Traffic", "Trial", "drive", "review"]


def drive(
    document: Mapping[str, Any],
    connection: Connection,
    *,
    headers: Callable[[], Mapping[str, str]] | Mapping[str, str],
    may_send: MaySend,
    observe: Callable[[Exchange], None],
    seed: int,
    examples: int,
    workers: int = 1,
    base_path: str = "",
    credentials: Collection[str] = (),
    actor: str = "carol",
    pace: Callable[[], None] = lambda: None,
    auth: httpx.Auth | None = None,
    missed: Missed = lambda *_: None,
) -> Traffic:
    """Send generated requests to every operation of the document, as one actor, and check the answers.

    connection, base_path: the way to the root of the target, and what stands before each path of the document as
        seen from there; empty means what the document says of itself. Certificates, proxies and patience are as for
        the rules' own requests; the rate is the pace's.
    headers: what makes a request the actor's; asked before every request, so that a token can be renewed.
    may_send: asked with method, operation label, URL and body before every request; what it refuses stays.
        The label is empty where the request goes to no documented operation.
    observe: told of every exchange as soon as it is answered, on the thread that sent it.
    examples: how many requests are drawn for an operation, beyond the systematic ones.
    credentials: labels of login and registration, whose schema cannot promise to accept what is well formed.
    actor: the name that the exchanges carry.
    pace: called before every request; it returns when the request may leave.
    auth: signs every request, for an actor whose credentials are no header.
    missed: told of every request that got no answer, with the failure and whether the connection was refused.

    With one worker and fresh state the same seed gives the same requests in the same order.
    """
    from compliance.traffic.engine import Order, run

    ask = headers if callable(headers) else lambda: headers
    return run(
        Order(
            document=document,
            connection=connection,
            headers=ask,
            may_send=may_send,
            observe=observe,
            seed=seed,
            examples=examples,
            workers=workers,
            base_path=base_path,
            credentials=frozenset(credentials),
            actor=actor,
            pace=pace,
            auth=auth,
            missed=missed,
        )
    )


def review(
    document: Mapping[str, Any], base_url: str, exchanges: Iterable[Exchange], *, base_path: str = ""
) -> tuple[Trial, ...]:
    """Check recorded answers as those of the engine are checked: status, content type, schema. Nothing is sent.

    One trial for each exchange with a documented operation, in their order; none where the service was busy, or
    where the request has another method, path or type of body than the operation, for the document says nothing
    of the answer then. Nobody knows whether what was sent was valid, so no trial is positive.
    base_url: the root of the target. base_path: as for `drive`.
    """
    from compliance.traffic.recorded import judge

    return judge(document, base_url, exchanges, base_path)
