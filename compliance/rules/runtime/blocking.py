"""What keeps the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from compliance.catalogue import Level, NotApplicable, Phase, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.inside import Watch
from compliance.inside.calls import Call
from compliance.inside.places import most
from compliance.inside.pulse import Block
from compliance.result import Place

Seen = TypeVar("Seen", Block, Call)

#: How often the same function has to keep the loop; once may be the first use of something large.
OFTEN = 2


@rule(
    "RUN-001",
    "Nothing keeps the event loop from turning",
    level=Level.MUST,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def loop_turns(watch: Watch, _: Service) -> None:
    """
    Why: while one coroutine computes or sleeps, nobody else is served: one login a tenth of a second is ten a second for all.

    Breaks: `password_hash.verify(password, user.hashed_password)` in a coroutine, `time.sleep(1)`, `requests.get(url)`

    Conforms: `await to_thread.run_sync(password_hash.verify, …)`, `await asyncio.sleep(1)`, `await client.get(url)`
    """
    kept = _often(watch.pulse.blocks)
    calls = [made for made in _often(watch.calls.calls) if _who(made[0]) not in map(_who_first, kept)]
    said = [_kept_for(blocks) for blocks in sorted(kept, key=_longest, reverse=True)]
    said += [f"{made[0].function} called {made[0].name} {len(made)} times" for made in calls]
    if said:
        raise Violation(
            "the event loop is kept",
            "every step of a coroutine done in less than 100 ms, and no call that waits without await",
            said[0] + (f", and {len(said) - 1} more" if len(said) > 1 else ""),
            [_where(group) for group in kept] + [_where(group) for group in calls],
        )


def _often(seen: Sequence[Seen]) -> list[list[Seen]]:
    """By function, those that did it more than once."""
    groups: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        groups.setdefault(_who(one), []).append(one)
    return [group for group in groups.values() if len(group) >= OFTEN]


def _where(group: Sequence[Seen]) -> Place:
    return most([one.place for one in group])


def _who(one: Block | Call) -> tuple[str, str]:
    return one.place.file, one.function


def _who_first(group: Sequence[Block]) -> tuple[str, str]:
    return _who(group[0])


def _longest(blocks: Sequence[Block]) -> float:
    return max(block.seconds for block in blocks)


def _kept_for(blocks: Sequence[Block]) -> str:
    return f"{blocks[0].function} kept it {len(blocks)} times, for up to {_longest(blocks) * 1000:.0f} ms"


@rule(
    "RUN-002",
    "No statement is executed synchronously in the event loop",
    level=Level.MUST,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def statements_are_awaited(watch: Watch, _: Service) -> None:
    """
    Why: the loop stands still until the database has answered, and a slow query stops every other request.

    Breaks: `Session(create_engine("postgresql://…")).execute(…)` in an `async def`

    Conforms: `await session.execute(…)` with `create_async_engine("postgresql+asyncpg://…")`; a plain `def` endpoint
    """
    seen = [(served, one) for served in watch.own for one in served.statements]
    if not seen:
        raise NotApplicable("no statement of SQLAlchemy was executed for a request")
    found = [(served, one) for served, one in seen if one.on_loop]
    if found:
        raise Violation(
            "a synchronous engine is used in the event loop",
            "statements that are awaited, or executed in a thread",
            f"{len(found)} statements without await, the first for {found[0][0].label}: {found[0][1].verb}",
            [*dict.fromkeys(one.place for _, one in found if one.place), found[0][0]],
        )
