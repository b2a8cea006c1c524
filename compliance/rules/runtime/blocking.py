"""What keeps the event loop."""

from __future__ import annotations

from compliance.catalogue import Level, NotApplicable, Phase, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.inside import Watch
from compliance.inside.places import most
from compliance.inside.pulse import Block

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
    by_function: dict[tuple[str, str], list[Block]] = {}
    for block in watch.pulse.blocks:
        by_function.setdefault((block.place.file, block.function), []).append(block)
    found = [blocks for blocks in by_function.values() if len(blocks) >= OFTEN]
    if found:
        worst = max(found, key=lambda blocks: max(block.seconds for block in blocks))
        longest = max(block.seconds for block in worst)
        raise Violation(
            "the event loop is kept",
            "every step of a coroutine done in less than 100 ms",
            f"{worst[0].function} kept it {len(worst)} times, for up to {longest * 1000:.0f} ms",
            [most([block.place for block in blocks]) for blocks in found],
        )


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
